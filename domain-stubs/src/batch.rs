//! Batch reads: each key of a request has a result of its own, and an error where a fault is set
//! for it.

use std::{collections::HashSet, hash::Hash, sync::Arc};

use proto::{
    admin::{KeyFault, KeyFaultKind},
    common::KeyError,
};
use rusqlite::Connection;

use crate::{faults::KeyFaults, refusal::Refusal, store::Store};

/// Largest number of keys of a batch.
const MAX_KEYS: usize = 100;

/// A key of a batch read.
pub(crate) trait Key: Clone + Eq + Hash + Send + 'static {
    /// The identifier that a fault names it by.
    fn id(&self) -> &str;
    /// The key with another identifier.
    fn renamed(&self, id: String) -> Self;
}

impl Key for String {
    fn id(&self) -> &str {
        self
    }

    fn renamed(&self, id: String) -> Self {
        id
    }
}

/// A key with its outcome, as it goes into a response.
#[derive(Debug, Clone)]
pub(crate) struct Answer<K, T> {
    pub(crate) key: K,
    pub(crate) outcome: Result<T, KeyError>,
}

/// The keys of one batch read.
#[derive(Debug)]
pub(crate) struct Batch<K> {
    keys: Vec<K>,
    faults: Arc<[KeyFault]>,
}

impl<K: Key> Batch<K> {
    /// Checks the keys in `field` of a request with these extensions.
    pub(crate) fn new(extensions: &tonic::Extensions, field: &str, keys: Vec<K>) -> Result<Self, Refusal> {
        check_keys(field, &keys)?;
        let faults = extensions.get::<KeyFaults>().cloned().unwrap_or_default().0;
        Ok(Self { keys, faults })
    }

    /// Reads every key in one snapshot of the store. An error is the outcome of its key alone,
    /// unless the store itself failed.
    pub(crate) async fn read<T, F>(self, store: &Store, read: F) -> Result<Vec<Answer<K, T>>, Refusal>
    where
        T: Clone + Send + 'static,
        F: Fn(&Connection, &K) -> Result<T, Refusal> + Send + 'static,
    {
        let Self { keys, faults } = self;
        let results = store
            .read(move |db| {
                keys.into_iter()
                    .map(|key| match read(db, &key) {
                        Err(error) if error.is_internal() => Err(error),
                        outcome => Ok(Answer { key, outcome: outcome.map_err(KeyError::from) }),
                    })
                    .collect()
            })
            .await?;
        Ok(break_keys(results, &faults))
    }
}

/// Rejects more than [`MAX_KEYS`] keys, and keys that occur twice.
pub(crate) fn check_keys<K: Key>(field: &str, keys: &[K]) -> Result<(), Refusal> {
    if keys.len() > MAX_KEYS {
        let problem = format!("holds {} keys, {MAX_KEYS} are allowed", keys.len());
        return Err(Refusal::invalid("TOO_MANY_KEYS", field, problem));
    }
    let mut seen = HashSet::new();
    match keys.iter().find(|key| !seen.insert(*key)) {
        Some(twice) => {
            let problem = format!("contains {:?} twice", twice.id());
            Err(Refusal::invalid("DUPLICATE_KEY", field, problem))
        }
        None => Ok(()),
    }
}

fn break_keys<K: Key, T: Clone>(results: Vec<Answer<K, T>>, faults: &[KeyFault]) -> Vec<Answer<K, T>> {
    faults.iter().fold(results, |results, fault| {
        results
            .into_iter()
            .flat_map(
                |result| if hits(fault, result.key.id()) { broken(result, fault) } else { vec![result] },
            )
            .collect()
    })
}

fn hits(fault: &KeyFault, id: &str) -> bool {
    fault.keys.is_empty() || fault.keys.iter().any(|key| key == id)
}

fn broken<K: Key, T: Clone>(result: Answer<K, T>, fault: &KeyFault) -> Vec<Answer<K, T>> {
    match fault.kind() {
        KeyFaultKind::Unspecified => vec![result],
        KeyFaultKind::Error => {
            let error = Refusal::new(fault.error_code.into(), "FAULT_INJECTED", "failed on purpose");
            vec![Answer { key: result.key, outcome: Err(error.into()) }]
        }
        KeyFaultKind::Omit => Vec::new(),
        KeyFaultKind::Duplicate => vec![result.clone(), result],
        KeyFaultKind::Extra => {
            let key = result.key.renamed(format!("{}-extra", result.key.id()));
            let extra = Answer { key, outcome: result.outcome.clone() };
            vec![result, extra]
        }
    }
}
