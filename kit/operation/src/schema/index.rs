//! The schema index, in which the kit looks up every type, and every field with its calls and the paths it reads.

mod field;
mod introspection;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use async_graphql_parser::types::{
    BaseType, DirectiveDefinition, DirectiveLocation, FieldDefinition, Type, TypeDefinition, TypeKind,
    TypeSystemDefinition,
};

use super::Scalars;
use super::directives::{NAMES, TYPES};

pub use field::{Argument, BoundInfo, FieldInfo, Requirement, StepInfo, StepKind};
pub use field::{base_name, camel_case};

/// Every type of a schema, read from its internal SDL.
#[derive(Clone, Debug, Default)]
pub struct SchemaIndex {
    types: HashMap<String, BTreeMap<String, Arc<FieldInfo>>>,
    kinds: HashMap<String, Kind>,
    /// Values of each enum.
    enums: HashMap<String, Vec<String>>,
    /// Fields of each input object.
    inputs: HashMap<String, BTreeMap<String, Argument>>,
    /// Input objects that take exactly one of their fields.
    one_of: HashSet<String>,
    /// Object types that each object, interface or union may be.
    possible: HashMap<String, Vec<String>>,
    directives: HashMap<String, DirectiveInfo>,
    scalars: Scalars,
    query: String,
    mutation: Option<String>,
}

/// Kind of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A scalar.
    Scalar,
    /// An object.
    Object,
    /// An interface.
    Interface,
    /// A union.
    Union,
    /// An enum.
    Enum,
    /// An input object.
    Input,
}

/// Schema information about a directive that documents may use.
#[derive(Clone, Debug)]
pub struct DirectiveInfo {
    pub arguments: BTreeMap<String, Argument>,
    pub locations: Vec<DirectiveLocation>,
    pub repeatable: bool,
}

impl SchemaIndex {
    /// Reads an internal SDL.
    ///
    /// # Panics
    ///
    /// If the text is not an SDL that `internal_sdl` wrote.
    #[must_use]
    pub fn of(internal_sdl: &str) -> Self {
        let mut schema_index = Self::default();
        schema_index.read(internal_sdl);
        schema_index.resolve_given();
        schema_index.read(introspection::SDL);
        schema_index
    }

    fn read(&mut self, sdl: &str) {
        let document = async_graphql_parser::parse_schema(sdl).expect("the schema's own SDL parses");
        for definition in document.definitions {
            match definition {
                TypeSystemDefinition::Schema(schema) => {
                    self.query = schema.node.query.map(|name| name.node.to_string()).unwrap_or_default();
                    self.mutation = schema.node.mutation.map(|name| name.node.to_string());
                }
                TypeSystemDefinition::Type(definition) => self.read_type(definition.node),
                TypeSystemDefinition::Directive(definition) => self.read_directive(sdl, &definition.node),
            }
        }
    }

    /// Records the parts of each call that the client gives, once all input objects are known.
    fn resolve_given(&mut self) {
        let inputs = &self.inputs;
        for info in self.types.values_mut().flat_map(BTreeMap::values_mut).filter(|it| !it.steps.is_empty()) {
            let info = Arc::make_mut(info);
            for step in &mut info.steps {
                let arguments = step.by.iter().filter_map(|by| by.strip_prefix("argument."));
                step.given = arguments
                    .flat_map(|name| {
                        let input = info.arguments.get(name).and_then(|it| inputs.get(base_name(&it.ty)));
                        let fields = input.into_iter().flat_map(BTreeMap::keys);
                        let fields = fields.map(move |field| format!("{name}.{field}"));
                        std::iter::once(name.to_owned()).chain(fields)
                    })
                    .collect();
            }
        }
    }

    fn read_type(&mut self, definition: TypeDefinition) {
        let name = definition.name.node.to_string();
        // Types of the internal directives are for schema authors: no document uses them, and no client knows them.
        if TYPES.contains(&name.as_str()) {
            return;
        }
        let (kind, fields) = match definition.kind {
            TypeKind::Scalar => (Kind::Scalar, None),
            TypeKind::Object(object) => {
                self.possible.entry(name.clone()).or_default().push(name.clone());
                for interface in object.implements {
                    self.possible.entry(interface.node.to_string()).or_default().push(name.clone());
                }
                (Kind::Object, Some(object.fields))
            }
            TypeKind::Interface(interface) => {
                self.possible.entry(name.clone()).or_default();
                (Kind::Interface, Some(interface.fields))
            }
            TypeKind::Union(union) => {
                let members = union.members.iter().map(|member| member.node.to_string());
                self.possible.insert(name.clone(), members.collect());
                (Kind::Union, None)
            }
            TypeKind::Enum(of) => {
                let values = of.values.iter().map(|value| value.node.value.node.to_string());
                self.enums.insert(name.clone(), values.collect());
                (Kind::Enum, None)
            }
            TypeKind::InputObject(input) => {
                let fields = field::arguments(&input.fields);
                for field in fields.values() {
                    self.refer_to(&field.ty);
                }
                self.inputs.insert(name.clone(), fields);
                if definition.directives.iter().any(|it| it.node.name.node == "oneOf") {
                    self.one_of.insert(name.clone());
                }
                (Kind::Input, None)
            }
        };
        if let Some(fields) = fields {
            let of_type = field::requirement(&definition.directives);
            let info = |field: &FieldDefinition| {
                let info = field::field_info(field);
                FieldInfo { requires: info.requires.and(&of_type), ..info }
            };
            let infos = fields.iter().map(|it| (it.node.name.node.to_string(), info(&it.node)));
            let infos: BTreeMap<_, _> = infos.map(|(name, info)| (name, Arc::new(info))).collect();
            for info in infos.values() {
                self.refer_to(&info.ty);
                info.arguments.values().for_each(|argument| self.refer_to(&argument.ty));
            }
            self.types.insert(name.clone(), infos);
        }
        self.kinds.insert(name, kind);
    }

    /// Records the built-in scalars that the schema uses: a document may name those, although no SDL defines them.
    fn refer_to(&mut self, ty: &Type) {
        match &ty.base {
            BaseType::List(item) => self.refer_to(item),
            BaseType::Named(name) => {
                if matches!(name.as_str(), "Int" | "Float" | "String" | "Boolean" | "ID") {
                    self.kinds.insert(name.to_string(), Kind::Scalar);
                }
            }
        }
    }

    fn read_directive(&mut self, sdl: &str, definition: &DirectiveDefinition) {
        let name = definition.name.node.as_str();
        if NAMES.contains(&name) {
            return;
        }
        // The parser of async-graphql 7.0.19 marks every directive as repeatable.
        let start = format!("directive @{name}");
        let repeatable = sdl.lines().any(|line| {
            let rest = line.trim_start().strip_prefix(&start);
            rest.is_some_and(|rest| rest.starts_with(['(', ' ']) && rest.contains(" repeatable on "))
        });
        let info = DirectiveInfo {
            arguments: field::arguments(&definition.arguments),
            locations: definition.locations.iter().map(|it| it.node).collect(),
            repeatable,
        };
        self.directives.insert(name.to_owned(), info);
    }

    /// Returns the index with custom scalars that can check their values. The SDL does not say which values they take.
    #[must_use]
    pub fn with_scalars(self, scalars: Scalars) -> Self {
        Self { scalars, ..self }
    }

    /// Returns the custom scalars.
    #[must_use]
    pub fn scalars(&self) -> &Scalars {
        &self.scalars
    }

    /// Returns the name of the query type.
    #[must_use]
    pub fn query(&self) -> &str {
        &self.query
    }

    /// Returns the name of the mutation type; `None` if the schema has none.
    #[must_use]
    pub fn mutation(&self) -> Option<&str> {
        self.mutation.as_deref()
    }

    /// Returns a field of a type; `None` if the type has no such field.
    #[must_use]
    pub fn field(&self, type_name: &str, field: &str) -> Option<&Arc<FieldInfo>> {
        self.types.get(type_name)?.get(field)
    }

    /// Returns all fields of a type by name; `None` if it is not an object or interface.
    #[must_use]
    pub fn fields(&self, type_name: &str) -> Option<&BTreeMap<String, Arc<FieldInfo>>> {
        self.types.get(type_name)
    }

    /// Returns the values of an enum; `None` if the type is not an enum.
    #[must_use]
    pub fn values(&self, type_name: &str) -> Option<&[String]> {
        self.enums.get(type_name).map(Vec::as_slice)
    }

    /// Returns the fields of an input object by name; `None` if the type is not an input object.
    #[must_use]
    pub fn input(&self, type_name: &str) -> Option<&BTreeMap<String, Argument>> {
        self.inputs.get(type_name)
    }

    /// Returns true if an input object takes exactly one of its fields.
    #[must_use]
    pub fn is_one_of(&self, type_name: &str) -> bool {
        self.one_of.contains(type_name)
    }

    /// Returns the kind of a type; `None` if the schema does not know the type.
    #[must_use]
    pub fn kind(&self, type_name: &str) -> Option<Kind> {
        self.kinds.get(type_name).copied()
    }

    /// Returns the names of the schema's own types, without the introspection types.
    pub fn type_names(&self) -> impl Iterator<Item = &String> {
        self.kinds.keys().filter(|name| !is_introspection(name))
    }

    /// Returns a directive that documents may use; `None` if there is no such directive.
    #[must_use]
    pub fn directive(&self, name: &str) -> Option<&DirectiveInfo> {
        self.directives.get(name)
    }

    /// Returns a field that a document may select on a type: one of the type's own, or an introspection field.
    #[must_use]
    pub fn selectable(&self, type_name: &str, field: &str) -> Option<&Arc<FieldInfo>> {
        match field {
            "__typename" => self.possible.get(type_name).and_then(|_| self.field(introspection::ANY, field)),
            "__schema" | "__type" if type_name == self.query => self.field(introspection::ROOT, field),
            _ => self.field(type_name, field),
        }
    }

    /// Returns the object types that an object, interface or union may be; empty for any other type.
    #[must_use]
    pub fn possible(&self, type_name: &str) -> &[String] {
        self.possible.get(type_name).map_or(&[], Vec::as_slice)
    }

    /// Returns true if some object may be of both types.
    #[must_use]
    pub fn overlap(&self, one: &str, other: &str) -> bool {
        let others = self.possible(other);
        self.possible(one).iter().any(|object| others.contains(object))
    }

    /// Returns all of the schema's own types that have fields, by name.
    #[must_use]
    pub fn types(&self) -> BTreeMap<&str, &BTreeMap<String, Arc<FieldInfo>>> {
        self.types
            .iter()
            .filter(|(name, _)| !is_introspection(name))
            .map(|(name, fields)| (name.as_str(), fields))
            .collect()
    }
}

/// Returns true if a type is an introspection type.
pub(super) fn is_introspection(type_name: &str) -> bool {
    type_name.starts_with("__")
}
