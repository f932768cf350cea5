//! JSON objects in which no name may stand twice.

use serde_json::{Map, Value};

use super::distinct::Distinct;

/// A JSON object in which no name stands twice, nor in an object within it. Readers of JSON disagree about the value that
/// counts then, and an attacker could show one value to the signer and another to us (RFC 8725, section 2.4).
pub(crate) struct Object(Map<String, Value>);

impl Object {
    /// Reads an object, and nothing after it.
    pub(crate) fn read(json: &[u8]) -> Option<Self> {
        match serde_json::from_slice(json).ok()? {
            Distinct(Value::Object(members)) => Some(Self(members)),
            Distinct(_) => None,
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// Returns a member that must be a text of 1 to 255 bytes.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str().filter(|text| (1..=255).contains(&text.len()))
    }

    /// Returns a member that must be whole seconds since 1970, before the year 10000. `NumericDate` (RFC 7519, section
    /// 2) permits fractions too, but no issuer writes them.
    pub(crate) fn seconds(&self, name: &str) -> Option<i64> {
        const YEAR_10000: i64 = 253_402_207_200;
        self.get(name)?.as_i64().filter(|seconds| (0..YEAR_10000).contains(seconds))
    }
}
