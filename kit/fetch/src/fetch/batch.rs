//! The results of a batch, matched by key.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::{Fetch, Fetched};
use crate::{FailureKind, UpstreamError};

/// The results of a batch, one for every key.
#[derive(Debug)]
pub struct BatchResult<F: Fetch> {
    by_key: HashMap<F, Result<F::Value, UpstreamError>>,
    /// Error of a result for a key that was not in the batch; `None` if there was no such result. It affects no key.
    unrequested: Option<UpstreamError>,
}

impl<F: Fetch> BatchResult<F> {
    /// Creates the results of a call that failed as a whole: every key gets the upstream error, without the field
    /// violations of other keys.
    #[must_use]
    pub fn failed(keys: Vec<F>, failure: &UpstreamError) -> Self {
        let failed = |(index, key)| (key, Err(failure.at_key(F::KEYS, (F::MAX_KEYS > 1).then_some(index))));
        Self { by_key: keys.into_iter().enumerate().map(failed).collect(), unrequested: None }
    }

    /// Matches results to the keys of the batch, in any order.
    ///
    /// A key without a result and a key with two results get an upstream error each; a result for a key that was not
    /// in the batch is left out. All three are logged, and none affects another key.
    #[must_use]
    pub fn matched(
        keys: Vec<F>,
        results: impl IntoIterator<Item = (F, Result<F::Value, UpstreamError>)>,
    ) -> Self {
        let mut answers: HashMap<F, Option<Result<F::Value, UpstreamError>>> =
            keys.into_iter().map(|key| (key, None)).collect();
        let mut unrequested = None;
        for (key, result) in results {
            match answers.entry(key) {
                Entry::Occupied(mut requested) => {
                    let twice = requested.get().is_some();
                    let result =
                        if twice { Err(broken::<F>("answered twice", requested.key())) } else { result };
                    requested.insert(Some(result));
                }
                Entry::Vacant(key) => {
                    unrequested = Some(broken::<F>("answered without being requested", key.key()));
                }
            }
        }
        let answered = answers.into_iter().map(|(key, result)| {
            let result = result.unwrap_or_else(|| Err(broken::<F>("not answered", &key)));
            (key, result)
        });
        Self { by_key: answered.collect(), unrequested }
    }

    /// Returns the upstream errors that are never about the client.
    pub(crate) fn failures_of_service(&self) -> impl Iterator<Item = &UpstreamError> {
        let of_keys = self.by_key.values().filter_map(|answer| answer.as_ref().err());
        of_keys.filter(|failure| failure.is_of_service()).chain(&self.unrequested)
    }

    /// Returns the results as those of calls that were just made.
    pub(crate) fn into_fetched(self) -> HashMap<F, Result<Fetched<F::Value>, UpstreamError>> {
        self.by_key.into_iter().map(|(key, result)| (key, result.map(Fetched::new))).collect()
    }

    pub(crate) fn into_map(self) -> HashMap<F, Result<F::Value, UpstreamError>> {
        self.by_key
    }
}

/// Creates the error of a batch that is broken for one key.
fn broken<F: Fetch>(what: &str, key: &F) -> UpstreamError {
    UpstreamError::new(FailureKind::Internal, format!("a key of the batch was {what}: {key:?}"))
}
