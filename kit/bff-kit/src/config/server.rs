//! Settings of the server.

use std::net::SocketAddr;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The server's side: sockets, timers and limits.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServerConfig {
    /// Address to listen on.
    #[schemars(extend("format" = "address:port"))]
    pub listen: SocketAddr,
    /// Time a client has for the head of a request, in milliseconds.
    #[schemars(range(min = 1))]
    pub header_timeout_ms: u64,
    /// Time a client has for the body of a request, in milliseconds.
    #[schemars(range(min = 1))]
    pub body_timeout_ms: u64,
    /// Time a connection may stay open without a request, in milliseconds. Longer than that of a load balancer in
    /// front, so that it never sends a request into a connection that is being closed.
    #[schemars(range(min = 1))]
    pub idle_timeout_ms: u64,
    /// Time for which a client may take nothing of an answer that is ready for it, in milliseconds.
    #[schemars(range(min = 1))]
    pub write_timeout_ms: u64,
    /// Most connections at a time. Further ones are closed before they are served.
    #[schemars(range(min = 1))]
    pub max_connections: usize,
    /// Most connections at a time from one address, of IPv6 from one /64 network; those of trusted proxies do not
    /// count.
    #[schemars(range(min = 1))]
    pub max_connections_per_address: usize,
    /// Most requests at a time, from their heads until their answers are taken whole. Further ones get 503.
    #[schemars(range(min = 1))]
    pub max_requests: usize,
    /// Most requests at a time from one address, of IPv6 from one /64 network; those of trusted proxies do not count.
    /// Further ones get 429.
    #[schemars(range(min = 1))]
    pub max_requests_per_address: usize,
    /// Most bytes of answers that all clients together leave unread; each answer counts 16 KiB more for its request and
    /// stream. Past it, the connection that holds most of them and takes none is ended.
    #[schemars(range(min = 1))]
    pub max_unread_bytes: usize,
    /// Time for which requests are still taken once the server is told to stop, in milliseconds; 5,000 in production
    /// and 0 in development when absent. `/readyz` and `Connection: close` say so meanwhile, so that a load balancer
    /// turns to other servers before any client is turned away.
    pub stop_delay_ms: Option<u64>,
    /// Time that running requests then have to finish, in milliseconds. At 0 they are cut off.
    pub drain_timeout_ms: u64,
    /// Longest request body, in bytes; the client's own limit when absent.
    #[schemars(range(min = 1))]
    pub max_body_bytes: Option<usize>,
    /// Time a request may take until it is answered, in milliseconds; the client's own limit when absent.
    #[schemars(range(min = 1))]
    pub deadline_ms: Option<u64>,
    /// Version of GraphQL over HTTP that decides which statuses tell of GraphQL errors.
    pub http_profile: HttpProfile,
    /// Most requests that may come at once, in an array; 0 allows no arrays.
    pub max_batch: usize,
    /// Certificate and key to speak TLS with; plain HTTP when absent.
    pub tls: Option<TlsConfig>,
    /// Addresses and networks of proxies that speak for clients, such as `"10.0.0.0/8"`: they may have any number of
    /// connections, and what they forward of a client is trusted.
    pub trusted_proxies: Vec<String>,
    /// Header by which these proxies say which address a request came from. Each of them must set it or add to it: what a
    /// client wrote there itself would count otherwise.
    pub forwarded_by: ForwardedBy,
    /// Address that serves `/healthz`, `/readyz` and `/metrics` to operators, from a thread of its own; when absent,
    /// `server.listen` serves them.
    #[schemars(extend("format" = "address:port"))]
    pub admin: Option<SocketAddr>,
    /// Makes `/readyz` answer 503 while the last call of a service failed. One service then takes all servers out of a
    /// load balancer that checks `/readyz`.
    pub ready_needs_services: bool,
    /// Origins by which clients reach this server, exactly as browsers write them, such as `"https://shop.example"`. A
    /// request for an operation must name the host of one of them, and a page of one of them may send requests. Must be
    /// set in production for a client in browsers. When absent, apps and devices may name any host in production, and
    /// in development all requests must name a host of this machine.
    pub public_origins: Vec<String>,
    /// Other web origins whose pages may send requests, exactly as browsers write them, such as
    /// `"http://localhost:4000"`.
    pub allowed_origins: Vec<String>,
    /// Headers that pages of other origins may send, besides those that this server or GraphQL clients know.
    pub allowed_headers: Vec<String>,
    /// Headers of an answer that pages of other origins may read, besides `ETag`, `Retry-After`, `Allow`
    /// and `RateLimit`.
    pub exposed_headers: Vec<String>,
}

/// Headers by which tracing tools in browsers propagate their traces.
const TRACING_HEADERS: [&str; 5] = ["traceparent", "tracestate", "baggage", "sentry-trace", "x-request-id"];

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 4000)),
            header_timeout_ms: 5_000,
            body_timeout_ms: 5_000,
            idle_timeout_ms: 75_000,
            write_timeout_ms: 60_000,
            max_connections: 10_000,
            max_connections_per_address: 1_000,
            max_requests: 4_096,
            max_requests_per_address: 256,
            max_unread_bytes: 64 * 1024 * 1024,
            stop_delay_ms: None,
            drain_timeout_ms: 10_000,
            max_body_bytes: None,
            deadline_ms: None,
            http_profile: HttpProfile::default(),
            max_batch: 0,
            tls: None,
            trusted_proxies: Vec::new(),
            forwarded_by: ForwardedBy::default(),
            admin: None,
            ready_needs_services: false,
            public_origins: Vec::new(),
            allowed_origins: Vec::new(),
            allowed_headers: TRACING_HEADERS.map(str::to_owned).to_vec(),
            exposed_headers: Vec::new(),
        }
    }
}

/// Header by which proxies say which address a request came from.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema, Serialize, PartialEq, Eq)]
pub enum ForwardedBy {
    /// `X-Forwarded-For`, as most proxies write it.
    #[default]
    #[serde(rename = "x-forwarded-for")]
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    #[serde(rename = "forwarded")]
    Forwarded,
}

/// HTTP statuses for GraphQL errors, on which versions of the GraphQL over HTTP specification differ.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema, Serialize, PartialEq, Eq)]
pub enum HttpProfile {
    /// The statuses that today's clients and the audits of `graphql-http` expect: 400 for request errors, but 200 for
    /// all errors if the client accepts only `application/json`.
    #[default]
    #[serde(rename = "graphql-http")]
    GraphqlHttp,
    /// The statuses of the draft of August 2026: 422 for a document or variables that are not valid, 294 for data with
    /// errors, the same for every media type.
    #[serde(rename = "draft-2026-08")]
    Draft202608,
}

/// Certificate and private key by which the server proves its identity.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TlsConfig {
    /// PEM file of the certificate that clients are shown, followed by those it is signed with. Plain HTTP is spoken
    /// when absent.
    #[schemars(extend("format" = "path"))]
    pub certificate: PathBuf,
    /// PEM file of the private key of that certificate.
    #[schemars(extend("format" = "path"))]
    pub key: PathBuf,
}
