//! Reports for code review: changes of the plans, and operations that a change of the services' contracts breaks.

use std::path::Path;

use contracts::{Folder, Protos, Revision};
use prost_reflect::prost::Message as _;
use prost_types::{DescriptorProto, FileDescriptorSet};
use tempfile::TempDir;

use crate::support::{Kind, contracts, copied_schema, in_folder, preparer};

/// A copy of all contracts with one operation of the phone app changed, and that app's folder in it.
fn changed(operation: &str, from: &str, to: &str) -> (TempDir, Folder) {
    let folder = copied_schema();
    let file = folder.path().join(format!("mobile/operations/{operation}.graphql"));
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains(from), "{operation} does not say {from}");
    std::fs::write(&file, text.replace(from, to)).unwrap();
    let copy = in_folder(folder.path(), Kind::Mobile);
    (folder, copy)
}

#[test]
fn a_review_shows_what_changed() {
    let price = "    text\n    was\n  }\n";
    let (_folder, copy) = changed("Home", price, &format!("{price}  rating\n"));
    let preparer = preparer(Kind::Mobile);
    let old = Revision::of(&contracts(Kind::Mobile)).unwrap();
    // No plan of the change is written yet.
    let changes = old.changes("mobile", &Revision::of_operations(&copy, &preparer).unwrap());
    let text = changes.to_text();
    // The README shows this change.
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    let shown = readme.split("```text\n").find(|block| block.starts_with("mobile Home changed")).unwrap();
    assert_eq!(text, shown.split("```").next().unwrap());
    let markdown = changes.to_markdown();
    assert!(markdown.contains("| **Home** changed "), "{markdown}");
    assert!(
        markdown.contains("```diff\n  wave 2: ReviewService/BatchGetRatings\n+ fetch   RatingOf\n"),
        "{markdown}"
    );
    assert!(old.changes("mobile", &old).is_empty());

    std::fs::remove_file(copy.plan_path("Badges")).unwrap();
    let gone = old.changes("mobile", &Revision::of(&copy).unwrap()).to_text();
    assert!(gone.contains("mobile Badges is gone"), "{gone}");
}

#[test]
fn git_knows_older_plans() {
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema/mobile");
    // A clone may be shallow, but it always has its own last commit.
    let committed = Revision::named("HEAD", &schema);
    assert!(committed.is_ok(), "{committed:?}");
    for unknown in ["no-such-revision", "--all", "HEAD:README.md"] {
        let error = Revision::named(unknown, &schema).unwrap_err().problem;
        let clear = format!("{unknown} is neither a folder nor a revision that git knows here");
        assert!(error.starts_with(&clear) && !error.contains("fatal"), "{error}");
    }
    let elsewhere = tempfile::tempdir().unwrap();
    let error = Revision::named("HEAD", elsewhere.path()).unwrap_err().problem;
    assert_eq!(error, "HEAD is no folder, and there is no git repository to know it");
    let error = Revision::named("HEAD", &elsewhere.path().join("gone")).unwrap_err().problem;
    assert_eq!(error, "there is no such folder");
}

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
