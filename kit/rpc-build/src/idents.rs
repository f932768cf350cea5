//! Names of the generated Rust code, as `prost-build` writes them.

use heck::{ToSnakeCase as _, ToUpperCamelCase as _};
use prost_reflect::{FieldDescriptor, MessageDescriptor, OneofDescriptor};

/// Words that `prost-build` writes as raw identifiers.
const KEYWORDS: [&str; 47] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else",
    "enum", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod",
    "move", "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait", "true", "try",
    "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

fn plain(name: String) -> String {
    match name.as_str() {
        "super" | "self" | "Self" | "extern" | "crate" => format!("{name}_"),
        word if KEYWORDS.contains(&word) => format!("r#{name}"),
        word if word.starts_with(|it: char| it.is_ascii_digit()) => format!("_{name}"),
        _ => name,
    }
}

/// Returns the name of a module or field.
pub(crate) fn snake(name: &str) -> String {
    plain(name.to_snake_case())
}

/// Returns the name of a type or of a variant.
pub(crate) fn camel(name: &str) -> String {
    plain(name.to_upper_camel_case())
}

/// Returns the name of a field.
pub(crate) fn field(field: &FieldDescriptor) -> String {
    snake(field.name())
}

/// Returns a field as the paths of masks name it: as the code does.
pub(crate) fn path(field: &FieldDescriptor) -> String {
    let name = self::field(field);
    name.strip_prefix("r#").unwrap_or(&name).to_owned()
}

/// Returns the path of a message, seen from a module directly within the module of `package`.
pub(crate) fn message(package: &str, message: &MessageDescriptor) -> String {
    // As `prost-build` maps them.
    let known = match message.full_name() {
        "google.protobuf.Empty" => Some("()"),
        "google.protobuf.BoolValue" => Some("bool"),
        "google.protobuf.BytesValue" => Some("::prost::alloc::vec::Vec<u8>"),
        "google.protobuf.DoubleValue" => Some("f64"),
        "google.protobuf.FloatValue" => Some("f32"),
        "google.protobuf.Int32Value" => Some("i32"),
        "google.protobuf.Int64Value" => Some("i64"),
        "google.protobuf.StringValue" => Some("::prost::alloc::string::String"),
        "google.protobuf.UInt32Value" => Some("u32"),
        "google.protobuf.UInt64Value" => Some("u64"),
        _ => None,
    };
    if let Some(known) = known {
        return known.to_owned();
    }
    if message.package_name() == "google.protobuf" {
        return format!("::prost_types::{}", camel(message.name()));
    }
    let up = package.split('.').filter(|it| !it.is_empty()).count() + 1;
    let mut path = "super::".repeat(up);
    for segment in message.package_name().split('.').filter(|it| !it.is_empty()) {
        path += &snake(segment);
        path += "::";
    }
    path + &within_package(message)
}

/// Returns the path of a message from the module of its own package.
fn within_package(message: &MessageDescriptor) -> String {
    let own = camel(message.name());
    match message.parent_message() {
        Some(parent) => format!("{}::{own}", modules(&parent)),
        None => own,
    }
}

/// Returns the module for what is nested in a message, from the module of its package.
fn modules(message: &MessageDescriptor) -> String {
    let own = snake(message.name());
    message.parent_message().map_or(own.clone(), |parent| format!("{}::{own}", modules(&parent)))
}

/// Returns the path of a `oneof`, seen from a module directly within the module of `package`.
pub(crate) fn oneof(package: &str, of: &OneofDescriptor) -> String {
    let message = of.parent_message();
    let path = self::message(package, message);
    let base = path.strip_suffix(&within_package(message)).unwrap_or_default();
    format!("{base}{}::{}", modules(message), camel(of.name()))
}
