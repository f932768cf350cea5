//! Metrics of a server, in the format of Prometheus.

pub mod list;

use std::sync::Arc;
use std::time::Duration;

use ::metrics::{Counter, Gauge, Histogram, Key, Label, Level, Metadata, Recorder as _, SharedString};
use fetch::{CallEnd, Decision};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

use connections::{Bound, Closed};

use list::{Kind, METRICS, Metric};

/// Upper bounds of the buckets of durations, in seconds: from an answer served from memory to the longest deadline.
const SECONDS: [f64; 13] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Label of operations that are not registered, since clients choose their names freely.
const NAMELESS: &str = "-";

/// The metrics of one server.
pub struct Metrics {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
    connections: Gauge,
}

/// Guard of an open connection, which counts until the guard is dropped.
pub struct OpenConnection(Gauge);

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.0.decrement(1.0);
    }
}

/// Result of reading files again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reloaded {
    /// The files are in use.
    Taken,
    /// The files cannot be used; the previous ones stay.
    Rejected,
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// Creates the metrics of a server, all at zero.
    ///
    /// # Panics
    ///
    /// Never: the buckets are fixed, and there are some.
    #[must_use]
    pub fn new() -> Self {
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
        // Metrics without labels are exported from the start, since a rate needs a beginning.
        for metric in METRICS.iter().filter(|metric| metric.labels.is_empty()) {
            match metric.kind {
                Kind::Counter => metrics.counter(metric, []).increment(0),
                Kind::Gauge => gauge(&metrics.recorder, metric, []).set(0.0),
                Kind::Histogram => {}
            }
        }
        metrics
    }

    /// Returns all metrics in the text format of Prometheus.
    #[must_use]
    pub fn text(&self) -> String {
        self.handle.render()
    }

    /// Folds recorded samples into the histograms; otherwise they pile up until the metrics are read.
    pub fn upkeep(&self) {
        self.handle.run_upkeep();
    }

    /// Counts an operation that was answered, or left by its client; `name` is `None` if it is not registered.
    pub fn operation(&self, name: Option<&Arc<str>>, status: u16, took: Duration, bytes: usize) {
        let operation = || operation_label(name);
        self.counter(&list::REQUESTS, [operation(), Label::new("status", status.to_string())]).increment(1);
        self.histogram(&list::DURATION, [operation()]).record(took.as_secs_f64());
        self.counter(&list::ANSWER_BYTES, []).increment(bytes as u64);
    }

    /// Counts an answer in which a field took its fallback.
    pub fn degraded(&self, name: Option<&Arc<str>>) {
        self.counter(&list::DEGRADED, [operation_label(name)]).increment(1);
    }

    /// Counts an error in an answer.
    pub fn error(&self, code: &str) {
        self.counter(&list::ERRORS, [Label::new("code", code.to_owned())]).increment(1);
    }

    /// Counts an operation that ended without an answer.
    pub fn left(&self, reason: &'static str) {
        self.counter(&list::LEFT, [Label::from_static_parts("reason", reason)]).increment(1);
    }

    /// Counts a request that was rejected.
    pub fn rejected(&self, reason: &'static str) {
        self.counter(&list::REJECTED, [Label::from_static_parts("reason", reason)]).increment(1);
    }

    /// Counts the bytes of a request body.
    pub fn request_bytes(&self, bytes: usize) {
        self.counter(&list::REQUEST_BYTES, []).increment(bytes as u64);
    }

    /// Counts a new connection, which is open until the returned guard is dropped.
    #[must_use]
    pub fn opened(&self) -> OpenConnection {
        self.counter(&list::OPENED, []).increment(1);
        self.connections.increment(1.0);
        OpenConnection(self.connections.clone())
    }

    /// Counts a connection that ended, by reason.
    pub fn closed(&self, closed: Closed) {
        self.counter(&list::CLOSED, [Label::from_static_parts("reason", closed.as_str())]).increment(1);
    }

    /// Counts a connection that was turned away, by the bound that it exceeded.
    pub fn turned_away(&self, bound: Bound) {
        self.counter(&list::TURNED_AWAY, [Label::from_static_parts("bound", bound.as_str())]).increment(1);
    }

    /// Counts a reload of the certificate, by result.
    pub fn certificate(&self, reloaded: Reloaded) {
        let result = match reloaded {
            Reloaded::Taken => "taken",
            Reloaded::Rejected => "refused",
        };
        self.counter(&list::CERTIFICATES, [Label::from_static_parts("result", result)]).increment(1);
    }

    /// Records that the server began to drain.
    pub fn draining(&self) {
        gauge(&self.recorder, &list::DRAINING, []).set(1.0);
    }

    /// Sets a metric to a count that is kept elsewhere.
    pub fn kept(&self, metric: &'static Metric, label: Option<(&'static str, &'static str)>, count: u64) {
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

/// Converts a count to a gauge value. Counts past 2^53 bytes or calls do not occur.
#[expect(clippy::cast_precision_loss, reason = "no gauge comes near the numbers it would lose")]
fn precise(count: u64) -> f64 {
    count as f64
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Metrics {
    /// Counts the end of a call.
    pub fn call_ended(&self, rpc: &'static str, took: Duration, end: CallEnd<'_>) {
        let labels =
            [Label::from_static_parts("rpc", rpc), Label::from_static_parts("outcome", end.as_str())];
        self.counter(&list::CALLS, labels).increment(1);
        self.histogram(&list::CALL_DURATION, [Label::from_static_parts("rpc", rpc)])
            .record(took.as_secs_f64());
    }

    /// Counts a decision about a call on its way to the service.
    pub fn decided(&self, rpc: &'static str, decision: Decision) {
        let decision = Label::from_static_parts("decision", decision.as_str());
        self.counter(&list::DECISIONS, [Label::from_static_parts("rpc", rpc), decision]).increment(1);
    }

    /// Counts an event of an endpoint.
    pub fn endpoint(&self, event: &'static str) {
        self.counter(&list::ENDPOINTS, [Label::from_static_parts("event", event)]).increment(1);
    }
}
