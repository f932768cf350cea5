//! Descriptions of all settings, read from the types that hold them: their names, types, defaults and doc comments.

use std::fmt::Write as _;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde_json::Value;

/// Placeholder for a name in a key of a section with a section for each of several names.
pub const NAME: &str = "<service>";

/// A setting as the documentation describes it.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Key of the setting, such as `server.listen`. The key of a setting of each name contains [`NAME`].
    pub key: String,
    /// Accepted values in words, with their unit and bounds.
    pub kind: String,
    /// Value if the setting is not set; `None` if the client then decides, or if the setting is then absent.
    pub default: Option<toml::Value>,
    /// Effect of the setting: the doc comment of its field.
    pub meaning: String,
    /// Smallest number that is accepted, if there is one.
    pub minimum: Option<i64>,
    /// Largest number that is accepted, if there is one.
    pub maximum: Option<i64>,
    /// True if nobody may see the value.
    pub is_secret: bool,
}

/// Returns every setting of `T`, in the order of the sections.
///
/// # Panics
///
/// If the default of `T` is not a section of settings: tables, texts, numbers and lists.
#[must_use]
pub fn settings<T: JsonSchema + Default + Serialize>() -> Vec<Setting> {
    let mut found = Vec::new();
    collect(&schema::<T>(), "", &mut found);
    let defaults =
        toml::Table::try_from(T::default()).expect("settings are tables, texts, numbers and lists");
    for setting in &mut found {
        setting.default = lookup(&defaults, &setting.key).cloned();
    }
    found
}

/// Returns the value of a key; `None` if it has none.
#[must_use]
pub fn lookup<'t>(table: &'t toml::Table, key: &str) -> Option<&'t toml::Value> {
    match key.split_once('.') {
        None => table.get(key),
        Some((section, rest)) => lookup(table.get(section)?.as_table()?, rest),
    }
}

fn schema<T: JsonSchema>() -> Value {
    let generator = SchemaSettings::default().with(|it| it.inline_subschemas = true).into_generator();
    generator.into_root_schema_for::<T>().to_value()
}

/// Adds the setting of this key, or the settings of the section.
fn collect(schema: &Value, key: &str, found: &mut Vec<Setting>) {
    let of = present(schema);
    let named = of["properties"].as_object().into_iter().flatten();
    let each = Some(&of["additionalProperties"]).filter(|it| it.is_object()).map(|it| (NAME, it));
    let inner: Vec<_> = named.map(|(name, schema)| (name.as_str(), schema)).chain(each).collect();
    if inner.is_empty() {
        found.push(setting(key, schema));
    }
    let dot = if key.is_empty() { "" } else { "." };
    for (name, schema) in inner {
        collect(schema, &format!("{key}{dot}{name}"), found);
    }
}

/// Returns the schema of an optional value without its `null`; the schema itself for other values.
fn present(schema: &Value) -> &Value {
    let mut either = schema["anyOf"].as_array().into_iter().flatten();
    either.find(|it| it["type"] != "null").unwrap_or(schema)
}

fn setting(key: &str, schema: &Value) -> Setting {
    let of = present(schema);
    let meaning = schema["description"].as_str().or(of["description"].as_str()).unwrap_or_default();
    Setting {
        key: key.to_owned(),
        kind: kind(key, of),
        default: None,
        meaning: meaning.split_whitespace().collect::<Vec<_>>().join(" "),
        minimum: of["minimum"].as_i64(),
        maximum: of["maximum"].as_i64(),
        is_secret: of["format"] == "secret",
    }
}

/// Returns the values that a setting accepts, in words.
fn kind(key: &str, schema: &Value) -> String {
    let is = |kind: &str| schema["type"] == kind || schema["type"][0] == kind;
    let names = values(schema);
    if !names.is_empty() {
        return names.join(", ");
    }
    if is("integer") {
        return number(key, schema);
    }
    if is("boolean") {
        return "`true`, `false`".to_owned();
    }
    if is("array") {
        let item = present(&schema["items"]);
        let names = values(item);
        return format!("list of {}", if names.is_empty() { "texts".to_owned() } else { names.join(", ") });
    }
    schema["format"].as_str().unwrap_or("text").to_owned()
}

fn number(key: &str, schema: &Value) -> String {
    let mut text = match key.rsplit(['_', '.']).next() {
        Some("ms") => "milliseconds".to_owned(),
        Some("bytes") => "bytes".to_owned(),
        _ => "number".to_owned(),
    };
    if let Some(minimum) = schema["minimum"].as_i64().filter(|minimum| *minimum > 0) {
        let _written = write!(text, ", at least {minimum}");
    }
    if let Some(maximum) = schema["maximum"].as_i64() {
        let _written = write!(text, ", at most {maximum}");
    }
    text
}

/// Returns the values of an enum; empty for other types.
fn values(schema: &Value) -> Vec<String> {
    let described = schema["oneOf"].as_array().into_iter().flatten().map(|it| &it["const"]);
    let plain = schema["enum"].as_array().into_iter().flatten();
    described.chain(plain).filter_map(Value::as_str).map(|value| format!("`{value}`")).collect()
}
