//! Batch reads: each key of a request is checked, read and answered on its own, and fails where a fault is set for it.

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
    /// The identifier that faults know it by.
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
    /// Checks the keys that stand in `field` of a request with these extensions.
    pub(crate) fn new(extensions: &tonic::Extensions, field: &str, keys: Vec<K>) -> Result<Self, Refusal> {
        check_keys(field, &keys)?;
        let faults = extensions.get::<KeyFaults>().cloned().unwrap_or_default().0;
        Ok(Self { keys, faults })
    }

    /// Reads every key in one snapshot of the store. A refusal is the outcome of its key alone, unless the store
    /// itself failed.
    pub(crate) async fn read<T, F>(self, store: &Store, read: F) -> Result<Vec<Answer<K, T>>, Refusal>
    where
        T: Clone + Send + 'static,
        F: Fn(&Connection, &K) -> Result<T, Refusal> + Send + 'static,
    {
        let Self { keys, faults } = self;
        let answers = store
            .read(move |db| {
                keys.into_iter()
                    .map(|key| match read(db, &key) {
                        Err(refusal) if refusal.is_internal() => Err(refusal),
                        outcome => Ok(Answer { key, outcome: outcome.map_err(KeyError::from) }),
                    })
                    .collect()
            })
            .await?;
        Ok(break_keys(answers, &faults))
    }
}

/// Refuses too many keys, and keys that occur twice.
pub(crate) fn check_keys<K: Key>(field: &str, keys: &[K]) -> Result<(), Refusal> {
    if keys.len() > MAX_KEYS {
        let problem = format!("holds {} keys, {MAX_KEYS} are allowed", keys.len());
        return Err(Refusal::invalid("TOO_MANY_KEYS", field, problem));
    }
    let mut seen = HashSet::new();
    match keys.iter().find(|key| !seen.insert(*key)) {
        Some(twice) => {
            let problem = format!("asks {:?} twice", twice.id());
            Err(Refusal::invalid("DUPLICATE_KEY", field, problem))
        }
        None => Ok(()),
    }
}

fn break_keys<K: Key, T: Clone>(answers: Vec<Answer<K, T>>, faults: &[KeyFault]) -> Vec<Answer<K, T>> {
    faults.iter().fold(answers, |answers, fault| {
        answers
            .into_iter()
            .flat_map(
                |answer| if hits(fault, answer.key.id()) { broken(answer, fault) } else { vec![answer] },
            )
            .collect()
    })
}

fn hits(fault: &KeyFault, id: &str) -> bool {
    fault.keys.is_empty() || fault.keys.iter().any(|key| key == id)
}

fn broken<K: Key, T: Clone>(answer: Answer<K, T>, fault: &KeyFault) -> Vec<Answer<K, T>> {
    match fault.kind() {
        KeyFaultKind::Unspecified => vec![answer],
        KeyFaultKind::Error => {
            let refusal = Refusal::new(fault.error_code.into(), "FAULT_INJECTED", "failed on purpose");
            vec![Answer { key: answer.key, outcome: Err(refusal.into()) }]
        }
        KeyFaultKind::Omit => Vec::new(),
        KeyFaultKind::Duplicate => vec![answer.clone(), answer],
        KeyFaultKind::Extra => {
            let key = answer.key.renamed(format!("{}-extra", answer.key.id()));
            let extra = Answer { key, outcome: answer.outcome.clone() };
            vec![answer, extra]
        }
    }
}
