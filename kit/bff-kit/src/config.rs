//! What a BFF can be told: a TOML file, overridden by the environment, overridden by flags. Types, names and comments of
//! the fields are what `config` and `docs/configuration.md` tell of each setting.

mod checks;
mod describe;
mod effective;
mod error;
mod layers;
mod origin;
mod secret;
mod server;
mod upstream;
mod value;

#[cfg(test)]
mod tests;

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use operation::Limit;

use crate::client::DocumentPolicy;

pub use describe::{SERVICE, Setting, settings};
pub use error::ConfigError;
pub use layers::{Layers, Origin};
pub use secret::Secret;
pub use server::{HttpProfile, ServerConfig, TlsConfig};
pub use upstream::{ServiceConfig, UpstreamConfig};

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
