//! What a team reads in a review: what changed in the plans, and what a change of the services' contracts breaks.

use std::path::Path;

use bff_kit::contracts::{Contracts, Protos, Revision};
use prost_reflect::prost::Message as _;
use prost_types::{DescriptorProto, FileDescriptorSet};

use crate::support::{Kind, contracts, planner};

/// The phone app's contracts, copied, with one operation changed.
fn changed(folder: &Path, operation: &str, from: &str, to: &str) -> Contracts {
    let copy = Contracts::new(folder);
    std::fs::create_dir_all(folder.join("operations")).unwrap();
    std::fs::create_dir_all(folder.join("plans")).unwrap();
    for file in contracts(Kind::Mobile).operations().unwrap() {
        let text = if file.name == operation { file.text.replace(from, to) } else { file.text.clone() };
        assert!(file.name != operation || text != file.text, "{operation} does not say {from}");
        std::fs::write(folder.join("operations").join(format!("{}.graphql", file.name)), text).unwrap();
    }
    for plan in copy.planned(&planner(Kind::Mobile)).unwrap() {
        std::fs::write(copy.plan_path(&plan.operation), plan.to_string()).unwrap();
    }
    copy
}

#[test]
fn a_review_shows_what_changed() {
    let folder = tempfile::tempdir().unwrap();
    let card = "price {\n    text\n    was\n  }\n";
    let copy = changed(folder.path(), "Home", card, "price {\n    text\n    was\n  }\n  rating\n");
    let (old, new) = (Revision::of(&contracts(Kind::Mobile)).unwrap(), Revision::of(&copy).unwrap());
    let changes = old.changes("mobile", &new);
    let text = changes.to_text();
    // The README shows this very change.
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    let shown = readme.split("```text\n").find(|block| block.starts_with("mobile Home changed")).unwrap();
    assert_eq!(text, shown.split("```").next().unwrap());
    let markdown = changes.to_markdown();
    assert!(markdown.contains("| **Home** changed "), "{markdown}");
    assert!(
        markdown.contains("```diff\n  wave 2: ReviewService/BatchGetRatings\n+ asks    RatingOf\n"),
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
    let committed = Revision::git("HEAD", &schema);
    let error = Revision::git("no-such-revision", &schema).unwrap_err();
    assert!(error.problem.contains("no-such-revision"), "{error}");
    assert!(committed.is_ok(), "{committed:?}");
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
    let found = contracts(Kind::Mobile).impact(&planner(Kind::Mobile), &protos(|_| {}), new).unwrap();
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

    // What no mask names, because it stands beside what was asked for.
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
    let read = |release: &str| {
        format!("{release} NotificationRead: shop.notifications.v1.NotificationService/MarkRead is removed")
    };
    assert_eq!(
        withdrawn,
        ["today's", "5.0.0", "5.1.0", "5.2.0"].map(read),
        "and every app that is out there"
    );
}

#[test]
fn operations_of_released_versions_are_looked_at_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let copy = changed(folder.path(), "Badges", "cartCount", "cartCount name");
    let manifest = serde_json::json!({
        "format": "apollo-persisted-query-manifest",
        "version": 1,
        "operations": [{ "id": "1", "name": "Old", "type": "query", "body": "query Old { home { avatar } }" }],
    });
    std::fs::create_dir_all(folder.path().join("manifests")).unwrap();
    std::fs::write(folder.path().join("manifests/4.0.0.json"), manifest.to_string()).unwrap();
    let new = protos(|set| {
        message(set, "shop.users.v1", "User").field.retain(|field| field.name() != "avatar_url");
    });
    let found = copy.impact(&planner(Kind::Mobile), &protos(|_| {}), &new).unwrap();
    let lines: Vec<_> = found.iter().map(ToString::to_string).collect();
    assert!(lines.iter().any(|line| line.starts_with("4.0.0 Old: ")), "{lines:#?}");
}
