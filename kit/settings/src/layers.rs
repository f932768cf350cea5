//! Settings from several sources, merged key by key.

use std::path::Path;

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use toml::Table;

use crate::describe::{self, NAME};
use crate::error::ConfigError;
use crate::source::Source;
use crate::value::{Node, toml_of};

/// Settings with the source of each. Later additions override earlier ones.
#[derive(Clone, Debug)]
pub struct Layers {
    named: Named,
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

/// A section that holds one section for each of several names, such as one for each service that a program calls.
#[derive(Clone, Debug, Default)]
pub struct Named {
    /// Path of the section: `["upstream", "services"]`. An empty path is no section.
    pub section: &'static [&'static str],
    /// The names.
    pub names: Vec<&'static str>,
    /// The setting that a plain value in place of a name's section sets, such as `"address"`.
    pub plain: &'static str,
}

impl Named {
    /// Returns the part of a path below the section; `None` if the path is not below it.
    fn below<'p>(&self, path: &'p [String]) -> Option<&'p [String]> {
        let (section, rest) = path.split_at_checked(self.section.len())?;
        (!section.is_empty() && !rest.is_empty() && section == self.section).then_some(rest)
    }
}

impl Layers {
    /// Creates layers without settings, for a program with the settings of `T`. Each name of `named` has keys of its own.
    #[must_use]
    pub fn of<T: JsonSchema + Default + Serialize>(named: Named) -> Self {
        let known = describe::settings::<T>().into_iter().map(|setting| setting.key).collect();
        Self { named, assignments: Vec::new(), known }
    }

    /// Returns the names that have sections of their own.
    #[must_use]
    pub fn names(&self) -> &[&'static str] {
        &self.named.names
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
                if self.named.below(&path).is_some() {
                    // Errors show an unknown name as it was written.
                    let at = self.named.section.len();
                    rest.split("__").nth(at).unwrap_or_default().clone_into(&mut path[at]);
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
        let mut path = self.with_name(path);
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
                if self.is_of_one_name(&path) {
                    path.push(self.named.plain.to_owned());
                }
                value
            }
        };
        self.assignments.push(Assignment { path, value, source: source.clone() });
    }

    /// Returns true if the path is a section.
    fn is_section(&self, path: &[String]) -> bool {
        self.is_of_one_name(path) || self.known.iter().any(|key| is_within(key, &path.join(".")))
    }

    /// Returns true if the path is the section of a single name.
    fn is_of_one_name(&self, path: &[String]) -> bool {
        self.named.below(path).is_some_and(|rest| rest.len() == 1)
    }

    /// Returns the path with a name as one element. The name may be written with underscores instead of dots and in any
    /// case, since shells accept no dots and environments use capitals.
    fn with_name(&self, path: Vec<String>) -> Vec<String> {
        let Some(rest) = self.named.below(&path) else { return path };
        let rest = rest.join(".");
        let plain = |name: &str| name.to_ascii_lowercase().replace('_', ".");
        let known = self.named.names.iter().find_map(|known| {
            let (name, behind) = rest.split_at_checked(known.len())?;
            let is_it = plain(name) == plain(known) && (behind.is_empty() || behind.starts_with('.'));
            is_it.then(|| ((*known).to_owned(), behind.get(1..)))
        });
        let section = self.named.section;
        let (name, key) = known.unwrap_or_else(|| {
            let is_known = |key: &str| self.known.contains(&format!("{}.{NAME}.{key}", section.join(".")));
            let split = rest.rsplit_once('.').filter(|(_, key)| is_known(key));
            split.map_or((rest.clone(), None), |(name, key)| (name.to_owned(), Some(key)))
        });
        let section = section.iter().copied().map(str::to_owned);
        section.chain([name]).chain(key.map(str::to_owned)).collect()
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
