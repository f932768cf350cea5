//! The answers of a batch, matched by key.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::Fetch;
use crate::{FailureKind, UpstreamError};

/// An answer for every key of a batch.
#[derive(Debug)]
pub struct BatchResult<F: Fetch> {
    by_key: HashMap<F, Result<F::Value, UpstreamError>>,
    /// That the service answered what nobody asked, where it did. It harms no key.
    unasked: Option<UpstreamError>,
}

impl<F: Fetch> BatchResult<F> {
    /// A fault of the whole call, for every key: what it says of one key is left to that one.
    #[must_use]
    pub fn failed(keys: Vec<F>, fault: &UpstreamError) -> Self {
        let failed = |(index, key)| (key, Err(fault.at_key(F::KEYS, (F::MAX_KEYS > 1).then_some(index))));
        Self { by_key: keys.into_iter().enumerate().map(failed).collect(), unasked: None }
    }

    /// Matches results to the keys that were asked, whatever their order.
    ///
    /// A key without a result and a key with two get a fault each; a result for a key nobody asked is left
    /// out. All three are logged, and none touches another key.
    #[must_use]
    pub fn matched(
        keys: Vec<F>,
        results: impl IntoIterator<Item = (F, Result<F::Value, UpstreamError>)>,
    ) -> Self {
        let mut answers: HashMap<F, Option<Result<F::Value, UpstreamError>>> =
            keys.into_iter().map(|key| (key, None)).collect();
        let mut unasked = None;
        for (key, result) in results {
            match answers.entry(key) {
                Entry::Occupied(mut asked) => {
                    let twice = asked.get().is_some();
                    let result = if twice { Err(broken::<F>("answered twice", asked.key())) } else { result };
                    asked.insert(Some(result));
                }
                Entry::Vacant(key) => {
                    unasked = Some(broken::<F>("answered without being asked", key.key()));
                }
            }
        }
        let answered = answers.into_iter().map(|(key, result)| {
            let result = result.unwrap_or_else(|| Err(broken::<F>("not answered", &key)));
            (key, result)
        });
        Self { by_key: answered.collect(), unasked }
    }

    /// What can be no word to the client of what the service did.
    pub(crate) fn faults_of_service(&self) -> impl Iterator<Item = &UpstreamError> {
        let of_keys = self.by_key.values().filter_map(|answer| answer.as_ref().err());
        of_keys.filter(|fault| fault.is_of_service()).chain(&self.unasked)
    }

    pub(crate) fn into_map(self) -> HashMap<F, Result<F::Value, UpstreamError>> {
        self.by_key
    }
}

/// That a batch is broken for one key.
fn broken<F: Fetch>(what: &str, key: &F) -> UpstreamError {
    UpstreamError::new(FailureKind::Internal, format!("a key of the batch was {what}: {key:?}"))
}
