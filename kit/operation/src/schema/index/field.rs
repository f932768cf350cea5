//! Schema information about a field: its type, its arguments, and the calls behind it.

use std::collections::BTreeMap;

use async_graphql::Positioned;
use async_graphql_parser::types::{BaseType, ConstDirective, FieldDefinition, InputValueDefinition, Type};
use async_graphql_value::ConstValue;
use rpc::Idempotency;

/// Schema information about a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldInfo {
    /// Name of the type it returns, without list and non-null.
    pub type_name: String,
    /// Type of the field, which displays as the schema writes it, such as `[Review!]!`.
    pub ty: Type,
    /// The calls behind it, in order; empty for a plain field.
    pub steps: Vec<StepInfo>,
    /// Value of the field if its calls fail, as JSON; `None` for a critical field.
    pub fallback: Option<String>,
    /// Paths of the parent's message that the field reads.
    pub reads: Vec<String>,
    /// Upper bounds on the size of the field's value.
    pub bounds: BoundInfo,
    /// Arguments of the field, by name.
    pub arguments: BTreeMap<String, Argument>,
    /// Requirement on a principal that uses the field.
    pub requires: Requirement,
}

/// A requirement on a principal. By default, there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Requirement {
    /// True if the principal must be a user.
    pub user: bool,
    /// Scopes that the credential must have, all of them.
    pub scopes: Vec<String>,
}

impl Requirement {
    /// Returns true if nothing is required.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        !self.user && self.scopes.is_empty()
    }

    /// Returns true if whoever meets the other requirement meets this one too.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        (other.user || !self.user) && self.scopes.iter().all(|scope| other.scopes.contains(scope))
    }

    /// Returns the requirement that demands what both demand.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let mut scopes = [&self.scopes[..], &other.scopes].concat();
        scopes.sort_unstable();
        scopes.dedup();
        Self { user: self.user || other.user, scopes }
    }
}

/// An argument of a field or directive, or a field of an input object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Argument {
    /// Type of the argument, which displays as the schema writes it, such as `Int!`.
    pub ty: Type,
    /// Value of the argument if it is left out; `None` if it has no default.
    pub default: Option<ConstValue>,
}

impl Argument {
    /// Returns true if the argument may not be left out.
    #[must_use]
    pub fn is_required(&self) -> bool {
        !self.ty.nullable && self.default.is_none()
    }
}

/// Upper bounds on the size of a field's value, as far as the schema declares them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BoundInfo {
    /// Upper bound on the items of the list.
    pub items: Option<u32>,
    /// The argument that requests fewer items, or holds one entry for each item: `argument.NAME`.
    pub by: Option<String>,
    /// The bounded lists, as fields of the object that the field returns; empty for the field itself.
    pub of: Vec<String>,
    /// Upper bound on the bytes of a string.
    pub bytes: Option<u32>,
}

/// One call behind a field.
#[expect(clippy::struct_excessive_bools, reason = "facts that have nothing to do with one another")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepInfo {
    /// Type of the fetch or command.
    pub name: String,
    /// Kind of the call.
    pub kind: StepKind,
    /// The RPC that is called.
    pub rpc: String,
    /// Sources of the keys: `argument.NAME`, `parent.PATH`, `caller` (the principal) or `previous`.
    pub by: Vec<String>,
    /// Parts of the keys that the client gives: arguments, and the fields of an input object, such as `input.rating`.
    pub given: Vec<String>,
    /// Paths of the response that the field itself reads.
    pub reads: Vec<String>,
    /// The type it loads, if the field may return several types and each has a call of its own; `None` otherwise.
    pub on: Option<String>,
    /// Paths of the response that the key holds; `None` if the object is not a `Ref`, known by its key.
    pub holds: Option<Vec<String>>,
    /// True if the field does without the call when it fails.
    pub best_effort: bool,
    /// True if the call waits for the keys of every field that makes the same fetch.
    pub coalesced: bool,
    /// True if the request has a read mask; otherwise the whole response is sent.
    pub masked: bool,
    /// Upper bound on the keys of the field, if it makes one value of several; `None` if it has one.
    pub each: Option<u32>,
    /// Upper bound on the keys of one call.
    pub max_keys: u32,
    /// Upper bound on the calls at a time; `None` for any number.
    pub at_once: Option<u32>,
    /// Idempotency of the RPC.
    pub idempotency: Idempotency,
    /// True if the response is the same for every principal.
    pub public: bool,
}

impl StepInfo {
    /// Returns the path, in the arguments of the field, of the value of a request field; `None` if the value comes
    /// from elsewhere. An empty `request_field` stands for the key as a whole.
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

/// Converts a name such as `idempotency_key` to `idempotencyKey`, as GraphQL and the JSON of protobuf have it.
#[must_use]
pub fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let mut camel = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        camel.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
    }
    camel
}

/// Kind of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// The call is a fetch.
    Fetch,
    /// The call sends a command.
    Command,
    /// The call sends a command that nobody waits for.
    CommandLater,
}

/// Returns the requirement that the directives of a field or type declare.
pub(super) fn requirement(directives: &[Positioned<ConstDirective>]) -> Requirement {
    let Some(requires) = directive(directives, "requires") else { return Requirement::default() };
    Requirement {
        user: argument(requires, "user") == Some(&ConstValue::Boolean(true)),
        scopes: argument(requires, "scopes").map(strings).unwrap_or_default(),
    }
}

fn directive<'a>(directives: &'a [Positioned<ConstDirective>], name: &str) -> Option<&'a ConstDirective> {
    directives.iter().map(|found| &found.node).find(|it| it.name.node == name)
}

pub(super) fn field_info(field: &FieldDefinition) -> FieldInfo {
    let directive = |name| directive(&field.directives, name);
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
        requires: requirement(&field.directives),
    }
}

/// Returns the arguments of a field or directive, or the fields of an input object, by name.
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
        masked: part("masked") != Some(&ConstValue::Boolean(false)),
        each: part("each").and_then(number),
        max_keys: part("keys").and_then(number).unwrap_or(1),
        at_once: part("atOnce").and_then(number),
        idempotency: match part("idempotency").map(string).as_deref() {
            Some("NO_SIDE_EFFECTS") => Idempotency::NoSideEffects,
            Some("IDEMPOTENT") => Idempotency::Idempotent,
            _ => Idempotency::NonIdempotent,
        },
        public: part("public") == Some(&ConstValue::Boolean(true)),
    }
}

/// Returns the name in a type, without list and non-null.
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
