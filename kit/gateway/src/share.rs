//! Short-lived cache of answers that are the same for everybody: a thousand clients that send the same request at once
//! cause one request to the services.

use std::future::Future;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_graphql::Variables;
use moka::future::Cache;
use operation::Prepared;

use crate::answer::Answer;
use resolver::Languages;

/// Public answers to registered operations that came by GET, bounded in bytes. They are kept for a moment only: an
/// answer that a cache in front was told to forget must not come back from here.
#[derive(Debug)]
pub struct SharedAnswers(Option<Cache<String, Arc<Answer>>>);

impl SharedAnswers {
    /// Keeps answers for this time, in at most so many bytes; none if either is zero.
    #[must_use]
    pub fn new(bytes: u64, time: Duration) -> Self {
        let weight = |key: &String, answer: &Arc<Answer>| {
            // The tree of an answer takes several times the memory of its text.
            u32::try_from(key.len() + answer.body().len().saturating_mul(4)).unwrap_or(u32::MAX)
        };
        let cache = (bytes > 0 && !time.is_zero())
            .then(|| Cache::builder().max_capacity(bytes).weigher(weight).time_to_live(time).build());
        Self(cache)
    }

    /// Returns the answer to an operation whose plan is public: from the cache, or else from `run`, which runs once for
    /// all requests that come meanwhile. An incomplete answer is not kept, but goes to all of them, so that a failing
    /// service is not called again for each. An answer that turns out to depend on the principal goes to its own
    /// request alone.
    pub(crate) async fn answer<F: Future<Output = Answer>>(
        &self,
        operation: &Prepared,
        variables: &Variables,
        languages: &Languages,
        run: impl Fn() -> F,
    ) -> Arc<Answer> {
        let key = self.0.as_ref().zip(operation.registered()).map(|(cache, hash)| {
            let variables = serde_json::to_string(variables).unwrap_or_default();
            (cache, format!("{hash} {languages} {variables}"))
        });
        let Some((cache, key)) = key else { return Arc::new(run().await) };
        let own = OnceLock::new();
        let first = async {
            let answer = Arc::new(run().await);
            let shared = answer.keep.as_ref().is_some_and(|keep| keep.shared);
            if shared { Ok(answer) } else { Err(own.get_or_init(|| answer).clone()) }
        };
        match (cache.try_get_with(key, first).await, own.into_inner()) {
            (Ok(answer), _) | (Err(_), Some(answer)) => answer,
            (Err(answer), None) if !answer.private => (*answer).clone(),
            // The answer is private to another request.
            (Err(_), None) => Arc::new(run().await),
        }
    }
}
