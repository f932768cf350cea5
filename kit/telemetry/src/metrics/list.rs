//! Every metric of a server. A test compares `docs/observability.md` with this list.

/// A metric of a server.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// Name, with the unit.
    pub name: &'static str,
    /// Kind of the metric.
    pub kind: Kind,
    /// Names of the labels.
    pub labels: &'static [&'static str],
    /// Meaning, exported as help text.
    pub help: &'static str,
}

/// Kind of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Counts up, since the start.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Counts up in buckets, by size.
    Histogram,
}

macro_rules! metrics {
    ($($constant:ident: $kind:ident $name:literal [$($label:literal),*] $help:literal;)*) => {
        $(
            #[doc = $help]
            pub const $constant: Metric =
                Metric { name: $name, kind: Kind::$kind, labels: &[$($label),*], help: $help };
        )*

        /// All metrics.
        pub const METRICS: &[Metric] = &[$($constant),*];
    };
}

metrics! {
    REQUESTS: Counter "bff_requests_total" ["operation", "status"]
        "Operations, by name where they are registered, and by the HTTP status of the answer; 499 where the client did not wait.";
    DURATION: Histogram "bff_request_duration_seconds" ["operation"]
        "Time from a request that has been read to its answer.";
    REQUEST_BYTES: Counter "bff_request_bytes_total" []
        "Bytes of the bodies of requests.";
    ANSWER_BYTES: Counter "bff_response_bytes_total" []
        "Bytes of answers to operations, before they are compressed.";
    ERRORS: Counter "bff_errors_total" ["code"]
        "Errors in answers to operations, by code.";
    DEGRADED: Counter "bff_degraded_total" ["operation"]
        "Answers in which a field took its fallback.";
    REPLAYED: Counter "bff_replayed_total" []
        "Answers to mutations that were given again, to a request with the same idempotency key.";
    ADMISSION_LIMIT: Gauge "bff_admission_limit" []
        "Operations that may run at a time, which follows their latency.";
    ADMITTED: Gauge "bff_admitted_operations" []
        "Operations that run.";
    PRESSURE: Gauge "bff_pressure" []
        "Work of the server: 0 as much as it can do, 1 slow, 2 some of it shed and the first optional calls left out, 3 much of it shed and all optional calls left out.";
    LEFT: Counter "bff_unanswered_total" ["reason"]
        "Operations whose client left before the answer, or that were cut off by the end of a drain.";
    REJECTED: Counter "bff_refused_total" ["reason"]
        "Requests that were rejected before they were read as an operation.";
    CALLS: Counter "bff_upstream_calls_total" ["rpc", "outcome"]
        "Calls to services, by RPC and gRPC status; ABANDONED where the request went away first.";
    CALL_DURATION: Histogram "bff_upstream_call_duration_seconds" ["rpc"]
        "Time that calls to services took.";
    DECISIONS: Counter "bff_upstream_decisions_total" ["rpc", "decision"]
        "Decisions about calls: retries, hedges, calls sent again unseen, those that waited for their turn in vain, were left out under pressure or kept back by an open breaker, breakers that open and close, kept values that the service said have changed, and streams of changes that ended.";
    ENDPOINTS: Counter "bff_upstream_endpoint_events_total" ["event"]
        "Events of the addresses of services, such as connections, ejections, health and names that cannot be resolved.";
    SERVICE: Gauge "bff_service_answers" ["service"]
        "1 if the last call of a service was answered, by whatever status, else 0. Absent before the first call.";
    CONNECTIONS: Gauge "bff_connections" []
        "Open connections of clients.";
    OPENED: Counter "bff_connections_opened_total" []
        "Connections of clients that were taken.";
    CLOSED: Counter "bff_connections_closed_total" ["reason"]
        "Connections of clients that ended.";
    TURNED_AWAY: Counter "bff_connections_refused_total" ["bound"]
        "Connections that were closed before they were served, by the bound they exceeded.";
    UNREAD_BYTES: Gauge "bff_unread_bytes" []
        "Bytes of answers that no connection has taken: their own, and 16 KiB each for the request and stream.";
    DRAINING: Gauge "bff_draining" []
        "1 once the server has been told to stop, else 0.";
    CERTIFICATES: Counter "bff_certificate_loads_total" ["result"]
        "Changes of the certificate: taken, or rejected because it cannot be used.";
    MANIFESTS: Counter "bff_manifest_loads_total" ["result"]
        "Changes of the manifests: taken, or rejected because one of them is wrong.";
    UNREGISTERED: Counter "bff_unregistered_operations_total" []
        "Operations that ran without being registered, where that is logged.";
    AUTOMATIC_BYTES: Gauge "bff_automatic_documents_bytes" []
        "Bytes of automatic persisted queries: documents that were sent once and are named by their hash since.";
    SEEN_BYTES: Gauge "bff_seen_documents_bytes" []
        "Bytes of operations that are not registered and were sent as text: each is prepared once.";
    SEEN: Counter "bff_seen_documents_total" ["result"]
        "Operations sent as text: prepared before, or prepared for this request.";
    LIMITS: Counter "bff_limit_exceeded_total" ["limit"]
        "Operations over a limit, rejected or only reported.";
    DEVIATIONS: Counter "bff_plan_violations_total" []
        "Calls that were not in the plan of their operation.";
}
