//! Health, readiness and metrics of a server, for operators, orchestrators and load balancers.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::serve::Listener;
use fetch::{CallEnd, Decision, FailureKind, Observer};
use serde::Serialize;
use tokio::time::Instant;

use crate::Metrics;
use crate::list::SERVICE;

/// Time for which the end of a call tells the state of its service.
const TELLS_FOR: Duration = Duration::from_secs(10);

/// Content type of the metrics, as Prometheus expects it.
const METRICS_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The state of one server.
pub struct Health {
    metrics: Arc<Metrics>,
    /// Known once the server has started.
    started: OnceLock<Started>,
    draining: AtomicBool,
    cut_off: AtomicBool,
    needs_services: bool,
    since: Instant,
}

struct Started {
    services: BTreeMap<&'static str, LastCall>,
    tell_kept: Box<dyn Fn(&Metrics) + Send + Sync>,
}

/// The last call of a service that was not abandoned.
#[derive(Debug, Default)]
struct LastCall {
    /// Time of the end of the call, in milliseconds since the server was created, plus one; 0 if there was no call.
    ended: AtomicU64,
    answered: AtomicBool,
}

/// State of a service, by its last call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Service {
    /// The last call got a response, whatever its status.
    Answers,
    /// The last call could not be made, broke off or took too long.
    Fails,
    /// The service was not called recently.
    Unknown,
}

/// The body of `/readyz`.
#[derive(Serialize)]
struct Readiness {
    status: &'static str,
    services: BTreeMap<&'static str, Service>,
}

impl Health {
    /// Creates the state of a server that has not started. If `needs_services`, it is not ready while a service
    /// fails.
    #[must_use]
    pub fn new(metrics: Arc<Metrics>, needs_services: bool) -> Arc<Self> {
        Arc::new(Self {
            metrics,
            started: OnceLock::new(),
            draining: AtomicBool::new(false),
            cut_off: AtomicBool::new(false),
            needs_services,
            since: Instant::now(),
        })
    }

    /// Creates a health state that nothing reads.
    #[must_use]
    pub fn unseen() -> Arc<Self> {
        Self::new(Arc::new(Metrics::new()), false)
    }

    /// Returns the metrics of the server.
    pub fn metrics(&self) -> &Arc<Metrics> {
        &self.metrics
    }

    /// Records that the server has started, with the services that it calls. `tell_kept` reports the counts that are
    /// kept elsewhere.
    pub fn start(
        &self,
        services: impl Iterator<Item = &'static str>,
        tell_kept: impl Fn(&Metrics) + Send + Sync + 'static,
    ) {
        let services = services.map(|service| (service, LastCall::default())).collect();
        let _first = self.started.set(Started { services, tell_kept: Box::new(tell_kept) });
    }

    /// Records that the server has been told to stop.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
        self.metrics.draining();
    }

    /// Records that the time to drain is over: requests that still run are not answered.
    pub fn cut_off(&self) {
        self.cut_off.store(true, Ordering::Relaxed);
    }

    /// Returns the reason for which an operation was not answered.
    pub fn why_unanswered(&self) -> &'static str {
        if self.cut_off.load(Ordering::Relaxed) { "cut_off" } else { "client_left" }
    }

    /// Returns the routes for operators.
    pub fn routes(self: Arc<Self>) -> Router {
        Router::new()
            .route("/healthz", get(async || "ok"))
            .route("/readyz", get(ready))
            .route("/metrics", get(metrics))
            .with_state(self)
    }

    fn readiness(&self) -> (StatusCode, Readiness) {
        let services = self.services();
        let fails = services.values().any(|service| *service == Service::Fails);
        let status = if self.started.get().is_none() {
            "starting"
        } else if self.draining.load(Ordering::Relaxed) {
            "draining"
        } else if self.needs_services && fails {
            "services fail"
        } else {
            "ready"
        };
        let code = if status == "ready" { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        (code, Readiness { status, services })
    }

    fn services(&self) -> BTreeMap<&'static str, Service> {
        let services = self.started.get().into_iter().flat_map(|started| &started.services);
        services.map(|(name, last)| (*name, self.known_of(last))).collect()
    }

    fn known_of(&self, last: &LastCall) -> Service {
        let ended = last.ended.load(Ordering::Relaxed);
        if ended == 0 || self.now() - ended > milliseconds(TELLS_FOR) {
            Service::Unknown
        } else if last.answered.load(Ordering::Relaxed) {
            Service::Answers
        } else {
            Service::Fails
        }
    }

    /// Returns the milliseconds since the server was created, plus one.
    fn now(&self) -> u64 {
        milliseconds(self.since.elapsed()) + 1
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

async fn ready(State(health): State<Arc<Health>>) -> impl IntoResponse {
    let (status, readiness) = health.readiness();
    let body = serde_json::to_string(&readiness).unwrap_or_default();
    (status, [(header::CONTENT_TYPE, "application/json")], body)
}

async fn metrics(State(health): State<Arc<Health>>) -> impl IntoResponse {
    if let Some(started) = health.started.get() {
        (started.tell_kept)(&health.metrics);
        let called = started.services.iter().filter(|(_, last)| last.ended.load(Ordering::Relaxed) > 0);
        for (service, last) in called {
            let answered = u64::from(last.answered.load(Ordering::Relaxed));
            health.metrics.kept(&SERVICE, Some(("service", service)), answered);
        }
    }
    ([(header::CONTENT_TYPE, METRICS_TYPE)], health.metrics.text())
}

impl Observer for Health {
    fn call_ended(&self, rpc: &'static str, took: Duration, end: CallEnd<'_>) {
        self.metrics.call_ended(rpc, took, end);
        let answered = match end {
            CallEnd::Answered => true,
            // A call that was never sent says nothing about its service.
            CallEnd::Failed(failure) if failure.kind() == FailureKind::Overloaded => return,
            CallEnd::Failed(failure) => {
                !matches!(failure.kind(), FailureKind::Timeout | FailureKind::Unavailable)
            }
            CallEnd::Abandoned => return,
        };
        let service = rpc.split('/').next().unwrap_or_default();
        if let Some(last) = self.started.get().and_then(|started| started.services.get(service)) {
            last.answered.store(answered, Ordering::Relaxed);
            last.ended.store(self.now(), Ordering::Relaxed);
        }
    }
    fn decided(&self, rpc: &'static str, decision: Decision) {
        self.metrics.decided(rpc, decision);
    }
}

impl std::fmt::Debug for Health {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Health").finish_non_exhaustive()
    }
}

/// Health, readiness and metrics of a server, on an address of their own.
#[derive(Debug)]
pub struct Admin(Arc<Health>);

impl Admin {
    /// Returns the routes for operators, to be served.
    #[must_use]
    pub fn of(health: &Arc<Health>) -> Self {
        Self(health.clone())
    }

    /// Answers operators for as long as it is polled. On a thread and a runtime of its own, it answers no matter how
    /// busy the server is.
    pub async fn serve<L: Listener<Addr: std::fmt::Debug>>(self, listener: L) {
        // `axum::serve` never fails; the future ends when it is dropped.
        let _never = axum::serve(listener, self.0.routes()).await;
    }
}
