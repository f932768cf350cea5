//! Reports for code review: changes of the plans.

use std::path::Path;

use contracts::{Folder, Revision};
use tempfile::TempDir;

use crate::support::{Kind, contracts, copied_schema, in_folder, preparer};

/// A copy of all contracts with one operation of the phone app changed, and that app's folder in it.
pub(super) fn changed(operation: &str, from: &str, to: &str) -> (TempDir, Folder) {
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
