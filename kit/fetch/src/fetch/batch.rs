//! The results of a batch, matched by key.

use std::collections::HashMap;

use super::{Fetch, Fetched};
use crate::{FailureKind, UpstreamError};

/// The results of a batch: one for each of its keys, in their order.
#[derive(Debug)]
pub struct BatchResult<F: Fetch> {
    results: Vec<Result<F::Value, UpstreamError>>,
    /// Error of a result for a key that was not in the batch; `None` if there was no such result. It affects no key.
    unrequested: Option<UpstreamError>,
}

impl<F: Fetch> BatchResult<F> {
    /// Creates the results of a call that failed as a whole, for the keys of the batch in their order: every key gets the upstream error, without the field
    /// violations of other keys.
    #[must_use]
    pub fn failed(keys: &[F], failure: &UpstreamError) -> Self {
        let failed = |index| Err(failure.at_key(F::KEYS, (F::MAX_KEYS > 1).then_some(index)));
        Self { results: (0..keys.len()).map(failed).collect(), unrequested: None }
    }

    /// Creates the results of values that come in the order of the keys, one for each.
    pub(crate) fn in_order(values: Vec<F::Value>) -> Self {
        Self { results: values.into_iter().map(Ok).collect(), unrequested: None }
    }

    /// Matches results, in any order, to the keys of the batch in theirs. Results in the order of the keys take the least time.
    ///
    /// A key without a result and a key with two results get an upstream error each; a result for a key that was not
    /// in the batch is left out. All three are logged, and none affects another key.
    #[must_use]
    pub fn matched(
        keys: &[F],
        results: impl IntoIterator<Item = (F, Result<F::Value, UpstreamError>)>,
    ) -> Self {
        let mut answers: Vec<Option<Result<F::Value, UpstreamError>>> = keys.iter().map(|_| None).collect();
        let (mut places, mut unrequested) = (None::<HashMap<&F, usize>>, None);
        for (next, (key, result)) in results.into_iter().enumerate() {
            let place = if keys.get(next) == Some(&key) {
                Some(next)
            } else {
                let by_key = || keys.iter().enumerate().map(|(place, key)| (key, place)).collect();
                places.get_or_insert_with(by_key).get(&key).copied()
            };
            let Some(place) = place else {
                unrequested = Some(broken("answered without being requested", &key));
                continue;
            };
            let twice = answers[place].is_some();
            answers[place] = Some(if twice { Err(broken("answered twice", &key)) } else { result });
        }
        let results = answers.into_iter().zip(keys);
        let results = results.map(|(result, key)| result.unwrap_or_else(|| Err(broken("not answered", key))));
        Self { results: results.collect(), unrequested }
    }

    pub(crate) fn len(&self) -> usize {
        self.results.len()
    }

    /// Returns the upstream errors that are never about the client.
    pub(crate) fn failures_of_service(&self) -> impl Iterator<Item = &UpstreamError> {
        let of_keys = self.results.iter().filter_map(|result| result.as_ref().err());
        of_keys.filter(|failure| failure.is_of_service()).chain(&self.unrequested)
    }

    /// Returns the results as those of a call that was just made.
    pub(crate) fn into_fetched(self) -> Vec<Result<Fetched<F::Value>, UpstreamError>> {
        self.results.into_iter().map(|result| result.map(Fetched::new)).collect()
    }

    pub(crate) fn into_results(self) -> Vec<Result<F::Value, UpstreamError>> {
        self.results
    }
}

/// Creates the error of a batch that is broken for one key.
fn broken<F: Fetch>(what: &str, key: &F) -> UpstreamError {
    UpstreamError::new(FailureKind::Internal, format!("a key of the batch was {what}: {key:?}"))
}
