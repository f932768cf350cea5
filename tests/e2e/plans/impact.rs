//! Operations that a change of the services' contracts breaks.

use contracts::Protos;
use prost_reflect::prost::Message as _;
use prost_types::{DescriptorProto, FileDescriptorSet};

use super::reviewed::changed;
use crate::support::{Kind, contracts, preparer};

/// The services' contracts, with one message changed.
fn protos(change: impl Fn(&mut FileDescriptorSet)) -> Protos {
    let mut set = FileDescriptorSet::decode(proto::DESCRIPTORS).unwrap();
    change(&mut set);
    Protos::decode(&set.encode_to_vec()).unwrap()
}

fn message<'a>(set: &'a mut FileDescriptorSet, package: &str, name: &str) -> &'a mut DescriptorProto {
    let files = set.file.iter_mut().filter(|file| file.package() == package);
    files.flat_map(|file| &mut file.message_type).find(|message| message.name() == name).unwrap()
}

fn impact(new: &Protos) -> Vec<String> {
    let found = contracts(Kind::Mobile).impact(&preparer(Kind::Mobile), &protos(|_| {}), new).unwrap();
    found.iter().map(ToString::to_string).collect()
}

#[test]
fn a_change_of_the_services_names_the_operations_that_stand_on_it() {
    assert_eq!(impact(&protos(|_| {})), Vec::<String>::new());

    let removed = impact(&protos(|set| {
        message(set, "shop.catalog.v1", "Product").field.retain(|field| field.name() != "thumbnail_url");
    }));
    let home = "today's Home: shop.catalog.v1.CatalogService/BatchGetProducts reads Product.thumbnail_url, which is removed";
    assert!(removed.iter().any(|line| line == home), "{removed:#?}");
    assert!(removed.iter().all(|line| !line.contains("Badges")), "{removed:#?}");

    // No mask names this field, because it is beside the fetched objects.
    let uncounted = impact(&protos(|set| {
        let answer = message(set, "shop.notifications.v1", "ListNotificationsResponse");
        answer.field.retain(|field| field.name() != "unread_count");
    }));
    let home = "today's Home: shop.notifications.v1.NotificationService/ListNotifications reads ListNotificationsResponse.unread_count, which is removed";
    assert!(uncounted.iter().any(|line| line == home), "{uncounted:#?}");

    let retyped = impact(&protos(|set| {
        let stock = message(set, "shop.inventory.v1", "Stock");
        let field = stock.field.iter_mut().find(|field| field.name() == "available").unwrap();
        field.set_type(prost_types::field_descriptor_proto::Type::Int32);
    }));
    let changed = "reads Stock.available, which was bool = ";
    assert!(retyped.iter().any(|line| line.contains("Product:") && line.contains(changed)), "{retyped:#?}");

    let withdrawn = impact(&protos(|set| {
        let files = set.file.iter_mut().filter(|file| file.package() == "shop.notifications.v1");
        for service in files.flat_map(|file| &mut file.service) {
            service.method.retain(|method| method.name() != "MarkRead");
        }
    }));
    // Every released version of the app is affected as well.
    let releases = contracts(Kind::Mobile).releases().unwrap().into_iter().map(|release| release.version);
    let affected: Vec<_> = std::iter::once("today's".to_owned())
        .chain(releases)
        .map(|whose| {
            format!("{whose} NotificationRead: shop.notifications.v1.NotificationService/MarkRead is removed")
        })
        .collect();
    assert!(affected.len() > 3);
    assert_eq!(withdrawn, affected);
}

#[test]
fn operations_of_released_versions_are_looked_at_as_well() {
    let (folder, copy) = changed("Badges", "cartCount", "cartCount name");
    let manifest = serde_json::json!({
        "format": "apollo-persisted-query-manifest",
        "version": 1,
        "operations": [{ "id": "1", "name": "Old", "type": "query", "body": "query Old { home { avatar } }" }],
    });
    std::fs::write(folder.path().join("mobile/manifests/4.0.0.json"), manifest.to_string()).unwrap();
    let new = protos(|set| {
        message(set, "shop.users.v1", "User").field.retain(|field| field.name() != "avatar_url");
    });
    let found = copy.impact(&preparer(Kind::Mobile), &protos(|_| {}), &new).unwrap();
    let lines: Vec<_> = found.iter().map(ToString::to_string).collect();
    assert!(lines.iter().any(|line| line.starts_with("4.0.0 Old: ")), "{lines:#?}");
}
