//! What a BFF can be told: a TOML file, overridden by the environment, overridden by flags. Types, names and comments of
//! the fields are what `config` and `docs/configuration.md` tell of each setting.

mod cache;
mod checks;
mod credential;
mod describe;
mod effective;
mod error;
mod layers;
mod limits;
mod log;
mod operations;
mod origin;
mod secret;
mod server;
mod source;
mod upstream;
mod value;

#[cfg(test)]
mod tests;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use crate::mode::Mode;
pub use cache::CacheConfig;
pub use credential::CredentialConfig;
pub use describe::{SERVICE, Setting, settings};
pub use error::ConfigError;
pub use layers::Layers;
pub use limits::LimitsConfig;
pub use log::{LogConfig, LogFormat};
pub use operations::OperationsConfig;
pub use secret::Secret;
pub use server::{HttpProfile, ServerConfig, TlsConfig};
pub use source::Source;
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
