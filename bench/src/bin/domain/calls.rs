//! A layer around all services: it counts calls, delays them, and rejects those that another service would reject.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::task::{Context, Poll};
use std::time::Duration;

use http::{Request, Response};
use tonic::Status;
use tower::{Layer, Service};

/// Calls by RPC, since the start.
#[derive(Clone, Default)]
pub struct Counts(Arc<RwLock<HashMap<String, Arc<AtomicU64>>>>);

impl Counts {
    fn add(&self, path: &str) {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(path).cloned();
        let count = known.unwrap_or_else(|| {
            let mut counts = self.0.write().unwrap_or_else(PoisonError::into_inner);
            counts.entry(path.to_owned()).or_default().clone()
        });
        count.fetch_add(1, Ordering::Relaxed);
    }

    /// Returns the counts by the name of the RPC, such as `CatalogService/ListProducts`.
    pub fn by_rpc(&self) -> HashMap<String, u64> {
        let counts = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let name = |path: &str| path.rsplit_once('.').map_or(path, |(_, name)| name).to_owned();
        counts.iter().map(|(path, count)| (name(path), count.load(Ordering::Relaxed))).collect()
    }
}

/// The layer.
#[derive(Clone)]
pub struct Calls {
    pub counts: Counts,
    /// Time that every call takes at least.
    pub delay: Duration,
}

/// A service within the layer.
#[derive(Clone)]
pub struct Counted<S> {
    calls: Calls,
    inner: S,
}

impl<S> Layer<S> for Calls {
    type Service = Counted<S>;

    fn layer(&self, inner: S) -> Counted<S> {
        Counted { calls: self.clone(), inner }
    }
}

impl<S, B, R> Service<Request<B>> for Counted<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    B: Send + 'static,
    R: Default + Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let path = request.uri().path();
        // A check of health is no call of a client's operation.
        if path.starts_with("/shop.") {
            self.calls.counts.add(path);
            if let Some(problem) = problem(&request) {
                let rejection = Status::failed_precondition(problem).into_http();
                return Box::pin(async move { Ok(rejection) });
            }
        }
        let (answer, delay) = (self.inner.call(request), self.calls.delay);
        Box::pin(async move {
            if !delay.is_zero() {
                tokio::time::sleep(delay).await;
            }
            answer.await
        })
    }
}

/// Returns the reason why a call is rejected. It keeps the measured servers to the same work: each must send a deadline
/// and a credential.
fn problem<B>(request: &Request<B>) -> Option<&'static str> {
    let headers = request.headers();
    let is_bearer = |value: &http::HeaderValue| value.as_bytes().starts_with(b"Bearer ey");
    if !headers.contains_key("grpc-timeout") {
        Some("the call has no deadline")
    } else if !headers.get("authorization").is_some_and(is_bearer) {
        Some("the call has no credential")
    } else {
        None
    }
}
