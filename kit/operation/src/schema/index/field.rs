//! What a schema says of a field: its type, its arguments, and the calls behind it.

use std::collections::BTreeMap;

use async_graphql::Positioned;
use async_graphql_parser::types::{BaseType, ConstDirective, FieldDefinition, InputValueDefinition, Type};
use async_graphql_value::ConstValue;
use rpc::Idempotency;

/// What is known of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldInfo {
    /// Name of the type it answers, without list and non-null.
    pub type_name: String,
    /// Its type, which displays as the schema writes it, such as `[Review!]!`.
    pub ty: Type,
    /// The calls behind it, in order; empty for a plain field.
    pub steps: Vec<StepInfo>,
    /// What it takes when its calls fail, as JSON; none for a critical field.
    pub fallback: Option<String>,
    /// Paths of the parent's message it reads.
    pub reads: Vec<String>,
    /// How large its answer is at most.
    pub bounds: BoundInfo,
    /// What it takes, by name.
    pub arguments: BTreeMap<String, Argument>,
}

/// An argument of a field or directive, or a field of an input object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Argument {
    /// Its type, which displays as the schema writes it, such as `Int!`.
    pub ty: Type,
    /// What it is when it is left out.
    pub default: Option<ConstValue>,
}

impl Argument {
    /// Whether it may not be left out.
    #[must_use]
    pub fn is_required(&self) -> bool {
        !self.ty.nullable && self.default.is_none()
    }
}

/// How large an answer is at most, as far as the schema says so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BoundInfo {
    /// Items of the list.
    pub items: Option<u32>,
    /// The argument that asks for fewer, or holds one for each: `argument.NAME`.
    pub by: Option<String>,
    /// The lists meant, fields of what the field answers; the field itself when empty.
    pub of: Vec<String>,
    /// Bytes of a string.
    pub bytes: Option<u32>,
}

/// One call behind a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepInfo {
    /// Type of the question or command.
    pub name: String,
    /// What the call does.
    pub kind: StepKind,
    /// The RPC that answers it.
    pub rpc: String,
    /// Where its keys come from: `argument.NAME`, `parent.PATH` or `previous`.
    pub by: Vec<String>,
    /// What of that the client gives: arguments, and the fields of an input object, such as `input.rating`.
    pub given: Vec<String>,
    /// Paths of its answer that the field itself reads.
    pub reads: Vec<String>,
    /// The type it answers, where the field may answer several and each has a call of its own.
    pub on: Option<String>,
    /// Paths of its answer that the key holds; none where the object is not [hoisted](crate::Ref).
    pub holds: Option<Vec<String>>,
    /// Whether the field does without it when it fails.
    pub best_effort: bool,
    /// Whether it waits for the keys of every field that asks the same.
    pub coalesced: bool,
    /// Keys one call may ask.
    pub max_keys: u32,
    /// What calling it changes.
    pub idempotency: Idempotency,
    /// Whether its answer is the same for whoever asks.
    pub public: bool,
}

impl StepInfo {
    /// Path, in the arguments of the field, of what stands in a field of the request; none where it comes from
    /// elsewhere. An empty path is the key as a whole.
    pub fn argument_path(&self, request_field: &str, aliases: &[(&str, &str)]) -> Option<String> {
        if request_field.is_empty() {
            let [source] = &self.by[..] else { return None };
            return source.strip_prefix("argument.").map(str::to_owned);
        }
        let alias = aliases.iter().find(|(field, _)| *field == request_field);
        let path = camel_case(alias.map_or(request_field, |(_, alias)| alias));
        let (name, rest) = path.split_at(path.find(['.', '[']).unwrap_or(path.len()));
        let is_it = |given: &&String| given.rsplit('.').next() == Some(name);
        self.given.iter().find(is_it).map(|given| format!("{given}{rest}"))
    }
}

/// `idempotency_key` as GraphQL writes it: `idempotencyKey`.
fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let mut camel = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        camel.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
    }
    camel
}

/// What a call does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// It asks a question.
    Fetch,
    /// It sends a command.
    Command,
    /// It sends a command that nobody waits for.
    CommandLater,
}

pub(super) fn field_info(field: &FieldDefinition) -> FieldInfo {
    let directive =
        |name: &str| field.directives.iter().map(|found| &found.node).find(|it| it.name.node == name);
    let fetch = directive("fetch");
    let steps = match fetch.and_then(|fetch| argument(fetch, "steps")) {
        Some(ConstValue::List(steps)) => steps.iter().map(step_info).collect(),
        _ => Vec::new(),
    };
    FieldInfo {
        type_name: base_name(&field.ty.node).to_owned(),
        ty: field.ty.node.clone(),
        steps,
        fallback: fetch.and_then(|fetch| argument(fetch, "fallback")).map(string),
        reads: directive("reads").and_then(|reads| argument(reads, "paths")).map(strings).unwrap_or_default(),
        bounds: directive("bounds").map(bound_info).unwrap_or_default(),
        arguments: arguments(&field.arguments),
    }
}

/// Arguments of a field or directive, or fields of an input object, by name.
pub(super) fn arguments(definitions: &[Positioned<InputValueDefinition>]) -> BTreeMap<String, Argument> {
    let argument = |it: &Positioned<InputValueDefinition>| {
        let default = it.node.default_value.as_ref().map(|value| value.node.clone());
        (it.node.name.node.to_string(), Argument { ty: it.node.ty.node.clone(), default })
    };
    definitions.iter().map(argument).collect()
}

fn bound_info(bounds: &ConstDirective) -> BoundInfo {
    BoundInfo {
        items: argument(bounds, "items").and_then(number),
        by: argument(bounds, "by").map(string),
        of: argument(bounds, "of").map(strings).unwrap_or_default(),
        bytes: argument(bounds, "bytes").and_then(number),
    }
}

fn number(value: &ConstValue) -> Option<u32> {
    match value {
        ConstValue::Number(number) => number.as_u64().and_then(|number| u32::try_from(number).ok()),
        _ => None,
    }
}

fn step_info(step: &ConstValue) -> StepInfo {
    let part = |name: &str| match step {
        ConstValue::Object(step) => step.get(name),
        _ => None,
    };
    StepInfo {
        name: part("name").map(string).unwrap_or_default(),
        kind: match part("kind").map(string).as_deref() {
            Some("COMMAND") => StepKind::Command,
            Some("COMMAND_LATER") => StepKind::CommandLater,
            _ => StepKind::Fetch,
        },
        rpc: part("rpc").map(string).unwrap_or_default(),
        by: part("by").map(strings).unwrap_or_default(),
        given: Vec::new(),
        reads: part("reads").map(strings).unwrap_or_default(),
        on: part("on").map(string),
        holds: part("holds").map(strings),
        best_effort: part("bestEffort") == Some(&ConstValue::Boolean(true)),
        coalesced: part("coalesced") == Some(&ConstValue::Boolean(true)),
        max_keys: part("keys").and_then(number).unwrap_or(1),
        idempotency: match part("idempotency").map(string).as_deref() {
            Some("NO_SIDE_EFFECTS") => Idempotency::NoSideEffects,
            Some("IDEMPOTENT") => Idempotency::Idempotent,
            _ => Idempotency::NonIdempotent,
        },
        public: part("public") == Some(&ConstValue::Boolean(true)),
    }
}

/// The name in a type, without list and non-null.
#[must_use]
pub fn base_name(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name,
        BaseType::List(item) => base_name(item),
    }
}

fn argument<'a>(directive: &'a ConstDirective, name: &str) -> Option<&'a ConstValue> {
    directive.get_argument(name).map(|value| &value.node)
}

fn strings(value: &ConstValue) -> Vec<String> {
    match value {
        ConstValue::List(list) => list.iter().map(string).collect(),
        _ => Vec::new(),
    }
}

fn string(value: &ConstValue) -> String {
    match value {
        ConstValue::String(text) => text.clone(),
        other => other.to_string(),
    }
}
