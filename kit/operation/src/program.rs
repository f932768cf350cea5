//! An operation as a program: what to write for each of its fields, and which slots their values come from.
//!
//! A program is made once per operation. It holds no code: `resolver` runs it over the rows of a schema, of which a field here
//! names its own by number.

use std::fmt;

use async_graphql::{Name, Pos, Variables};
use async_graphql_parser::types::{ExecutableDocument, Field, OperationDefinition, OperationType, Selection};
use async_graphql_value::{ConstValue, Value};

use crate::call_graph::{CallGraph, Target};
use crate::schema::{Kind, SchemaIndex, base_name};

/// Upper bound on the slots of a program: their sets are numbers of so many bits.
const MAX_SLOTS: usize = 64;

/// Returns the number of the row of a field, by the names of its type and its own; `None` if it is no row. It knows
/// `__typename` for every type with rows.
pub type FindRow = dyn Fn(&str, &str) -> Option<usize> + Send + Sync;

/// An operation as a program.
#[derive(Debug)]
pub struct Program {
    /// Fields of the root, in the order of the selection.
    pub fields: Box<[ProgramField]>,
    /// The slots that each slot waits for, as a set.
    pub slots: Box<[SlotSet]>,
    /// Number of the fields that fetch.
    pub fetching: usize,
}

/// A field of a program.
#[derive(Debug)]
pub struct ProgramField {
    /// Key in the answer.
    pub key: Box<str>,
    /// The key as it is written: in quotes, with a colon.
    pub text: Box<str>,
    /// The row of its object.
    pub row: ProgramRow,
    /// Slots of its calls, in order.
    pub slots: Box<[usize]>,
    /// Number among the fields that fetch.
    pub fetching: usize,
    /// The slots of its calls, as a set.
    pub own: SlotSet,
    /// The slots of the fields below it, as a set.
    pub below: SlotSet,
    /// True if it needs no more of its object than the key.
    pub hoisted: bool,
    /// True if it takes a fallback when its calls fail.
    pub optional: bool,
    /// Its place in the document.
    pub pos: Pos,
    /// Its arguments, as the document gives them.
    arguments: Box<[(Name, Value)]>,
    /// Fields of its objects.
    pub fields: Box<[ProgramField]>,
}

impl ProgramField {
    /// Returns the value of an argument with these variables, which must be coerced; `None` if it is left out.
    #[must_use]
    pub fn argument(&self, name: &str, variables: &Variables) -> Option<ConstValue> {
        let (_, value) = self.arguments.iter().find(|(argument, _)| argument == name)?;
        given(value, variables)
    }
}

/// Returns a value with these variables; `None` for a variable that is left out. A field of an object is left out with its
/// variable, and an item of a list is null.
fn given(value: &Value, variables: &Variables) -> Option<ConstValue> {
    match value {
        Value::Variable(name) => variables.get(name).cloned(),
        Value::Object(fields) => {
            let fields =
                fields.iter().filter_map(|(name, value)| Some((name.clone(), given(value, variables)?)));
            Some(ConstValue::Object(fields.collect()))
        }
        Value::List(items) => {
            let items = items.iter().map(|value| given(value, variables).unwrap_or_default());
            Some(ConstValue::List(items.collect()))
        }
        plain => plain.clone().into_const(),
    }
}

/// The row of a field.
#[derive(Debug)]
pub enum ProgramRow {
    /// The row with this number.
    Row(usize),
    /// The name of the type, as JSON.
    Typename(Box<str>),
}

/// A set of slots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SlotSet(u64);

impl SlotSet {
    /// Returns the set of one slot.
    #[must_use]
    pub const fn of(slot: usize) -> Self {
        Self(1 << slot)
    }

    /// Returns the slots of both sets.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Returns true if a slot is in both sets.
    #[must_use]
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Returns true if all slots of this set are in the other.
    #[must_use]
    pub const fn is_within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Returns true if the set is empty.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// The reason why an operation is no program. It then runs by resolvers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoProgram {
    /// No operation runs as a program.
    SwitchedOff,
    /// It changes something.
    Mutation,
    /// It asks for the schema.
    Introspection,
    /// It makes more calls than a program may.
    ManySlots,
    /// Its conditions depend on more variables than there are forms for.
    ManyConditions,
    /// A field is no row: it is written by hand, or of a type that programs do not know.
    Written(String),
    /// A field returns objects of several types.
    SeveralTypes(String),
    /// Fetches do not start beside the calls that load their objects.
    NoHoisting,
}

impl fmt::Display for NoProgram {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SwitchedOff => formatter.write_str("programs are switched off"),
            Self::Mutation => formatter.write_str("it changes something"),
            Self::Introspection => formatter.write_str("it asks for the schema"),
            Self::ManySlots => write!(formatter, "it makes more than {MAX_SLOTS} calls"),
            Self::ManyConditions => formatter.write_str("too many variables decide what is selected"),
            Self::Written(field) => write!(formatter, "{field} is written by hand, or of a type that is"),
            Self::SeveralTypes(field) => write!(formatter, "{field} returns objects of several types"),
            Self::NoHoisting => formatter.write_str("hoisting is switched off"),
        }
    }
}

impl Program {
    /// Makes the program of an operation in its simplest form.
    ///
    /// # Panics
    ///
    /// Never: a document in its simplest form holds its operation.
    pub(crate) fn of(
        document: &ExecutableDocument,
        call_graph: &CallGraph,
        schema_index: &SchemaIndex,
        rows: &FindRow,
    ) -> Result<Self, NoProgram> {
        let mut operations = document.operations.iter();
        let (_, operation) = operations.next().expect("a document in its simplest form holds its operation");
        let OperationDefinition { ty, selection_set, .. } = &operation.node;
        match ty {
            OperationType::Query => {}
            _ => return Err(NoProgram::Mutation),
        }
        if !call_graph.hoists {
            return Err(NoProgram::NoHoisting);
        }
        if call_graph.fetches.len() > MAX_SLOTS {
            return Err(NoProgram::ManySlots);
        }
        let mut compiler = Compiler { call_graph, schema_index, rows, fetching: 0 };
        let fields = compiler.fields(&selection_set.node.items, schema_index.query(), 0)?;
        let waits = |of: &crate::call_graph::FetchNode| {
            of.from.iter().fold(SlotSet::default(), |set, slot| set.with(SlotSet::of(*slot)))
        };
        let slots = call_graph.fetches.iter().map(waits).collect();
        Ok(Self { fields, slots, fetching: compiler.fetching })
    }
}

struct Compiler<'a> {
    call_graph: &'a CallGraph,
    schema_index: &'a SchemaIndex,
    rows: &'a FindRow,
    fetching: usize,
}

impl Compiler<'_> {
    fn fields(
        &mut self,
        selections: &[async_graphql::Positioned<Selection>],
        type_name: &str,
        node: usize,
    ) -> Result<Box<[ProgramField]>, NoProgram> {
        let mut fields = Vec::with_capacity(selections.len());
        for selection in selections {
            match &selection.node {
                Selection::Field(field) => {
                    fields.push(self.field(&field.node, field.pos, type_name, node)?);
                }
                // Only objects of several types have fragments in this form.
                _ => return Err(NoProgram::SeveralTypes(type_name.to_owned())),
            }
        }
        Ok(fields.into())
    }

    fn field(
        &mut self,
        field: &Field,
        pos: Pos,
        type_name: &str,
        parent: usize,
    ) -> Result<ProgramField, NoProgram> {
        let (name, key) = (field.name.node.as_str(), field.response_key().node.as_str());
        let plain = ProgramField {
            key: key.into(),
            text: format!("{}:", serde_json::Value::from(key)).into(),
            row: ProgramRow::Typename(serde_json::Value::from(type_name).to_string().into()),
            slots: Box::default(),
            fetching: 0,
            own: SlotSet::default(),
            below: SlotSet::default(),
            hoisted: false,
            optional: false,
            pos,
            arguments: field
                .arguments
                .iter()
                .map(|(name, value)| (name.node.clone(), value.node.clone()))
                .collect(),
            fields: Box::default(),
        };
        let written = || NoProgram::Written(format!("{type_name}.{name}"));
        if name == "__typename" {
            // A type without rows is not known to be an object.
            return (self.rows)(type_name, name).map(|_| plain).ok_or_else(written);
        }
        if name.starts_with("__") {
            return Err(NoProgram::Introspection);
        }
        let info = self.schema_index.field(type_name, name).ok_or_else(written)?;
        let row = (self.rows)(type_name, name).ok_or_else(written)?;
        let of = base_name(&info.ty);
        if matches!(self.schema_index.kind(of), Some(Kind::Interface | Kind::Union)) {
            return Err(NoProgram::SeveralTypes(format!("{type_name}.{name}")));
        }
        let nodes = &self.call_graph.nodes;
        let children = &nodes[parent].children;
        let node = children.iter().copied().find(|child| nodes[*child].key == key).ok_or_else(written)?;
        let slots: Option<Box<[usize]>> = nodes[node]
            .steps
            .iter()
            .map(|step| match step.target {
                Target::Fetch(slot) => Some(slot),
                Target::Command(_) => None,
            })
            .collect();
        let slots = slots.ok_or_else(written)?;
        let own = slots.iter().fold(SlotSet::default(), |set, slot| set.with(SlotSet::of(*slot)));
        let fetching = self.fetching;
        // Each call of a field has keys of its own.
        self.fetching += slots.len();
        let fields = self.fields(&field.selection_set.node.items, of, node)?;
        let below =
            fields.iter().fold(SlotSet::default(), |set, field| set.with(field.own).with(field.below));
        Ok(ProgramField {
            row: ProgramRow::Row(row),
            slots,
            fetching,
            own,
            below,
            hoisted: nodes[node].hoisted,
            optional: info.fallback.is_some(),
            fields,
            ..plain
        })
    }
}
