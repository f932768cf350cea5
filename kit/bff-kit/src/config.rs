//! What a BFF can be told: a TOML file, overridden by the environment, overridden by flags. Types, names and comments of
//! the fields are what `config` and `docs/configuration.md` tell of each setting.

mod checks;
mod describe;
mod effective;
mod error;
mod layers;
mod origin;
mod secret;
mod value;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::client::DocumentPolicy;
use operation::Limit;

pub use describe::{SERVICE, Setting, settings};
pub use error::ConfigError;
pub use layers::{Layers, Origin};
pub use secret::Secret;

/// Everything a BFF can be told. An unknown key is an error.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Users of this process: `development` lets developers sign in by header and ask for the schema, `production` is
    /// for real users.
    pub mode: Mode,
    /// The server's side.
    pub server: ServerConfig,
    /// Which operations run.
    pub operations: OperationsConfig,
    /// What is kept of answers.
    pub cache: CacheConfig,
    /// What a document may cost.
    pub limits: LimitsConfig,
    /// The services' side.
    pub upstream: UpstreamConfig,
    /// The credential shown to the services.
    pub credential: CredentialConfig,
    /// What is logged.
    pub log: LogConfig,
}

/// Users of a process.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema, Serialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Its developers, who sign in by header and ask for the schema.
    Development,
    /// Real users.
    #[default]
    Production,
}

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
    /// Most connections at a time. One past it is closed unheard.
    #[schemars(range(min = 1))]
    pub max_connections: usize,
    /// Most connections at a time from one address, of IPv6 from one /64 network; those of trusted proxies do not
    /// count.
    #[schemars(range(min = 1))]
    pub max_connections_per_address: usize,
    /// Most requests at a time, from their heads until their answers are taken whole. One past it gets 503.
    #[schemars(range(min = 1))]
    pub max_requests: usize,
    /// Most requests at a time from one address, of IPv6 from one /64 network; those of trusted proxies do not count.
    /// One past it gets 429, and three times as many past it that
    /// are not even read end their connections.
    #[schemars(range(min = 1))]
    pub max_requests_per_address: usize,
    /// Most bytes of answers that clients leave unread, all together. Past it the connection is ended that holds most
    /// of them and takes none.
    #[schemars(range(min = 1))]
    pub max_unread_bytes: usize,
    /// Time for which requests are still taken once the server is told to stop, in milliseconds; 5,000 in production
    /// and 0 in development when absent. `/readyz` and `Connection: close` say so meanwhile, so that a load balancer
    /// looks elsewhere before anybody is turned away.
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
    /// Most requests that may come at once, in an array; 0 refuses arrays.
    pub max_batch: usize,
    /// Certificate and key to speak TLS with; plain HTTP when absent.
    pub tls: Option<TlsConfig>,
    /// Addresses and networks of proxies that speak for clients, such as `"10.0.0.0/8"`: they may have any number of
    /// connections, and what they forward of a client is believed.
    pub trusted_proxies: Vec<String>,
    /// Address on which operators are told `/healthz`, `/readyz` and `/metrics`, from a thread of its own; on
    /// `server.listen` when absent.
    #[schemars(extend("format" = "address:port"))]
    pub admin: Option<SocketAddr>,
    /// `/readyz` says no while the last call of a service failed. One service then takes all servers out of a load
    /// balancer that looks there.
    pub ready_needs_services: bool,
    /// Origins by which clients reach this server, exactly as browsers write them, such as `"https://shop.example"`. A
    /// request for an operation must name the host of one of them, and a page of one of them may send requests. Must be
    /// set in production where browsers come; apps and devices may then name any host when absent, and in development
    /// everybody one of this machine.
    pub public_origins: Vec<String>,
    /// Other web origins whose pages may send requests, exactly as browsers write them, such as
    /// `"http://localhost:4000"`.
    pub allowed_origins: Vec<String>,
    /// Headers that pages of other origins may send, besides those that this server or GraphQL clients know.
    pub allowed_headers: Vec<String>,
    /// Headers of an answer that pages of other origins may read, besides `ETag`, `Retry-After` and `Allow`.
    pub exposed_headers: Vec<String>,
}

/// Headers by which browsers' tracing tools pass on what they trace.
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
            admin: None,
            ready_needs_services: false,
            public_origins: Vec::new(),
            allowed_origins: Vec::new(),
            allowed_headers: TRACING_HEADERS.map(str::to_owned).to_vec(),
            exposed_headers: Vec::new(),
        }
    }
}

/// Which statuses tell of GraphQL errors: what the specification of GraphQL over HTTP says of that has changed.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema, Serialize, PartialEq, Eq)]
pub enum HttpProfile {
    /// What clients of today and the audits of `graphql-http` expect: 400 for what is wrong with a request, 200
    /// for it all where the client takes `application/json` alone.
    #[default]
    #[serde(rename = "graphql-http")]
    GraphqlHttp,
    /// The draft of August 2026: 422 for a document or variables that do not fit, 294 for data with errors, the
    /// same for every media type.
    #[serde(rename = "draft-2026-08")]
    Draft202608,
}

/// What a server proves with who it is.
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

/// Which operations run.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct OperationsConfig {
    /// Folder of the contracts with the client, whose manifests are served, such as `"schema/mobile"`. When absent a
    /// binary takes `schema/<client>` of its working directory, where there is one; without any nothing is
    /// registered.
    #[schemars(extend("format" = "path"))]
    pub folder: Option<PathBuf>,
    /// Operations that run: all (`open`), all while those that are not registered are counted and logged (`log`), or
    /// the `registered` ones; the client's own policy when absent.
    pub policy: Option<DocumentPolicy>,
    /// Room for automatic persisted queries, in bytes; the client decides when absent, 0 takes none.
    pub automatic_bytes: Option<u64>,
    /// Time between two looks at the folder for other manifests, in milliseconds.
    #[schemars(range(min = 1))]
    pub reload_ms: u64,
}

impl Default for OperationsConfig {
    fn default() -> Self {
        Self { folder: None, policy: None, automatic_bytes: None, reload_ms: 2_000 }
    }
}

/// What is kept of answers that are the same for everybody.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct CacheConfig {
    /// Room for answers to registered operations that came by GET, in bytes; 0 keeps none.
    pub response_bytes: u64,
    /// Time for which such an answer is kept, in milliseconds. It need not be long: it is for those who ask at the
    /// same time, and what a cache in front forgets comes back from here until then.
    #[schemars(range(min = 1, max = 86_400_000))]
    pub response_ms: u64,
}

impl Default for CacheConfig {
    fn default() -> Self {
        Self { response_bytes: 16 * 1024 * 1024, response_ms: 1_000 }
    }
}

/// What a document may cost. What is absent here is the client's own limit.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsConfig {
    /// Most bytes of a document; the client's own limit when absent.
    #[schemars(range(min = 1))]
    pub bytes: Option<u64>,
    /// Most fields within fields; the client's own limit when absent.
    #[schemars(range(min = 1))]
    pub depth: Option<u64>,
    /// Most tokens of a document, comments included; the client's own limit when absent.
    #[schemars(range(min = 1))]
    pub tokens: Option<u64>,
    /// Most selections of a document, with fragments written out; the client's own limit when absent.
    #[schemars(range(min = 1))]
    pub selections: Option<u64>,
    /// Most fields under another name than their own; the client's own limit when absent.
    pub aliases: Option<u64>,
    /// Most fields of the query or mutation itself; the client's own limit when absent.
    #[schemars(range(min = 1))]
    pub root_fields: Option<u64>,
    /// Most directives of a document; the client's own limit when absent.
    pub directives: Option<u64>,
    /// Most fields of an answer, those of list items as often as there may be items; the client's own limit when
    /// absent.
    #[schemars(range(min = 1))]
    pub cost: Option<u64>,
    /// Limits that are only reported: a document over one runs, is counted and leaves a line in the log.
    pub report_only: Vec<Limit>,
}

/// The services' side.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct UpstreamConfig {
    /// Address of every service that has none of its own: `http://HOST:PORT` in plain text, `https://HOST:PORT` over
    /// TLS.
    #[schemars(extend("format" = "URL"))]
    pub default: String,
    /// PEM file of the certificates that those of the services must lead to; the root certificates of the system when
    /// absent.
    #[schemars(extend("format" = "path"))]
    pub ca: Option<PathBuf>,
    /// PEM file of the certificate that is shown to services that ask for one, followed by those it is signed with;
    /// none is shown when absent.
    #[schemars(extend("format" = "path"))]
    pub client_certificate: Option<PathBuf>,
    /// PEM file of the private key of that certificate.
    #[schemars(extend("format" = "path"))]
    pub client_key: Option<PathBuf>,
    /// What is different for single services, by full name, such as `"shop.reviews.v1.ReviewService"`.
    pub services: BTreeMap<String, ServiceConfig>,
    /// Longest answer to one call, in bytes. A longer one is a fault of its service.
    #[schemars(range(min = 1))]
    pub max_answer_bytes: usize,
    /// Read masks on calls. Turn them off for services that do not honour them.
    pub read_masks: bool,
    /// Calls that need no more of an object than its key are made beside the one that answers the object, instead of
    /// behind it. Turn it off to see what that saves; the answers are the same.
    pub hoisting: bool,
}

impl Default for UpstreamConfig {
    fn default() -> Self {
        Self {
            default: "http://127.0.0.1:50051".to_owned(),
            ca: None,
            client_certificate: None,
            client_key: None,
            services: BTreeMap::new(),
            max_answer_bytes: 4 * 1024 * 1024,
            read_masks: true,
            hoisting: true,
        }
    }
}

/// What is different for one service. What is absent is as for all.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServiceConfig {
    /// Address of this service; that of all services when absent. A text in place of the section sets this.
    #[schemars(extend("format" = "URL"))]
    pub address: Option<String>,
    /// PEM file of the certificates that that of this service must lead to; as for all services when absent.
    #[schemars(extend("format" = "path"))]
    pub ca: Option<PathBuf>,
    /// PEM file of the certificate that is shown to this service; as for all services when absent.
    #[schemars(extend("format" = "path"))]
    pub client_certificate: Option<PathBuf>,
    /// PEM file of the private key of that certificate.
    #[schemars(extend("format" = "path"))]
    pub client_key: Option<PathBuf>,
}

/// The credential shown to the services.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct CredentialConfig {
    /// Key that the credential shown to the services is signed with, which they share. Must be set in production, to
    /// 32 bytes or more; in development it is one that everybody can read when absent.
    pub key: Option<Secret>,
}

/// What is logged.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogConfig {
    /// Log lines that are written, such as `"info"` or `"bff_kit=debug,info"`. `h2` has one for each connection that it
    /// ends, of which this server writes one a second.
    pub filter: String,
    /// Format of log lines: for people, or one JSON object a line.
    pub format: LogFormat,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self { filter: "info,h2=error".to_owned(), format: LogFormat::Text }
    }
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, Serialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl Config {
    /// Reads the layers and checks that what they say can work.
    pub fn load(layers: &Layers) -> Result<Self, ConfigError> {
        let config: Self = layers.read()?;
        checks::check(&config, layers.services()).map_err(|error| layers.locate(error))?;
        Ok(config)
    }

    /// The configuration of a development server: all defaults, key included.
    #[must_use]
    pub fn development() -> Self {
        Self { mode: Mode::Development, ..Self::default() }
    }

    /// Every setting that has a value, by section. Secrets are hidden.
    ///
    /// # Panics
    ///
    /// Never: settings are tables, texts, numbers and lists.
    #[must_use]
    pub fn to_toml(&self) -> toml::Table {
        toml::Table::try_from(self).expect("settings are tables, texts, numbers and lists")
    }
}
