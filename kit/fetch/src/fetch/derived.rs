//! Calls of fetches and commands that are derived from the contracts of their RPCs.

use std::sync::Arc;

use rpc::{Batch, KeyError, Single};

use super::{BatchResult, Call, Fetch};
use crate::UpstreamError;

impl Call<'_> {
    /// Makes the call, and returns the value of its response.
    ///
    /// # Errors
    /// The call failed, or the service left the value out.
    pub async fn value<M: Single>(&self, request: M::Request) -> Result<Arc<M::Value>, UpstreamError> {
        let response: M::Response = self.unary(request).await?;
        M::value(response).map(Arc::new).ok_or_else(|| failed(KeyError::no_outcome()))
    }

    /// Makes the call for the only key of a batch. `request` returns the request without its read mask.
    pub async fn single_of<F, M>(
        &self,
        keys: Vec<F>,
        request: impl FnOnce(&F) -> M::Request,
    ) -> BatchResult<F>
    where
        F: Fetch<Value = Arc<M::Value>>,
        M: Single,
    {
        let Some(key) = keys.first().cloned() else { return BatchResult::matched(keys, []) };
        let mut request = request(&key);
        M::set_mask(&mut request, self.mask());
        self.batch(keys, request, |response| {
            let value = M::value(response).map(Arc::new).ok_or_else(|| failed(KeyError::no_outcome()));
            [(key, value)]
        })
        .await
    }

    /// Makes the call for a batch. `to` and `from` turn a key into the form of the request and back, and `request` returns the
    /// request for keys in this form, without its read mask.
    pub async fn batch_of<F, M>(
        &self,
        keys: Vec<F>,
        to: impl Fn(&F) -> M::Key,
        from: impl Fn(M::Key) -> F,
        request: impl FnOnce(Vec<M::Key>) -> M::Request,
    ) -> BatchResult<F>
    where
        F: Fetch<Value = Arc<M::Value>>,
        M: Batch,
    {
        let mut request = request(keys.iter().map(to).collect());
        M::set_mask(&mut request, self.mask());
        self.batch(keys, request, |response| {
            M::results(response).map(move |(key, value)| (from(key), value.map(Arc::new).map_err(failed)))
        })
        .await
    }
}

/// Returns the upstream error of one key of a batch.
fn failed(error: KeyError) -> UpstreamError {
    UpstreamError::of_key(error.code, error.message, error.reason, &error.details)
}
