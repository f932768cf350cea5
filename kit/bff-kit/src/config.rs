//! The settings of a BFF: a TOML file, overridden by the environment, overridden by flags. The command `config` and
//! `docs/configuration.md` describe each setting by the type, name and comment of its field.

mod admission;
mod cache;
mod checks;
mod credential;
mod effective;
mod limits;
mod log;
mod operations;
mod origin;
mod rate_limit;
mod server;
mod sign_in;
mod store;
mod upstream;

#[cfg(test)]
mod tests;

use ::settings::Named;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) use crate::mode::Mode;
pub use ::settings::{ConfigError, Layers, NAME as SERVICE, Secret, Setting, Source};
pub use admission::AdmissionConfig;
pub use cache::CacheConfig;
pub use credential::CredentialConfig;
pub(crate) use credential::MIN_KEY_BYTES;
pub use limits::LimitsConfig;
pub use log::{LogConfig, LogFormat};
pub use operations::OperationsConfig;
pub use rate_limit::RateLimitConfig;
pub use server::{ForwardedBy, HttpProfile, ServerConfig, TlsConfig};
pub use sign_in::SignInConfig;
pub use store::StoreConfig;
pub(crate) use store::Stores;
pub(crate) use upstream::addresses;
pub use upstream::{ServiceConfig, UpstreamConfig};

/// All settings of a BFF. An unknown key is an error.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Users of this process: `development` lets developers sign in by header and introspect the schema, `production`
    /// is for real users.
    pub mode: Mode,
    /// Sockets, timers and limits of the server.
    pub server: ServerConfig,
    /// Registered operations and automatic persisted queries.
    pub operations: OperationsConfig,
    /// Admission of requests.
    pub admission: AdmissionConfig,
    /// Quotas of users, devices and addresses.
    pub rate_limit: RateLimitConfig,
    /// The cache of answers.
    pub cache: CacheConfig,
    /// What outlives a request.
    pub store: StoreConfig,
    /// Limits on documents.
    pub limits: LimitsConfig,
    /// Calls to the services.
    pub upstream: UpstreamConfig,
    /// The credentials that clients present.
    pub sign_in: SignInConfig,
    /// The credential shown to the services.
    pub credential: CredentialConfig,
    /// The log.
    pub log: LogConfig,
}

/// Returns layers without settings, for a BFF that calls these services.
pub(crate) fn layers(services: impl IntoIterator<Item = &'static str>) -> Layers {
    let names = services.into_iter().collect();
    Layers::of::<Config>(Named { section: &["upstream", "services"], names, plain: "address" })
}

/// Returns every setting of a BFF, in the order of the sections.
#[must_use]
pub fn settings() -> Vec<Setting> {
    ::settings::settings::<Config>()
}

impl Config {
    /// Reads the layers and checks their settings. An error names the setting and its source.
    pub fn load(layers: &Layers) -> Result<Self, ConfigError> {
        let config: Self = layers.read()?;
        checks::check(&config, layers.names()).map_err(|error| layers.locate(error))?;
        Ok(config)
    }

    /// Returns the configuration of a development server: all defaults, the credential key included.
    #[must_use]
    pub fn development() -> Self {
        Self { mode: Mode::Development, ..Self::default() }
    }

    /// Returns every setting that has a value, by section. Secrets are hidden.
    ///
    /// # Panics
    ///
    /// Never: settings are tables, texts, numbers and lists.
    #[must_use]
    pub fn to_toml(&self) -> toml::Table {
        toml::Table::try_from(self).expect("settings are tables, texts, numbers and lists")
    }
}
