//! A set of keys.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use super::key::{Jwk, Key};
use crate::algorithm::Algorithm;

/// Upper bound on the keys of a set. Issuers publish a handful.
const MAX_KEYS: usize = 256;

/// The keys of a set that can verify tokens, each with its id.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct KeySet(Vec<(String, Arc<Key>)>);

impl KeySet {
    /// Reads a set. Keys that cannot be used are left out, as RFC 7517, section 5 demands; the set itself must be
    /// well-formed.
    pub(super) fn read(json: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<Value>,
        }
        let set: Set = serde_json::from_slice(json).ok()?;
        if set.keys.len() > MAX_KEYS {
            return None;
        }
        let usable = |jwk: Jwk| Key::of(&jwk).map(Arc::new).and_then(|key| Some((jwk.kid?, key)));
        Some(Self(set.keys.iter().filter_map(Jwk::read).filter_map(usable).collect()))
    }

    /// Returns the number of keys.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns the key of this id that may verify signatures of the algorithm.
    pub(super) fn get(&self, id: &str, algorithm: Algorithm) -> Option<Arc<Key>> {
        self.0.iter().find(|(its, key)| its == id && key.fits(algorithm)).map(|(_, key)| key.clone())
    }
}
