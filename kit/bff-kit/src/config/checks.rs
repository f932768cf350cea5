//! Checks of settings that their types alone cannot make.

use std::net::IpAddr;

use axum::http::HeaderName;
use ipnet::IpNet;

use super::credential::{DEVELOPMENT_CREDENTIAL_KEY, MIN_KEY_BYTES};
use super::upstream::addresses;
use super::{Config, ConfigError, CredentialConfig, Mode, Secret, ServiceConfig, origin};
use crate::any_client::AnyClient;
use ::settings::lookup;

pub(super) fn check(config: &Config, services: &[&str]) -> Result<(), ConfigError> {
    numbers(config)?;
    credential_key(config)?;
    let wrong =
        |key: &str, origin: &str, problem: &str| ConfigError::new(key, format!("`{origin}` {problem}"));
    for allowed in &config.server.allowed_origins {
        origin::check(allowed).map_err(|problem| wrong("server.allowed_origins", allowed, &problem))?;
    }
    for public in &config.server.public_origins {
        origin::check_public(public).map_err(|problem| wrong("server.public_origins", public, &problem))?;
    }
    if let Some(own) = &config.sign_in.dpop {
        origin::check_public(own).map_err(|problem| wrong("sign_in.dpop", own, &problem))?;
    }
    for proxy in &config.server.trusted_proxies {
        network(proxy).map_err(|problem| ConfigError::new("server.trusted_proxies", problem))?;
    }
    header_names("server.allowed_headers", &config.server.allowed_headers)?;
    header_names("server.exposed_headers", &config.server.exposed_headers)?;
    upstreams(config, services)
}

/// Parses the network of a trusted proxy; a single address counts as a network.
pub(super) fn network(text: &str) -> Result<IpNet, String> {
    let network = text.parse().or_else(|_| text.parse().map(|address: IpAddr| address.into()));
    network.map_err(|_| format!("`{text}` is no address and no network, such as `10.0.0.0/8`"))
}

impl Config {
    /// Checks the requirements on settings that servers of this client have and those of other clients do not.
    pub(crate) fn check_for(&self, client: &AnyClient) -> Result<(), ConfigError> {
        if !client.browsers || self.mode == Mode::Development || !self.server.public_origins.is_empty() {
            return Ok(());
        }
        let problem = "must be set in production, to the origins by which browsers reach this server, such as \
                       [\"https://shop.example\"]";
        Err(ConfigError::new("server.public_origins", problem))
    }
}

fn header_names(key: &str, names: &[String]) -> Result<(), ConfigError> {
    for name in names {
        if name == "*" {
            return Err(ConfigError::new(
                key,
                "`*` lets pages of other origins do more than you may know; name each",
            ));
        }
        if HeaderName::try_from(name.as_str()).is_err() {
            return Err(ConfigError::new(key, format!("`{name}` is no name of a header")));
        }
    }
    Ok(())
}

/// Checks every number against the bounds of its setting.
fn numbers(config: &Config) -> Result<(), ConfigError> {
    let values = config.to_toml();
    for setting in super::settings() {
        let Some(value) = lookup(&values, &setting.key).and_then(toml::Value::as_integer) else { continue };
        let problem = match (setting.minimum, setting.maximum) {
            (Some(minimum), _) if value < minimum => format!("`{value}` is less than {minimum}"),
            (_, Some(maximum)) if value > maximum => format!("`{value}` is more than {maximum}"),
            _ => continue,
        };
        return Err(ConfigError::new(setting.key, problem));
    }
    Ok(())
}

fn credential_key(config: &Config) -> Result<(), ConfigError> {
    let in_production = config.mode == Mode::Production;
    let CredentialConfig { private_key, key, .. } = &config.credential;
    if private_key.is_none() && !config.credential.published_keys.is_empty() {
        let problem = "is of no use without credential.private_key, beside which its keys are published";
        return Err(ConfigError::new("credential.published_keys", problem));
    }
    if private_key.is_some() {
        let problem = "must not be set beside credential.private_key: one of them signs";
        return if key.is_some() { Err(ConfigError::new("credential.key", problem)) } else { Ok(()) };
    }
    let problem = match key.as_ref().map(Secret::expose) {
        Some("") => "is empty".to_owned(),
        Some(DEVELOPMENT_CREDENTIAL_KEY) if in_production => {
            "is the development key, which everybody can read".to_owned()
        }
        Some(key) if in_production && key.len() < MIN_KEY_BYTES => {
            format!("is shorter than the {MIN_KEY_BYTES} bytes it needs in production")
        }
        _ => return Ok(()),
    };
    Err(ConfigError::new("credential.key", problem))
}

fn upstreams(config: &Config, services: &[&str]) -> Result<(), ConfigError> {
    let check = |key: String, text: &str| {
        addresses(text).map(drop).map_err(|bad| ConfigError::new(key, bad.to_string()))
    };
    check("upstream.default".to_owned(), &config.upstream.default)?;
    for (service, ServiceConfig { address: own, .. }) in &config.upstream.services {
        let key = format!("upstream.services.{service}");
        if !services.contains(&service.as_str()) {
            return Err(ConfigError::new(key, unknown(service, services)));
        }
        if let Some(own) = own {
            check(format!("{key}.address"), own)?;
        }
    }
    Ok(())
}

fn unknown(service: &str, services: &[&str]) -> String {
    let distance = |known: &&&str| strsim::damerau_levenshtein(service, known);
    match services.iter().min_by_key(distance) {
        Some(near) if distance(&near) <= service.len() / 3 => {
            format!("this BFF calls no such service; did you mean `{near}`?")
        }
        _ => format!("this BFF calls no such service; it calls {}", services.join(", ")),
    }
}
