//! Three layers of settings, laid over one another key by key.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use toml::{Table, Value};

/// Where settings come from: the later wins.
#[derive(Clone, Debug, Default)]
pub struct Layers {
    settings: Vec<(String, Setting)>,
    file: Option<(PathBuf, Table)>,
}

#[derive(Clone, Debug)]
struct Setting {
    value: String,
    origin: String,
}

/// A setting that is unknown, unreadable or out of place. It prints as one line that names the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    key: String,
    problem: String,
}

impl ConfigError {
    pub(crate) fn new(key: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { key: key.into(), problem: problem.into() }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.key, self.problem)
    }
}

impl std::error::Error for ConfigError {}

impl Layers {
    /// Reads a TOML file, the lowest layer.
    pub fn file(mut self, path: &Path) -> Result<Self, ConfigError> {
        let shown = path.display().to_string();
        let text =
            std::fs::read_to_string(path).map_err(|error| ConfigError::new(&shown, error.to_string()))?;
        let table: Table = text.parse().map_err(|error: toml::de::Error| {
            let line = error.span().map_or(1, |span| text[..span.start].lines().count().max(1));
            ConfigError::new(format!("{shown}, line {line}"), error.message())
        })?;
        self.file = Some((path.to_owned(), table));
        Ok(self)
    }

    /// Takes every variable whose name starts with `prefix` and two underscores: with the prefix `BFF_WEB`,
    /// `BFF_WEB__SERVER__LISTEN` sets `server.listen`.
    #[must_use]
    pub fn environment(mut self, prefix: &str, variables: impl Iterator<Item = (String, String)>) -> Self {
        for (name, value) in variables {
            if let Some(rest) = name.strip_prefix(prefix).and_then(|rest| rest.strip_prefix("__")) {
                let key = rest.to_ascii_lowercase().replace("__", ".");
                self.settings.push((key, Setting { value, origin: format!("the environment ({name})") }));
            }
        }
        self
    }

    /// Sets one key, as a flag does.
    #[must_use]
    pub fn flag(mut self, key: &str, value: impl Into<String>) -> Self {
        let origin = "the command line".to_owned();
        self.settings.push((key.to_owned(), Setting { value: value.into(), origin }));
        self
    }

    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, ConfigError> {
        let mut table = self.file.as_ref().map(|(_, table)| table.clone()).unwrap_or_default();
        for (key, setting) in &self.settings {
            set(&mut table, key, parse_value(&setting.value))
                .map_err(|problem| ConfigError::new(key, format!("{problem} (from {})", setting.origin)))?;
        }
        serde_path_to_error::deserialize(Value::Table(table)).map_err(|error| {
            let path = error.path().to_string();
            let message = error.inner().to_string().trim().replace('\n', " ");
            let key = named_key(&path, &message).unwrap_or(path);
            let problem = match self.origin(&key) {
                Some(origin) => format!("{message} (from {origin})"),
                None => message,
            };
            ConfigError::new(key, problem)
        })
    }

    /// Which layer set a key last.
    fn origin(&self, key: &str) -> Option<String> {
        if let Some((_, setting)) = self.settings.iter().rev().find(|(set, _)| set == key) {
            return Some(setting.origin.clone());
        }
        self.file.as_ref().map(|(path, _)| path.display().to_string())
    }
}

/// A value from outside a file is TOML where it reads as TOML, else a string: `4001`, `true`, `["a", "b"]`,
/// `127.0.0.1:4001`.
fn parse_value(text: &str) -> Value {
    let parsed: Result<Table, _> = format!("value = {text}").parse();
    parsed.ok().and_then(|mut table| table.remove("value")).unwrap_or_else(|| Value::String(text.to_owned()))
}

fn set(table: &mut Table, key: &str, value: Value) -> Result<(), String> {
    match key.split_once('.') {
        // Names of services hold dots themselves.
        Some(("services", service)) => nested(table, "services")?.insert(service.to_owned(), value),
        Some((section, rest)) => return set(nested(table, section)?, rest, value),
        None => table.insert(key.to_owned(), value),
    };
    Ok(())
}

fn nested<'a>(table: &'a mut Table, section: &str) -> Result<&'a mut Table, String> {
    let entry = table.entry(section).or_insert_with(|| Value::Table(Table::new()));
    entry.as_table_mut().ok_or_else(|| format!("`{section}` is not a section"))
}

/// serde names the section of a key that is unknown or missing; this names the key.
fn named_key(section: &str, message: &str) -> Option<String> {
    let named = message.strip_prefix("unknown field `").or_else(|| message.strip_prefix("missing field `"));
    let name = named?.split('`').next()?;
    Some(match section {
        "." | "" => name.to_owned(),
        _ if section.ends_with(name) => section.to_owned(),
        _ => format!("{section}.{name}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Mode};

    fn environment(pairs: &[(&str, &str)]) -> Layers {
        let pairs: Vec<_> =
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Layers::default().flag("mode", "development").environment("BFF_WEB", pairs.into_iter())
    }

    #[test]
    fn flags_override_the_environment_which_overrides_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bff.toml");
        std::fs::write(
            &path,
            "mode = \"development\"\n[server]\nidle_timeout_ms = 1\nbody_timeout_ms = 2\nheader_timeout_ms = 3",
        )
        .unwrap();
        let variables = [
            ("BFF_WEB__SERVER__BODY_TIMEOUT_MS".to_owned(), "20".to_owned()),
            ("BFF_WEB__SERVER__HEADER_TIMEOUT_MS".to_owned(), "30".to_owned()),
            ("BFF_WEBSITE__SERVER".to_owned(), "not ours".to_owned()),
        ];
        let layers = Layers::default()
            .file(&path)
            .unwrap()
            .environment("BFF_WEB", variables.into_iter())
            .flag("server.header_timeout_ms", "300");
        let server = Config::load(&layers).unwrap().server;
        assert_eq!((server.idle_timeout_ms, server.body_timeout_ms, server.header_timeout_ms), (1, 20, 300));
    }

    #[test]
    fn every_bad_setting_is_one_line_that_names_its_key() {
        let cases = [
            (&[("BFF_WEB__SERVER__LISTEN", "nowhere")][..], "server.listen: "),
            (&[("BFF_WEB__SERVER__LISTENN", "127.0.0.1:1")], "server.listenn: unknown field `listenn`"),
            (&[("BFF_WEB__SERVRE__LISTEN", "127.0.0.1:1")], "servre: unknown field `servre`"),
            (&[("BFF_WEB__SERVER__IDLE_TIMEOUT_MS", "soon")], "server.idle_timeout_ms: "),
            (
                &[("BFF_WEB__SERVER", "1"), ("BFF_WEB__SERVER__LISTEN", "x")],
                "server.listen: `server` is not a section",
            ),
            (&[("BFF_WEB__SERVER__TLS__CERTIFICATE", "a.pem")], "server.tls.key: missing field `key`"),
            (&[("BFF_WEB__SERVER__TLS__KEY", "a.pem")], "server.tls.certificate: missing field"),
            (&[("BFF_WEB__SERVER__HTTP_PROFILE", "newest")], "server.http_profile: unknown variant `newest`"),
            (&[("BFF_WEB__LIMITS__COSTS", "1")], "limits.costs: unknown field `costs`"),
            (&[("BFF_WEB__LIMITS__COST", "-1")], "limits.cost: "),
            (
                &[("BFF_WEB__LIMITS__REPORT_ONLY", "[\"cost\", \"alias\"]")],
                "limits.report_only[1]: unknown variant `alias`",
            ),
            (&[("BFF_WEB__MODE", "test")], "mode: unknown variant `test`"),
            (&[("BFF_WEB__SERVER__ALLOWED_ORIGINS", "[\"shop.example\"]")], "server.allowed_origins: "),
        ];
        for (pairs, expected) in cases {
            let error = Config::load(&environment(pairs)).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
            assert!(!error.contains('\n'), "{error}");
        }
    }

    #[test]
    fn production_wants_a_key_of_its_own() {
        let error = Config::load(&Layers::default()).unwrap_err().to_string();
        assert!(error.starts_with("credential.key: "), "{error}");
        let config = Config::load(&Layers::default().flag("credential.key", "a key of our own")).unwrap();
        assert_eq!(config.mode, Mode::Production);
    }

    #[test]
    fn a_service_with_dots_in_its_name_has_an_address_of_its_own() {
        let layers =
            environment(&[]).flag("upstream.services.shop.reviews.v1.ReviewService", "http://127.0.0.1:9");
        let services = Config::load(&layers).unwrap().upstream.services;
        assert_eq!(services["shop.reviews.v1.ReviewService"], "http://127.0.0.1:9");
    }
}
