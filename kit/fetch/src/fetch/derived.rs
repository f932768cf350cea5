//! Calls of fetches and commands that are derived from the contracts of their RPCs.

use std::sync::Arc;

use rpc::{Batch, KeyError, Many, Mask, Single};

use super::{BatchResult, Call, Fetch};
use crate::{FailureKind, UpstreamError};

/// Upper bound on the items that are asked for only to be dropped: an honest cursor leads to an item of its page.
const MAX_DROPPED: usize = 1_000;

impl Call<'_> {
    /// Makes the call, and returns the value of its response.
    ///
    /// # Errors
    /// The call failed, or the service left the value out.
    pub async fn value<M: Single>(&self, request: M::Request) -> Result<Arc<M::Value>, UpstreamError> {
        let response: M::Response = self.unary(request).await?;
        M::value(response).map(Arc::new).ok_or_else(|| failed(KeyError::no_outcome()))
    }

    /// Makes the call for the only key of a batch. `request` returns the request without its read mask, and `dropped` the number
    /// of items before those of the page.
    pub async fn single_of<F, M>(
        &self,
        keys: &[F],
        request: impl FnOnce(&F) -> M::Request,
        dropped: impl FnOnce(&F) -> usize,
    ) -> BatchResult<F>
    where
        F: Fetch<Value = Arc<M::Value>>,
        M: Single,
    {
        let Some(key) = keys.first().cloned() else { return BatchResult::matched(keys, []) };
        let dropped = dropped(&key);
        if dropped > MAX_DROPPED {
            let too_far =
                UpstreamError::invalid("page_token", "leads further into the list than this service goes");
            return BatchResult::failed(keys, &too_far);
        }
        let mut request = request(&key);
        M::set_mask(&mut request, self.mask());
        let cut = self.cuts();
        self.batch(keys, request, |response| {
            let value = M::value(response).ok_or_else(|| failed(KeyError::no_outcome()));
            let value = value.and_then(|mut value| {
                if !M::skip(&mut value, dropped) {
                    let message = format!("{}: the page is shorter than what it skips", F::RPC.path());
                    return Err(UpstreamError::new(FailureKind::Internal, message));
                }
                if let Some(mask) = cut {
                    M::cut(&mut value, mask);
                }
                Ok(Arc::new(value))
            });
            [(key, value)]
        })
        .await
    }

    /// Makes the call for a batch whose values come in the order of the keys. `request` returns the request for keys in the
    /// form that `to` gives them, without its read mask.
    pub async fn in_order_of<F, M, K>(
        &self,
        keys: &[F],
        to: impl Fn(&F) -> K,
        request: impl FnOnce(Vec<K>) -> M::Request,
    ) -> BatchResult<F>
    where
        F: Fetch<Value = Arc<M::Value>>,
        M: Many,
    {
        match self.many_of::<F, M, K>(keys, to, request).await {
            Ok(values) if values.len() == keys.len() => BatchResult::in_order(values),
            Ok(values) => {
                let message =
                    format!("{}: {} values came for {} keys", F::RPC.path(), values.len(), keys.len());
                BatchResult::failed(keys, &UpstreamError::new(FailureKind::Internal, message))
            }
            Err(failure) => BatchResult::failed(keys, &failure),
        }
    }

    /// Makes the call for a batch whose values hold their keys, which `from` returns. A key without a value is not found.
    pub async fn matched_of<F, M, K>(
        &self,
        keys: &[F],
        to: impl Fn(&F) -> K,
        from: impl Fn(&M::Value) -> F,
        request: impl FnOnce(Vec<K>) -> M::Request,
    ) -> BatchResult<F>
    where
        F: Fetch<Value = Arc<M::Value>>,
        M: Many,
    {
        match self.many_of::<F, M, K>(keys, to, request).await {
            Ok(values) => {
                let mut results: Vec<_> = values.into_iter().map(|value| (from(&value), Ok(value))).collect();
                let not_found = |key: &F| (key.clone(), Err(failed(KeyError::not_found())));
                let absent: Vec<_> =
                    keys.iter().filter(|key| results.iter().all(|(it, _)| it != *key)).collect();
                results.extend(absent.into_iter().map(not_found));
                BatchResult::matched(keys, results)
            }
            Err(failure) => BatchResult::failed(keys, &failure),
        }
    }

    /// Makes the call for a batch without results by key, and returns its values.
    async fn many_of<F, M, K>(
        &self,
        keys: &[F],
        to: impl Fn(&F) -> K,
        request: impl FnOnce(Vec<K>) -> M::Request,
    ) -> Result<Vec<Arc<M::Value>>, UpstreamError>
    where
        F: Fetch,
        M: Many,
    {
        let mut request = request(keys.iter().map(to).collect());
        M::set_mask(&mut request, self.mask());
        let mut values = match self.unary(request).await {
            Ok(response) => M::values(response),
            // All keys fail with one of them, and which one the service does not say.
            Err(failure) if failure.kind() == FailureKind::NotFound && keys.len() > 1 => {
                let message = format!(
                    "{}: one of {} keys is not found: {}",
                    F::RPC.path(),
                    keys.len(),
                    failure.message()
                );
                return Err(UpstreamError::new(FailureKind::Internal, message));
            }
            Err(failure) => return Err(failure),
        };
        if let Some(mask) = self.cuts() {
            for value in &mut values {
                M::cut(value, mask);
            }
        }
        Ok(values.into_iter().map(Arc::new).collect())
    }

    /// Returns the mask that responses are cut to; `None` to take all that the service sent. In development nothing is there
    /// that the operation does not say it reads, whether the service knows masks or not.
    fn cuts(&self) -> Option<&Mask> {
        self.mask_of_slot().filter(|_| self.enforces())
    }

    /// Makes the call for a batch. `to` and `from` turn a key into the form of the request and back, and `request` returns the
    /// request for keys in this form, without its read mask.
    pub async fn batch_of<F, M>(
        &self,
        keys: &[F],
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
        let cut = self.cuts();
        let whole = move |mut value| {
            if let Some(mask) = cut {
                M::cut(&mut value, mask);
            }
            Arc::new(value)
        };
        self.batch(keys, request, |response| {
            M::results(response).map(move |(key, value)| (from(key), value.map(whole).map_err(failed)))
        })
        .await
    }
}

/// Returns the upstream error of one key of a batch.
fn failed(error: KeyError) -> UpstreamError {
    UpstreamError::of_key(error.code, error.message, error.reason, &error.details)
}
