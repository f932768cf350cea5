//! The schema as the kit looks things up in it: every field with its calls and what it reads.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use async_graphql_parser::types::{
    BaseType, ConstDirective, FieldDefinition, Type, TypeKind, TypeSystemDefinition,
};
use async_graphql_value::ConstValue;
use fetch::Effect;

use super::Scalars;

/// Every field of a schema, read from its internal SDL.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    types: HashMap<String, BTreeMap<String, Arc<FieldInfo>>>,
    /// Values of each enum.
    enums: HashMap<String, Vec<String>>,
    /// Fields of each input object.
    inputs: HashMap<String, BTreeMap<String, InputField>>,
    /// Objects that implement each interface.
    implementations: HashMap<String, Vec<String>>,
    scalars: Scalars,
    query: String,
    mutation: Option<String>,
}

/// What is known of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldInfo {
    /// Name of the type it answers, without list and non-null.
    pub type_name: String,
    /// Its type as the schema writes it, such as `"[Review!]!"`.
    pub written_type: String,
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

/// An argument of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Argument {
    /// Its type as the schema writes it, such as `"Int!"`.
    pub written_type: String,
    /// What it is when it is left out.
    pub default: Option<ConstValue>,
}

/// A field of an input object.
#[derive(Clone, Debug)]
pub struct InputField {
    /// Its type.
    pub ty: Type,
    /// What it is when it is left out.
    pub default: Option<ConstValue>,
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
    /// Paths of its answer that the field itself reads.
    pub reads: Vec<String>,
    /// The type it answers, where the field may answer several and each has a call of its own.
    pub on: Option<String>,
    /// Paths of its answer that the key holds; none where the object is not [hoisted](crate::Hoisted).
    pub holds: Option<Vec<String>>,
    /// Whether the field does without it when it fails.
    pub spare: bool,
    /// Whether it waits for the keys of every field that asks the same.
    pub joined: bool,
    /// Keys one call may ask.
    pub max_keys: u32,
    /// What calling it changes.
    pub effect: Effect,
    /// Whether its answer is the same for whoever asks.
    pub public: bool,
}

impl StepInfo {
    /// Path, in the arguments of the field, of what stands in a field of the request.
    pub(crate) fn argument_path(&self, request_field: &str, aliases: &[(&str, &str)]) -> String {
        let alias = aliases.iter().find(|(field, _)| *field == request_field);
        let path = camel_case(alias.map_or(request_field, |(_, alias)| alias));
        let mut arguments = self.by.iter().filter_map(|by| by.strip_prefix("argument."));
        match (arguments.next(), arguments.next(), self.kind) {
            // A command stands in an input object, whole.
            (Some(input), None, StepKind::Send | StepKind::SendLater) => format!("{input}.{path}"),
            // The only value that a question takes from whoever asks.
            (Some(argument), None, StepKind::Ask) => argument.to_owned(),
            _ => path,
        }
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
    Ask,
    /// It sends a command.
    Send,
    /// It sends a command that nobody waits for.
    SendLater,
}

impl Catalogue {
    /// Reads an internal SDL.
    ///
    /// # Panics
    ///
    /// When the text is not what [`internal_sdl`](super::internal_sdl) wrote.
    #[must_use]
    pub fn of(internal_sdl: &str) -> Self {
        let document = async_graphql_parser::parse_schema(internal_sdl).expect("the schema's own SDL parses");
        let mut catalogue = Self::default();
        for definition in document.definitions {
            match definition {
                TypeSystemDefinition::Schema(schema) => {
                    catalogue.query = schema.node.query.map(|name| name.node.to_string()).unwrap_or_default();
                    catalogue.mutation = schema.node.mutation.map(|name| name.node.to_string());
                }
                TypeSystemDefinition::Type(definition) => {
                    let name = definition.node.name.node.to_string();
                    let fields = match definition.node.kind {
                        TypeKind::Object(object) => {
                            for interface in object.implements {
                                let names = catalogue.implementations.entry(interface.node.to_string());
                                names.or_default().push(name.clone());
                            }
                            object.fields
                        }
                        TypeKind::Interface(interface) => interface.fields,
                        TypeKind::Enum(of) => {
                            let values = of.values.iter().map(|value| value.node.value.node.to_string());
                            catalogue.enums.insert(name, values.collect());
                            continue;
                        }
                        TypeKind::InputObject(input) => {
                            let fields = input.fields.into_iter().map(|field| {
                                let default = field.node.default_value.map(|value| value.node);
                                (
                                    field.node.name.node.to_string(),
                                    InputField { ty: field.node.ty.node, default },
                                )
                            });
                            catalogue.inputs.insert(name, fields.collect());
                            continue;
                        }
                        _ => continue,
                    };
                    let fields = fields
                        .into_iter()
                        .map(|field| (field.node.name.node.to_string(), Arc::new(field_info(&field.node))))
                        .collect();
                    catalogue.types.insert(name, fields);
                }
                TypeSystemDefinition::Directive(_) => {}
            }
        }
        catalogue
    }

    /// The same, with scalars of its own that know which values are theirs. The SDL does not say.
    pub(crate) fn with_scalars(self, scalars: Scalars) -> Self {
        Self { scalars, ..self }
    }

    pub(crate) fn scalars(&self) -> &Scalars {
        &self.scalars
    }

    /// The type of queries.
    #[must_use]
    pub fn query(&self) -> &str {
        &self.query
    }

    /// The type of mutations.
    #[must_use]
    pub fn mutation(&self) -> Option<&str> {
        self.mutation.as_deref()
    }

    /// A field of a type.
    #[must_use]
    pub fn field(&self, type_name: &str, field: &str) -> Option<&Arc<FieldInfo>> {
        self.types.get(type_name)?.get(field)
    }

    /// All fields of a type by name; none for what is not an object or interface.
    #[must_use]
    pub fn fields(&self, type_name: &str) -> Option<&BTreeMap<String, Arc<FieldInfo>>> {
        self.types.get(type_name)
    }

    /// Values of an enum; none for what is not one.
    #[must_use]
    pub fn values(&self, type_name: &str) -> Option<&[String]> {
        self.enums.get(type_name).map(Vec::as_slice)
    }

    /// Fields of an input object by name; none for what is not one.
    #[must_use]
    pub fn input(&self, type_name: &str) -> Option<&BTreeMap<String, InputField>> {
        self.inputs.get(type_name)
    }

    /// Objects that implement an interface; none for what is not one.
    #[must_use]
    pub fn implementations(&self, type_name: &str) -> &[String] {
        self.implementations.get(type_name).map_or(&[], Vec::as_slice)
    }

    /// Whether whatever is of the first type is of the second as well.
    pub(crate) fn is_a(&self, type_name: &str, other: &str) -> bool {
        type_name == other || self.implementations(other).iter().any(|object| object == type_name)
    }

    /// All types that have fields, by name.
    #[must_use]
    pub fn types(&self) -> BTreeMap<&str, &BTreeMap<String, Arc<FieldInfo>>> {
        self.types.iter().map(|(name, fields)| (name.as_str(), fields)).collect()
    }
}

fn field_info(field: &FieldDefinition) -> FieldInfo {
    let directive =
        |name: &str| field.directives.iter().map(|found| &found.node).find(|it| it.name.node == name);
    let fetch = directive("fetch");
    let steps = match fetch.and_then(|fetch| argument(fetch, "steps")) {
        Some(ConstValue::List(steps)) => steps.iter().map(step_info).collect(),
        _ => Vec::new(),
    };
    FieldInfo {
        type_name: base_name(&field.ty.node),
        written_type: field.ty.node.to_string(),
        steps,
        fallback: fetch.and_then(|fetch| argument(fetch, "fallback")).map(string),
        reads: directive("reads").and_then(|reads| argument(reads, "paths")).map(strings).unwrap_or_default(),
        bounds: directive("bounds").map(bound_info).unwrap_or_default(),
        arguments: field
            .arguments
            .iter()
            .map(|it| {
                let default = it.node.default_value.as_ref().map(|value| value.node.clone());
                let argument = Argument { written_type: it.node.ty.node.to_string(), default };
                (it.node.name.node.to_string(), argument)
            })
            .collect(),
    }
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
            Some("SEND") => StepKind::Send,
            Some("SEND_LATER") => StepKind::SendLater,
            _ => StepKind::Ask,
        },
        rpc: part("rpc").map(string).unwrap_or_default(),
        by: part("by").map(strings).unwrap_or_default(),
        reads: part("reads").map(strings).unwrap_or_default(),
        on: part("on").map(string),
        holds: part("holds").map(strings),
        spare: part("spare") == Some(&ConstValue::Boolean(true)),
        joined: part("joined") == Some(&ConstValue::Boolean(true)),
        max_keys: part("keys").and_then(number).unwrap_or(1),
        effect: match part("effect").map(string).as_deref() {
            Some("NONE") => Effect::None,
            Some("ONCE") => Effect::Once,
            _ => Effect::Every,
        },
        public: part("public") == Some(&ConstValue::Boolean(true)),
    }
}

fn base_name(ty: &Type) -> String {
    match &ty.base {
        BaseType::Named(name) => name.to_string(),
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
