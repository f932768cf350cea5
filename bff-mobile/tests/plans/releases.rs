//! Tests of `register`: a release is written once, and its ids are given once.

use std::path::Path;

use crate::{bff, complaint, complaint_or_nothing, copy, printed, replace};

/// Reads a manifest.
pub(crate) fn manifest(folder: &Path, file: &str) -> serde_json::Value {
    serde_json::from_str(&std::fs::read_to_string(folder.join("manifests").join(file)).unwrap()).unwrap()
}

#[test]
fn a_release_is_registered_in_each_format_and_again_with_the_same_operations_alone() {
    let (_parent, folder) = copy();
    let count = std::fs::read_dir(folder.join("plans")).unwrap().count();
    for (format, file) in
        [("apollo", "9.0.0.json"), ("relay", "9.0.0.relay.json"), ("short", "9.0.0.short.json")]
    {
        let register = ["register", "--release", "9.0.0", "--format", format];
        printed(&register, &folder);
        let first = manifest(&folder, file);
        let operations = match format {
            "apollo" => first["operations"].as_array().unwrap().len(),
            _ => first.as_object().unwrap().len(),
        };
        assert_eq!(operations, count, "{format}");
        printed(&register, &folder);
        assert_eq!(manifest(&folder, file), first, "{format}");
    }
    assert!(bff(&["check"], &folder).status.success(), "{}", complaint_or_nothing(&folder));
    let relay = manifest(&folder, "9.0.0.relay.json");
    let apollo = manifest(&folder, "9.0.0.json");
    for operation in apollo["operations"].as_array().unwrap() {
        assert_eq!(relay[operation["id"].as_str().unwrap()], operation["body"]);
    }

    replace(&folder.join("operations/Badges.graphql"), "query Badges {", "query Badges { __typename");
    printed(&["plan", "--write"], &folder);
    let said = complaint(&["register", "--release", "9.0.0"], &folder);
    assert!(
        said.contains("9.0.0.json: is released with other operations; give this one a version of its own")
    );
    assert_eq!(manifest(&folder, "9.0.0.json"), apollo, "nothing was written");
}

#[test]
fn a_short_id_is_never_given_again_though_its_manifest_is_gone() {
    let (_parent, folder) = copy();
    let short = |release: &str| {
        printed(&["register", "--release", release, "--format", "short"], &folder);
        manifest(&folder, &format!("{release}.short.json")).as_object().unwrap().clone()
    };
    let first = short("9.0.0");
    let gone = first.iter().find(|(_, text)| text.as_str().unwrap().contains("query Badges")).unwrap().0;
    std::fs::remove_file(folder.join("operations/Badges.graphql")).unwrap();
    let other = folder.join("operations/Other.graphql");
    std::fs::write(&other, "query Other { __typename }\n").unwrap();
    let examples = "\"Other\": { \"variables\": {}, \"minimal\": {} }, \"Home\": {";
    replace(&folder.join("examples.json"), "\"Home\": {", examples);
    printed(&["plan", "--write"], &folder);
    std::fs::remove_file(folder.join("manifests/9.0.0.short.json")).unwrap();
    let second = short("9.1.0");
    let id = second.iter().find(|(_, text)| text.as_str().unwrap().contains("Other")).unwrap().0;
    assert_eq!(id.parse::<usize>().unwrap(), first.len() + 1, "{second:?}");
    assert!(first.iter().all(|(id, text)| second.get(id).is_none_or(|now| now == text)));

    let manifests = folder.join("manifests/9.2.0.short.json");
    std::fs::write(&manifests, format!("{{\"{gone}\": \"query Other {{ __typename }}\"}}")).unwrap();
    let said = complaint(&["check"], &folder);
    let expected = format!("9.2.0.short.json: Other: the id {gone} was given to another document before");
    assert!(said.contains(&expected), "{said}");
}

#[test]
fn what_does_not_fit_is_not_registered() {
    let (_parent, folder) = copy();
    let refused = |release: &str| {
        let said = complaint(&["register", "--release", release], &folder);
        assert!(!folder.join(format!("manifests/{release}.json")).exists(), "{said}");
        said
    };
    for version in ["", "../5", "5 0", ".5"] {
        let said = complaint(&["register", "--release", version], &folder);
        assert!(said.contains("is no version like 5.2.0"), "{said}");
    }
    let budget = folder.join("budget.toml");
    let text = std::fs::read_to_string(&budget).unwrap();
    std::fs::write(&budget, text.replace("calls = 8", "calls = 5")).unwrap();
    assert!(refused("9.0.0").contains("5 in the budget"));
    std::fs::write(&budget, text).unwrap();
    replace(&folder.join("operations/Home.graphql"), "cartCount", "cartCounts");
    assert!(refused("9.0.0").contains("has no field \"cartCounts\""));
}
