//! Short ids, each given to one document for good, because a device in the field keeps sending its ids long after the
//! manifest of its release is gone.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use serde::{Deserialize, Serialize};

use operation::{ReleasedOperation, document_hash};

/// Contents of the file `short-ids.json`: the document hash of each id.
#[derive(Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct ShortIds(BTreeMap<u32, String>);

impl ShortIds {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    pub(crate) fn to_text(&self) -> Result<String, String> {
        serde_json::to_string_pretty(self).map(|text| text + "\n").map_err(|error| error.to_string())
    }

    /// Records the id of a released operation if it is a short id. Fails if the id was given to another document.
    pub(crate) fn hold(&mut self, operation: &ReleasedOperation) -> Result<(), String> {
        let Ok(id) = operation.id.parse() else { return Ok(()) };
        let hash = document_hash(&operation.text);
        match self.0.entry(id) {
            Entry::Vacant(free) => {
                free.insert(hash);
            }
            Entry::Occupied(held) if *held.get() != hash => {
                return Err(format!("{}: the id {id} was given to another document before", operation.name));
            }
            Entry::Occupied(_) => {}
        }
        Ok(())
    }

    /// Returns true if the document was ever given an id.
    pub(crate) fn holds(&self, text: &str) -> bool {
        let hash = document_hash(text);
        self.0.values().any(|held| *held == hash)
    }

    /// Returns the id of a document: its own, or the next one that no document ever had.
    pub(crate) fn give(&mut self, text: &str) -> u32 {
        let hash = document_hash(text);
        if let Some((id, _)) = self.0.iter().find(|(_, held)| **held == hash) {
            return *id;
        }
        let id = self.0.keys().last().map_or(1, |last| last + 1);
        self.0.insert(id, hash);
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_stays_with_its_document_whatever_becomes_of_its_release() {
        let mut ids = ShortIds::default();
        assert_eq!(["query A { a }", "query B { a }", "query A { a }"].map(|text| ids.give(text)), [1, 2, 1]);
        // The ids come from the file alone, as if no manifest held them any more.
        let mut ids = ShortIds::parse(&ids.to_text().unwrap()).unwrap();
        assert_eq!(["query C { a }", "query B { a }"].map(|text| ids.give(text)), [3, 2]);
    }

    #[test]
    fn an_id_of_another_document_is_an_error() {
        let operation = |id: &str, text: &str| ReleasedOperation {
            id: id.to_owned(),
            name: "A".to_owned(),
            text: text.to_owned(),
        };
        let mut ids = ShortIds::default();
        ids.hold(&operation("7", "query A { a }")).unwrap();
        ids.hold(&operation("7", "query A { a }")).unwrap();
        ids.hold(&operation("not-short", "query A { b }")).unwrap();
        let error = ids.hold(&operation("7", "query A { b }")).unwrap_err();
        assert_eq!(error, "A: the id 7 was given to another document before");
        assert_eq!(ids.give("query A { b }"), 8);
    }
}
