//! Manifests: the operations of one released version of a client, each with the id that requests name it by.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::hash::document_hash;

/// Name and version of Apollo's format.
const APOLLO: (&str, u32) = ("apollo-persisted-query-manifest", 1);

/// An operation of a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleasedOperation {
    /// The id the client sends.
    pub id: String,
    /// Name of the operation.
    pub name: String,
    /// The document.
    pub text: String,
}

/// Format of a manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ManifestFormat {
    /// Apollo's persisted query manifest: SHA-256 ids, with names and kinds.
    Apollo,
    /// A map from SHA-256 ids to documents, as Relay's compiler writes it.
    Relay,
    /// A map from short ids to documents, for devices that count bytes. An operation keeps its id over releases.
    Short,
}

impl ManifestFormat {
    /// Returns the extension of the file name.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Apollo => "json",
            Self::Relay => "relay.json",
            Self::Short => "short.json",
        }
    }
}

/// Returns the version in a manifest's file name, such as `"5.2.0"` in `5.2.0.relay.json`.
pub(super) fn version_of(file_name: &str) -> &str {
    let formats = [ManifestFormat::Relay, ManifestFormat::Short, ManifestFormat::Apollo];
    let stem = |format: ManifestFormat| file_name.strip_suffix(format.extension())?.strip_suffix('.');
    formats.into_iter().find_map(stem).unwrap_or(file_name)
}

/// Returns the sort key of a version: numbers in it count as numbers, so that 5.10.0 is newer than 5.9.0.
pub(super) fn age_of(version: &str) -> Vec<(Option<u64>, String)> {
    let parts = version.split(|it: char| !it.is_ascii_alphanumeric());
    parts.map(|part| (part.parse().ok(), part.to_owned())).collect()
}

#[derive(Deserialize, Serialize)]
struct ApolloManifest {
    format: String,
    version: u32,
    operations: Vec<ApolloOperation>,
}

#[derive(Deserialize, Serialize)]
struct ApolloOperation {
    id: String,
    name: String,
    #[serde(rename = "type")]
    kind: String,
    body: String,
}

/// Reads a manifest in any of the formats.
pub(super) fn parse(text: &str) -> Result<Vec<ReleasedOperation>, String> {
    let value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let Value::Object(object) = value else { return Err("is not a JSON object".to_owned()) };
    let operations = if object.contains_key("format") { apollo(object)? } else { map(object)? };
    for (index, operation) in operations.iter().enumerate() {
        let ReleasedOperation { id, name, text } = operation;
        let digest = id.strip_prefix("sha256:").unwrap_or(id);
        if is_hash(digest) && digest != document_hash(text) {
            return Err(format!("{name}: the id {id} is not the hash of its document"));
        }
        if operations[..index].iter().any(|before| before.id == *id) {
            return Err(format!("{name}: the id {id} stands there twice"));
        }
    }
    Ok(operations)
}

/// Returns true if an id has the form of a hash. Such an id must be the hash of its document.
fn is_hash(id: &str) -> bool {
    id.len() == 64 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn apollo(object: Map<String, Value>) -> Result<Vec<ReleasedOperation>, String> {
    let manifest: ApolloManifest =
        serde_json::from_value(Value::Object(object)).map_err(|error| error.to_string())?;
    if (manifest.format.as_str(), manifest.version) != APOLLO {
        let (format, version) = APOLLO;
        return Err(format!(
            "its format is {} {}, not {format} {version}",
            manifest.format, manifest.version
        ));
    }
    let operations = manifest.operations.into_iter();
    Ok(operations.map(|it| ReleasedOperation { id: it.id, name: it.name, text: it.body }).collect())
}

fn map(object: Map<String, Value>) -> Result<Vec<ReleasedOperation>, String> {
    let operation = |(id, value)| match value {
        Value::String(text) => {
            let (name, _) = named(&text).map_err(|problem| format!("{id}: {problem}"))?;
            Ok(ReleasedOperation { id, name, text })
        }
        _ => Err(format!("{id}: is not the text of a document")),
    };
    object.into_iter().map(operation).collect()
}

/// Writes a manifest; `short_id` gives a document its id if the format has short ids.
pub fn write_manifest(
    format: ManifestFormat,
    texts: &[String],
    mut short_id: impl FnMut(&str) -> u32,
) -> Result<String, String> {
    let manifest = match format {
        ManifestFormat::Apollo => {
            let operation = |text: &String| {
                let (name, kind) = named(text)?;
                Ok(ApolloOperation { id: document_hash(text), name, kind, body: text.clone() })
            };
            let operations = texts.iter().map(operation).collect::<Result<_, String>>()?;
            serde_json::to_string_pretty(&ApolloManifest {
                format: APOLLO.0.to_owned(),
                version: APOLLO.1,
                operations,
            })
        }
        ManifestFormat::Relay => {
            let all = texts.iter().map(|text| (document_hash(text), Value::from(text.as_str())));
            serde_json::to_string_pretty(&all.collect::<Map<_, _>>())
        }
        ManifestFormat::Short => {
            let all = texts.iter().map(|text| (short_id(text).to_string(), Value::from(text.as_str())));
            serde_json::to_string_pretty(&all.collect::<Map<_, _>>())
        }
    };
    manifest.map(|text| text + "\n").map_err(|error| error.to_string())
}

/// Returns the name and kind of the only operation of a document.
fn named(text: &str) -> Result<(String, String), String> {
    let document = async_graphql_parser::parse_query(text).map_err(|error| error.to_string())?;
    let mut operations = document.operations.iter();
    match (operations.next(), operations.next()) {
        (Some((Some(name), operation)), None) => Ok((name.to_string(), operation.node.ty.to_string())),
        (Some((None, _)), None) => Err("its operation has no name".to_owned()),
        _ => Err("holds several operations".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: &str = "query Home { a }";

    #[test]
    fn every_format_reads_as_it_was_written() {
        let texts = [HOME.to_owned(), "mutation Change { b }".to_owned()];
        for format in [ManifestFormat::Apollo, ManifestFormat::Relay, ManifestFormat::Short] {
            let written = write_manifest(format, &texts, |text| u32::try_from(text.len()).unwrap()).unwrap();
            let read = parse(&written).unwrap();
            let names: Vec<_> = read.iter().map(|it| (it.name.as_str(), it.text.as_str())).collect();
            assert_eq!(names, [("Home", HOME), ("Change", "mutation Change { b }")], "{format:?}");
        }
    }

    #[test]
    fn a_text_that_is_no_manifest_is_an_error() {
        let hash = document_hash(HOME);
        let cases = [
            ("[]".to_owned(), "is not a JSON object"),
            (r#"{"format":"x","version":1,"operations":[]}"#.to_owned(), "its format is x 1, not"),
            (
                r#"{"format":"apollo-persisted-query-manifest","version":2,"operations":[]}"#.to_owned(),
                "its format is apollo-persisted-query-manifest 2, not",
            ),
            (format!(r#"{{"{hash}":"query Home {{ b }}"}}"#), "is not the hash of its document"),
            (r#"{"1":"query A { a } query B { a }"}"#.to_owned(), "1: holds several operations"),
            (r#"{"1":"{ a }"}"#.to_owned(), "1: its operation has no name"),
            (r#"{"1":7}"#.to_owned(), "1: is not the text of a document"),
        ];
        for (text, problem) in cases {
            let error = parse(&text).unwrap_err();
            assert!(error.contains(problem), "{text}: {error}");
        }
    }

    #[test]
    fn files_tell_their_release() {
        for name in ["5.2.0.json", "5.2.0.relay.json", "5.2.0.short.json"] {
            assert_eq!(version_of(name), "5.2.0");
        }
    }

    #[test]
    fn a_release_is_newer_by_its_numbers() {
        let mut versions = ["5.10.0", "2026.11.0", "5.9.0", "5.9.0-beta", "5.9"];
        versions.sort_by_cached_key(|version| age_of(version));
        assert_eq!(versions, ["5.9", "5.9.0", "5.9.0-beta", "5.10.0", "2026.11.0"]);
    }
}
