//! What a BFF can be told: a TOML file, overridden by the environment, overridden by flags.

mod layers;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use crate::client::{AutomaticQueries, DocumentPolicy, Documents, Limit, Limits};
use crate::identity::DEVELOPMENT_CREDENTIAL_KEY;

pub use layers::{ConfigError, Layers};

/// Room for automatic persisted queries where they are taken, in bytes.
const AUTOMATIC_BYTES: u64 = 16 * 1024 * 1024;

/// Everything a BFF can be told. An unknown key is an error.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Whom this process serves.
    #[serde(default)]
    pub mode: Mode,
    /// The server's side.
    #[serde(default)]
    pub server: ServerConfig,
    /// Which operations run.
    #[serde(default)]
    pub operations: OperationsConfig,
    /// What is kept of answers.
    #[serde(default)]
    pub cache: CacheConfig,
    /// What a document may cost.
    #[serde(default)]
    pub limits: LimitsConfig,
    /// The services' side.
    #[serde(default)]
    pub upstream: UpstreamConfig,
    /// The credential shown to the services.
    #[serde(default)]
    pub credential: CredentialConfig,
    /// What is logged.
    #[serde(default)]
    pub log: LogConfig,
}

/// Whom a process serves.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Its developers: sign-in by header, introspection.
    Development,
    /// Real users.
    #[default]
    Production,
}

/// The server's side: sockets, timers and limits.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServerConfig {
    /// Address to listen on.
    pub listen: SocketAddr,
    /// How long a client may take for the head of a request, in milliseconds.
    pub header_timeout_ms: u64,
    /// How long a client may take for the body of a request, in milliseconds.
    pub body_timeout_ms: u64,
    /// How long a connection may stay open without a request, in milliseconds.
    pub idle_timeout_ms: u64,
    /// How long connections are still taken once the server is told to stop, in milliseconds. `/readyz` says so
    /// meanwhile, so that a load balancer looks elsewhere before anybody is turned away.
    pub stop_delay_ms: u64,
    /// How long running requests get to finish after that, in milliseconds.
    pub drain_timeout_ms: u64,
    /// Longest request body, in bytes; the client's own limit when absent.
    pub max_body_bytes: Option<usize>,
    /// How long a request may take until it is answered, in milliseconds; the client's own limit when absent.
    pub deadline_ms: Option<u64>,
    /// Which statuses tell of GraphQL errors.
    pub http_profile: HttpProfile,
    /// Requests that may come at once, in an array; 0 refuses arrays.
    pub max_batch: usize,
    /// Certificate and key to speak TLS with; plain HTTP when absent.
    pub tls: Option<TlsConfig>,
    /// Web origins whose pages may send requests, such as `"http://localhost:4000"`.
    pub allowed_origins: Vec<String>,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 4000)),
            header_timeout_ms: 5_000,
            body_timeout_ms: 5_000,
            idle_timeout_ms: 60_000,
            stop_delay_ms: 0,
            drain_timeout_ms: 10_000,
            max_body_bytes: None,
            deadline_ms: None,
            http_profile: HttpProfile::default(),
            max_batch: 0,
            tls: None,
            allowed_origins: Vec::new(),
        }
    }
}

/// Which statuses tell of GraphQL errors: what the specification of GraphQL over HTTP says of that has changed.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
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
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsConfig {
    /// PEM file of the certificate, followed by those it is signed with.
    pub certificate: PathBuf,
    /// PEM file of its private key.
    pub key: PathBuf,
}

/// Which operations run.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OperationsConfig {
    /// Folder of the contracts with the client, whose manifests are served, such as `"schema/mobile"`. When absent a
    /// binary takes `schema/<client>` of its working directory, where there is one; without any nothing is
    /// registered.
    pub folder: Option<PathBuf>,
    /// Which operations run; the client's own policy when absent.
    pub policy: Option<DocumentPolicy>,
    /// Room for automatic persisted queries, in bytes; the client decides when absent, 0 takes none.
    pub automatic_bytes: Option<u64>,
    /// How often the folder is looked at for other manifests, in milliseconds.
    pub reload_ms: u64,
}

impl Default for OperationsConfig {
    fn default() -> Self {
        Self { folder: None, policy: None, automatic_bytes: None, reload_ms: 2_000 }
    }
}

/// What is kept of answers that are the same for everybody.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CacheConfig {
    /// Room for answers to registered operations that came by GET, in bytes; 0 keeps none.
    pub response_bytes: u64,
    /// How long such an answer is kept, in milliseconds. It need not be long: it is for those who ask at the same
    /// time, and what a cache in front forgets comes back from here until then.
    pub response_ms: u64,
}

impl Default for CacheConfig {
    fn default() -> Self {
        Self { response_bytes: 16 * 1024 * 1024, response_ms: 1_000 }
    }
}

/// What a document may cost. What is absent here is the client's own limit.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsConfig {
    /// Bytes of a document.
    pub bytes: Option<u64>,
    /// Fields within fields.
    pub depth: Option<u64>,
    /// Tokens of a document.
    pub tokens: Option<u64>,
    /// Selections, with fragments written out.
    pub selections: Option<u64>,
    /// Fields under another name than their own.
    pub aliases: Option<u64>,
    /// Fields of the query or mutation itself.
    pub root_fields: Option<u64>,
    /// Directives.
    pub directives: Option<u64>,
    /// Fields of the answer.
    pub cost: Option<u64>,
    /// Limits that are only reported: what is over one runs, is counted and leaves a line in the log.
    pub report_only: Vec<Limit>,
}

/// The services' side.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct UpstreamConfig {
    /// Address of every service that is not named in `services`.
    pub default: String,
    /// Addresses by full service name, such as `"shop.reviews.v1.ReviewService"`.
    pub services: BTreeMap<String, String>,
    /// Longest answer to one call, in bytes. A longer one is a fault of the service.
    pub max_answer_bytes: usize,
    /// Whether calls say what they read. Turn it off for services that do not honour read masks.
    pub read_masks: bool,
    /// Whether what needs no more of an object than its key is asked beside the object instead of behind it. Turn
    /// it off to see what that saves; the answers are the same.
    pub hoisting: bool,
}

impl Default for UpstreamConfig {
    fn default() -> Self {
        Self {
            default: "http://127.0.0.1:50051".to_owned(),
            services: BTreeMap::new(),
            max_answer_bytes: 4 * 1024 * 1024,
            read_masks: true,
            hoisting: true,
        }
    }
}

/// The credential shown to the services.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CredentialConfig {
    /// Key it is signed with, shared with the services. Must be set in production.
    pub key: Option<String>,
}

impl std::fmt::Debug for CredentialConfig {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("CredentialConfig").field("set", &self.key.is_some()).finish()
    }
}

/// What is logged.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogConfig {
    /// Which lines, such as `"info"` or `"bff_kit=debug,info"`.
    pub filter: String,
    /// How they are written.
    pub format: LogFormat,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self { filter: "info".to_owned(), format: LogFormat::Text }
    }
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl Config {
    /// Reads the layers and checks what no single key can say.
    pub fn load(layers: &Layers) -> Result<Self, ConfigError> {
        let config: Self = layers.read()?;
        config.check()?;
        Ok(config)
    }

    /// The configuration of a development server: all defaults, key included.
    #[must_use]
    pub fn development() -> Self {
        Self {
            mode: Mode::Development,
            server: ServerConfig::default(),
            operations: OperationsConfig::default(),
            cache: CacheConfig::default(),
            limits: LimitsConfig::default(),
            upstream: UpstreamConfig::default(),
            credential: CredentialConfig::default(),
            log: LogConfig::default(),
        }
    }

    fn check(&self) -> Result<(), ConfigError> {
        let key = self.credential.key.as_deref();
        if self.mode == Mode::Production && matches!(key, None | Some(DEVELOPMENT_CREDENTIAL_KEY)) {
            return Err(ConfigError::new(
                "credential.key",
                "must be set in production, to a key of your own (for a first look, set mode to development)",
            ));
        }
        if self.operations.reload_ms == 0 {
            return Err(ConfigError::new("operations.reload_ms", "must be more than 0"));
        }
        for origin in &self.server.allowed_origins {
            if http::HeaderValue::from_str(origin).is_err()
                || !origin.contains("://")
                || origin.ends_with('/')
            {
                return Err(ConfigError::new(
                    "server.allowed_origins",
                    format!("`{origin}` is not an origin; write it like `https://shop.example`"),
                ));
            }
        }
        Ok(())
    }

    pub(crate) fn credential_key(&self) -> &str {
        self.credential.key.as_deref().unwrap_or(DEVELOPMENT_CREDENTIAL_KEY)
    }

    pub(crate) fn max_body_bytes(&self, limits: &Limits) -> usize {
        self.server.max_body_bytes.unwrap_or(limits.body_bytes)
    }

    pub(crate) fn document_policy(&self, own: Documents) -> DocumentPolicy {
        let usual = match self.mode {
            Mode::Development => DocumentPolicy::Open,
            Mode::Production => own.policy,
        };
        self.operations.policy.unwrap_or(usual)
    }

    /// Room for automatic persisted queries, in bytes.
    pub(crate) fn automatic_bytes(&self, own: Documents) -> u64 {
        let takes = match own.automatic {
            AutomaticQueries::Never => false,
            AutomaticQueries::Development => self.mode == Mode::Development,
            AutomaticQueries::Always => true,
        };
        self.operations.automatic_bytes.unwrap_or(if takes { AUTOMATIC_BYTES } else { 0 })
    }

    /// The client's limits, with what is said otherwise here.
    pub(crate) fn limits(&self, own: &Limits) -> Limits {
        let said = &self.limits;
        Limits {
            body_bytes: self.max_body_bytes(own),
            deadline: self.deadline(own),
            bytes: said.bytes.unwrap_or(own.bytes),
            depth: said.depth.unwrap_or(own.depth),
            tokens: said.tokens.unwrap_or(own.tokens),
            selections: said.selections.unwrap_or(own.selections),
            aliases: said.aliases.unwrap_or(own.aliases),
            root_fields: said.root_fields.unwrap_or(own.root_fields),
            directives: said.directives.unwrap_or(own.directives),
            cost: said.cost.unwrap_or(own.cost),
        }
    }

    pub(crate) fn deadline(&self, limits: &Limits) -> Duration {
        self.server.deadline_ms.map_or(limits.deadline, Duration::from_millis)
    }
}
