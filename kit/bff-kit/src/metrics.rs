//! Numbers that a server counts, as Prometheus reads them.

mod list;

use std::sync::Arc;
use std::time::Duration;

use ::metrics::{Counter, Gauge, Histogram, Key, Label, Level, Metadata, Recorder as _, SharedString};
use fetch::{CallEnd, Observer};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

use crate::peer::Bound;

pub(crate) use list::{AUTOMATIC_BYTES, LIMITS, MANIFESTS, SERVICE, UNREAD_BYTES, UNREGISTERED, VIOLATIONS};
pub use list::{Kind, METRICS, Metric};

/// Upper bounds of the buckets of durations, in seconds: from an answer out of memory to the longest deadline.
const SECONDS: [f64; 13] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Stands in the label of operations that are not registered: their names are their clients' to choose.
const NAMELESS: &str = "-";

/// The numbers of one server.
pub(crate) struct Metrics {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
    connections: Gauge,
}

/// A connection that is open until this is dropped.
pub(crate) struct OpenConnection(Gauge);

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.0.decrement(1.0);
    }
}

/// Why a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Closed {
    /// Its client left, or the network failed.
    Client,
    /// TLS was not agreed on.
    Handshake,
    /// The head of a request did not come in time.
    Head,
    /// Nothing was asked for in time.
    Idle,
    /// What its client sent is no HTTP.
    Unreadable,
    /// Its client left an answer unread.
    Unread,
    /// It held most of too much that clients left unread.
    Greedy,
    /// The server stopped.
    Stopped,
}

/// What became of files that were read again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reloaded {
    Taken,
    Refused,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let recorder =
            PrometheusBuilder::new().set_buckets(&SECONDS).expect("there are buckets").build_recorder();
        for metric in METRICS {
            let (name, help) = (metric.name.into(), SharedString::const_str(metric.help));
            match metric.kind {
                Kind::Counter => recorder.describe_counter(name, None, help),
                Kind::Gauge => recorder.describe_gauge(name, None, help),
                Kind::Histogram => recorder.describe_histogram(name, None, help),
            }
        }
        let handle = recorder.handle();
        let connections = gauge(&recorder, &list::CONNECTIONS, []);
        let metrics = Self { recorder, handle, connections };
        // What has not happened yet is told as well, where its labels are known: a rate wants a beginning.
        for metric in METRICS.iter().filter(|metric| metric.labels.is_empty()) {
            match metric.kind {
                Kind::Counter => metrics.counter(metric, []).increment(0),
                Kind::Gauge => gauge(&metrics.recorder, metric, []).set(0.0),
                Kind::Histogram => {}
            }
        }
        metrics
    }

    /// What is counted, as text.
    pub(crate) fn text(&self) -> String {
        self.handle.render()
    }

    /// Puts aside what histograms were told, which else grows until somebody reads it.
    pub(crate) fn upkeep(&self) {
        self.handle.run_upkeep();
    }

    /// An operation was answered, or left by its client: its name where it is registered.
    pub(crate) fn operation(&self, name: Option<&Arc<str>>, status: u16, took: Duration, bytes: usize) {
        let operation = || operation_label(name);
        self.counter(&list::REQUESTS, [operation(), Label::new("status", status.to_string())]).increment(1);
        self.histogram(&list::DURATION, [operation()]).record(took.as_secs_f64());
        self.counter(&list::ANSWER_BYTES, []).increment(bytes as u64);
    }

    /// An answer in which a fallback was taken.
    pub(crate) fn degraded(&self, name: Option<&Arc<str>>) {
        self.counter(&list::DEGRADED, [operation_label(name)]).increment(1);
    }

    /// An error that a client was told.
    pub(crate) fn error(&self, code: &str) {
        self.counter(&list::ERRORS, [Label::new("code", code.to_owned())]).increment(1);
    }

    /// An operation that its client did not wait for.
    pub(crate) fn left(&self, reason: &'static str) {
        self.counter(&list::LEFT, [Label::from_static_parts("reason", reason)]).increment(1);
    }

    /// A request that was not taken.
    pub(crate) fn refused(&self, reason: &'static str) {
        self.counter(&list::REFUSED, [Label::from_static_parts("reason", reason)]).increment(1);
    }

    /// The body of a request.
    pub(crate) fn request_bytes(&self, bytes: usize) {
        self.counter(&list::REQUEST_BYTES, []).increment(bytes as u64);
    }

    /// A connection was opened, and counts as open until what is returned is dropped.
    pub(crate) fn opened(&self) -> OpenConnection {
        self.counter(&list::OPENED, []).increment(1);
        self.connections.increment(1.0);
        OpenConnection(self.connections.clone())
    }

    /// A connection ended by itself: why.
    pub(crate) fn closed(&self, closed: Closed) {
        self.counter(&list::CLOSED, [Label::from_static_parts("reason", closed.as_str())]).increment(1);
    }

    /// A connection was turned away.
    pub(crate) fn turned_away(&self, bound: Bound) {
        self.counter(&list::TURNED_AWAY, [Label::from_static_parts("bound", bound.as_str())]).increment(1);
    }

    /// A certificate was looked at again.
    pub(crate) fn certificate(&self, reloaded: Reloaded) {
        let result = match reloaded {
            Reloaded::Taken => "taken",
            Reloaded::Refused => "refused",
        };
        self.counter(&list::CERTIFICATES, [Label::from_static_parts("result", result)]).increment(1);
    }

    /// The server began to drain.
    pub(crate) fn draining(&self) {
        gauge(&self.recorder, &list::DRAINING, []).set(1.0);
    }

    /// A count that something else keeps.
    pub(crate) fn kept(
        &self,
        metric: &'static Metric,
        label: Option<(&'static str, &'static str)>,
        count: u64,
    ) {
        let labels = label.map(|(name, value)| Label::from_static_parts(name, value));
        let key = Key::from_parts(metric.name, labels.into_iter().collect::<Vec<_>>());
        match metric.kind {
            Kind::Gauge => self.recorder.register_gauge(&key, &METADATA).set(precise(count)),
            _ => self.recorder.register_counter(&key, &METADATA).absolute(count),
        }
    }

    fn counter<const N: usize>(&self, metric: &'static Metric, labels: [Label; N]) -> Counter {
        debug_assert!(labels.iter().map(Label::key).eq(metric.labels.iter().copied()), "{}", metric.name);
        self.recorder.register_counter(&Key::from_parts(metric.name, Vec::from(labels)), &METADATA)
    }

    fn histogram<const N: usize>(&self, metric: &'static Metric, labels: [Label; N]) -> Histogram {
        self.recorder.register_histogram(&Key::from_parts(metric.name, Vec::from(labels)), &METADATA)
    }
}

const METADATA: Metadata<'static> = Metadata::new(module_path!(), Level::INFO, Some(module_path!()));

fn gauge<const N: usize>(
    recorder: &PrometheusRecorder,
    metric: &'static Metric,
    labels: [Label; N],
) -> Gauge {
    recorder.register_gauge(&Key::from_parts(metric.name, Vec::from(labels)), &METADATA)
}

fn operation_label(name: Option<&Arc<str>>) -> Label {
    let name = name.map_or(SharedString::const_str(NAMELESS), |name| SharedString::from_shared(name.clone()));
    Label::new("operation", name)
}

/// Whole numbers past 2^53 bytes or calls are not met.
#[expect(clippy::cast_precision_loss, reason = "no gauge comes near the numbers it would lose")]
fn precise(count: u64) -> f64 {
    count as f64
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Observer for Metrics {
    fn call_ended(&self, rpc: &'static str, took: Duration, end: CallEnd<'_>) {
        let labels =
            [Label::from_static_parts("rpc", rpc), Label::from_static_parts("outcome", end.as_str())];
        self.counter(&list::CALLS, labels).increment(1);
        self.histogram(&list::CALL_DURATION, [Label::from_static_parts("rpc", rpc)])
            .record(took.as_secs_f64());
    }
}

impl Closed {
    /// Whether the server ended it for what its client did.
    pub(crate) const fn is_for_its_client(self) -> bool {
        matches!(self, Self::Head | Self::Unreadable | Self::Unread | Self::Greedy)
    }

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Handshake => "handshake",
            Self::Head => "head_timeout",
            Self::Idle => "idle",
            Self::Unreadable => "unreadable",
            Self::Unread => "unread",
            Self::Greedy => "unread_bytes",
            Self::Stopped => "stopped",
        }
    }
}
