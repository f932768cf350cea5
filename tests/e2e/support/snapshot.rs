//! Texts that are kept in the repository and compared.

use std::path::Path;

use serde_json::Value;
use similar::TextDiff;

/// Compares a text with `tests/snapshots/NAME`, or rewrites that file when `UPDATE_SNAPSHOTS` is set.
#[track_caller]
pub(crate) fn assert_snapshot(name: &str, actual: &str) {
    assert_same_as_file(&format!("tests/snapshots/{name}"), actual);
}

/// Compares a text with a file of the workspace, or rewrites the file when `UPDATE_SNAPSHOTS` is set.
#[track_caller]
pub(crate) fn assert_same_as_file(file: &str, actual: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
    let actual = format!("{}\n", actual.trim_end());
    if is_updating() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, actual).unwrap();
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    if expected != actual {
        let diff = TextDiff::from_lines(&expected, &actual);
        let diff = diff.unified_diff().header(file, "what the code answers").to_string();
        panic!("{file} differs; if that is meant, UPDATE_SNAPSHOTS=1 cargo test rewrites it\n{diff}");
    }
}

/// Returns true if the files kept in the repository are to be rewritten.
pub(crate) fn is_updating() -> bool {
    #[expect(clippy::disallowed_methods, reason = "a switch of the test run, not configuration")]
    std::env::var("UPDATE_SNAPSHOTS").is_ok()
}

/// JSON with its keys sorted, for reading and comparing.
pub(crate) fn sorted(value: &Value) -> String {
    fn sort(value: &Value) -> Value {
        match value {
            Value::Object(object) => {
                let mut entries: Vec<_> =
                    object.iter().map(|(key, value)| (key.clone(), sort(value))).collect();
                entries.sort_by(|a, b| a.0.cmp(&b.0));
                Value::Object(entries.into_iter().collect())
            }
            Value::Array(array) => Value::Array(array.iter().map(sort).collect()),
            other => other.clone(),
        }
    }
    serde_json::to_string_pretty(&sort(value)).unwrap()
}
