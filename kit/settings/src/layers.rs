//! Settings from several sources, merged key by key.

use std::path::Path;

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use toml::Table;

use crate::describe::{self, SERVICE};
use crate::error::ConfigError;
use crate::source::Source;
use crate::value::{Node, toml_of};

/// Settings with the source of each. Later additions override earlier ones.
#[derive(Clone, Debug)]
pub struct Layers {
    services: Vec<&'static str>,
    assignments: Vec<Assignment>,
    /// Keys of all settings that exist.
    known: Vec<String>,
}

/// A value that one source sets.
#[derive(Clone, Debug)]
struct Assignment {
    path: Vec<String>,
    value: Node,
    source: Source,
}

/// The section that holds one section for each service.
const SERVICES: [&str; 2] = ["upstream", "services"];

/// The setting that a plain value in place of a service's section sets.
const ADDRESS: &str = "address";

impl Layers {
    /// Creates layers without settings, for a program with the settings of `T` that calls these services. Each service has
    /// keys of its own.
    #[must_use]
    pub fn of<T: JsonSchema + Default + Serialize>(services: impl IntoIterator<Item = &'static str>) -> Self {
        let known = describe::settings::<T>().into_iter().map(|setting| setting.key).collect();
        Self { services: services.into_iter().collect(), assignments: Vec::new(), known }
    }

    /// Returns the full names of the services that the BFF calls.
    #[must_use]
    pub fn services(&self) -> &[&'static str] {
        &self.services
    }

    /// Adds the settings of a TOML file.
    pub fn file(mut self, path: &Path) -> Result<Self, ConfigError> {
        let shown = path.display().to_string();
        let text =
            std::fs::read_to_string(path).map_err(|error| ConfigError::new(&shown, error.to_string()))?;
        let table: Table = text.parse().map_err(|error: toml::de::Error| {
            let line = error.span().map_or(1, |span| text[..span.start].lines().count().max(1));
            ConfigError::new(format!("{shown}, line {line}"), error.message())
        })?;
        self.add_all(&[], table, &Source::File(path.to_owned()));
        Ok(self)
    }

    /// Adds every variable whose name starts with `prefix` and two underscores: with the prefix `BFF_WEB`,
    /// `BFF_WEB__SERVER__LISTEN` sets `server.listen`.
    #[must_use]
    pub fn environment(mut self, prefix: &str, variables: impl Iterator<Item = (String, String)>) -> Self {
        let mut variables: Vec<_> = variables.collect();
        // The environment has no order. Sorting puts a section before the settings in it.
        variables.sort();
        for (name, value) in variables {
            if let Some(rest) = name.strip_prefix(prefix).and_then(|rest| rest.strip_prefix("__")) {
                let mut path: Vec<_> = rest.split("__").map(str::to_ascii_lowercase).collect();
                // Errors show the name of an unknown service as it was written.
                if let ([section, services, service, ..], Some(written)) =
                    (path.as_mut_slice(), rest.split("__").nth(2))
                    && [section, services] == SERVICES
                {
                    written.clone_into(service);
                }
                self.add(path, Node::Text(value), &Source::Variable(name));
            }
        }
        self
    }

    /// Adds the value of one key, which the flag of this name sets.
    #[must_use]
    pub fn flag(mut self, flag: &str, key: &str, value: impl Into<String>) -> Self {
        let path = key.split('.').map(str::to_owned).collect();
        self.add(path, Node::Text(value.into()), &Source::Flag(flag.to_owned()));
        self
    }

    fn add_all(&mut self, path: &[String], table: Table, source: &Source) {
        for (name, value) in table {
            self.add([path, &[name]].concat(), Node::Toml(value), source);
        }
    }

    /// Adds a value, or each value of a section.
    fn add(&mut self, path: Vec<String>, value: Node, source: &Source) {
        let mut path = self.with_service(path);
        let table = match &value {
            Node::Toml(toml::Value::Table(table)) => Some(table.clone()),
            Node::Text(text) if self.is_section(&path) => match toml_of(text) {
                Some(toml::Value::Table(table)) => Some(table),
                _ => None,
            },
            _ => None,
        };
        let value = match table {
            Some(table) if !table.is_empty() => return self.add_all(&path, table, source),
            Some(_) => Node::Section([].into()),
            None => {
                if is_service(&path) {
                    path.push(ADDRESS.to_owned());
                }
                value
            }
        };
        self.assignments.push(Assignment { path, value, source: source.clone() });
    }

    /// Returns true if the path is a section.
    fn is_section(&self, path: &[String]) -> bool {
        is_service(path) || self.known.iter().any(|key| is_within(key, &path.join(".")))
    }

    /// Returns the path with the name of a service as one element. The name may be written with underscores instead of
    /// dots and in any case, since shells accept no dots and environments use capitals.
    fn with_service(&self, path: Vec<String>) -> Vec<String> {
        let [section, services, rest @ ..] = path.as_slice() else { return path };
        if [section, services] != SERVICES || rest.is_empty() {
            return path;
        }
        let rest = rest.join(".");
        let plain = |name: &str| name.to_ascii_lowercase().replace('_', ".");
        let known = self.services.iter().find_map(|service| {
            let (name, behind) = rest.split_at_checked(service.len())?;
            let is_it = plain(name) == plain(service) && (behind.is_empty() || behind.starts_with('.'));
            is_it.then(|| ((*service).to_owned(), behind.get(1..)))
        });
        let (service, key) = known.unwrap_or_else(|| {
            let is_known = |key: &str| self.known.contains(&format!("upstream.services.{SERVICE}.{key}"));
            let split = rest.rsplit_once('.').filter(|(_, key)| is_known(key));
            split.map_or((rest.clone(), None), |(service, key)| (service.to_owned(), Some(key)))
        });
        let key = key.map(str::to_owned);
        [section.clone(), services.clone(), service].into_iter().chain(key).collect()
    }

    /// Reads the settings; an error if a key is unknown or a value unreadable.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, ConfigError> {
        let mut root = Node::Section([].into());
        for Assignment { path, value, source } in &self.assignments {
            root.insert(path, value.clone())
                .map_err(|problem| ConfigError::new(path.join("."), problem).from(source.clone()))?;
        }
        serde_path_to_error::deserialize(root).map_err(|error| {
            let path = error.path().to_string();
            let message = error.inner().to_string();
            self.locate(ConfigError::new(named_key(&path, &message).unwrap_or(path), message))
        })
    }

    /// Adds the source of its key to an error; for a missing key, the source of the settings beside it.
    #[must_use]
    pub fn locate(&self, error: ConfigError) -> ConfigError {
        let beside = error.key().rsplit_once('.').map_or("", |(section, _)| section);
        let sources = [error.key(), beside].map(|key| self.source(key));
        match sources.into_iter().find(|source| *source != Source::Default) {
            Some(source) => error.from(source),
            None => error,
        }
    }

    /// Returns the last source of a key, or else of a section around it or a setting in it.
    #[must_use]
    pub fn source(&self, key: &str) -> Source {
        let key = key.split('[').next().unwrap_or(key);
        let exact = |set: &str| set == key;
        let around = |set: &str| is_within(set, key) || is_within(key, set);
        let last =
            |is: &dyn Fn(&str) -> bool| self.assignments.iter().rev().find(|it| is(&it.path.join(".")));
        last(&exact).or_else(|| last(&around)).map_or(Source::Default, |it| it.source.clone())
    }
}

/// Returns true if the path is the section of a single service.
fn is_service(path: &[String]) -> bool {
    matches!(path, [section, services, _] if [section, services] == SERVICES)
}

/// Returns true if a key belongs to a section.
fn is_within(key: &str, section: &str) -> bool {
    key.strip_prefix(section).is_some_and(|rest| rest.starts_with('.'))
}

/// Returns the path of an unknown or missing key, of which serde's own path names only the section.
fn named_key(section: &str, message: &str) -> Option<String> {
    let named = message.strip_prefix("unknown field `").or_else(|| message.strip_prefix("missing field `"));
    let name = named?.split('`').next()?;
    Some(match section {
        "." | "" => name.to_owned(),
        _ if section.ends_with(name) => section.to_owned(),
        _ => format!("{section}.{name}"),
    })
}
