//! A document as a client wrote it: every position is kept, and nothing is interpreted.

use std::collections::{BTreeSet, HashMap};

use async_graphql::{Name, Pos, Positioned};
use async_graphql_parser::types::{OperationType, Type};

/// Operations and fragments of one document, in document order.
#[derive(Debug, Default)]
pub struct Document {
    /// Operations, in document order.
    pub operations: Vec<Operation>,
    /// Fragments, in document order.
    pub fragments: Vec<Fragment>,
    by_name: HashMap<Name, usize>,
}

#[derive(Debug)]
pub struct Operation {
    pub pos: Pos,
    pub ty: OperationType,
    pub name: Option<Positioned<Name>>,
    pub variables: Vec<VariableDefinition>,
    pub directives: Vec<Directive>,
    pub selections: SelectionSet,
}

#[derive(Debug)]
pub struct VariableDefinition {
    pub pos: Pos,
    pub name: Positioned<Name>,
    pub ty: Positioned<Type>,
    /// Position of the name within the type.
    pub named_pos: Pos,
    pub default: Option<Value>,
    pub directives: Vec<Directive>,
}

#[derive(Debug)]
pub struct Fragment {
    pub pos: Pos,
    pub name: Positioned<Name>,
    pub on: Positioned<Name>,
    pub directives: Vec<Directive>,
    pub selections: SelectionSet,
}

#[derive(Debug)]
pub struct SelectionSet {
    pub pos: Pos,
    pub items: Vec<Selection>,
}

#[derive(Debug)]
pub enum Selection {
    Field(Field),
    Inline(InlineFragment),
    Spread(Spread),
}

#[derive(Debug)]
pub struct Field {
    pub pos: Pos,
    pub alias: Option<Positioned<Name>>,
    pub name: Positioned<Name>,
    pub arguments: Vec<Argument>,
    pub directives: Vec<Directive>,
    pub selections: Option<SelectionSet>,
}

#[derive(Debug)]
pub struct InlineFragment {
    pub pos: Pos,
    pub on: Option<Positioned<Name>>,
    pub directives: Vec<Directive>,
    pub selections: SelectionSet,
}

#[derive(Debug)]
pub struct Spread {
    pub pos: Pos,
    pub name: Positioned<Name>,
    pub directives: Vec<Directive>,
}

#[derive(Debug)]
pub struct Directive {
    pub pos: Pos,
    pub name: Positioned<Name>,
    pub arguments: Vec<Argument>,
}

/// An argument of a field or directive, or a field of an object literal.
#[derive(Debug)]
pub struct Argument {
    pub pos: Pos,
    pub name: Positioned<Name>,
    pub value: Value,
}

#[derive(Debug)]
pub struct Value {
    pub pos: Pos,
    pub literal: Literal,
}

/// Literal of a value. Numbers are kept as text, because the type of their position decides their meaning and an `ID`
/// may have any number of digits.
#[derive(Debug)]
pub enum Literal {
    Null,
    Boolean(bool),
    Int(Box<str>),
    Float(Box<str>),
    String { text: String, block: bool },
    Enum(Name),
    Variable(Name),
    List(Vec<Value>),
    Object(Vec<Argument>),
}

impl Document {
    /// Creates a document, and indexes its fragments by name.
    #[must_use]
    pub fn new(operations: Vec<Operation>, fragments: Vec<Fragment>) -> Self {
        let names = fragments.iter().enumerate().map(|(index, it)| (it.name.node.clone(), index));
        let by_name = names.collect();
        Self { operations, fragments, by_name }
    }

    /// Returns the fragment with this name; the last one if an invalid document has several.
    #[must_use]
    pub fn fragment(&self, name: &str) -> Option<&Fragment> {
        self.fragment_index(name).map(|index| &self.fragments[index])
    }

    /// Returns the index of the fragment with this name; that of the last one if an invalid document has several.
    #[must_use]
    pub fn fragment_index(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// Returns the names of all fragments that the document spreads.
    #[must_use]
    pub fn spreads(&self) -> BTreeSet<&str> {
        let mut names = BTreeSet::new();
        let operations = self.operations.iter().map(|it| &it.selections);
        let mut open: Vec<_> = operations.chain(self.fragments.iter().map(|it| &it.selections)).collect();
        while let Some(set) = open.pop() {
            for selection in &set.items {
                match selection {
                    Selection::Field(field) => open.extend(&field.selections),
                    Selection::Inline(fragment) => open.push(&fragment.selections),
                    Selection::Spread(spread) => _ = names.insert(spread.name.node.as_str()),
                }
            }
        }
        names
    }

    /// Returns the operation with this name; without a name, the only operation of the document.
    #[must_use]
    pub fn operation(&self, name: Option<&str>) -> Option<&Operation> {
        match name {
            Some(name) => {
                self.operations.iter().find(|it| it.name.as_ref().is_some_and(|own| own.node == name))
            }
            None => self.operations.first().filter(|_| self.operations.len() == 1),
        }
    }
}

impl Field {
    /// Returns the response key: the alias, or the name of a field without one.
    pub fn response_key(&self) -> &Name {
        self.alias.as_ref().map_or(&self.name.node, |alias| &alias.node)
    }
}

impl Selection {
    pub fn directives(&self) -> &[Directive] {
        match self {
            Self::Field(field) => &field.directives,
            Self::Inline(fragment) => &fragment.directives,
            Self::Spread(spread) => &spread.directives,
        }
    }
}

impl Directive {
    pub fn argument(&self, name: &str) -> Option<&Value> {
        self.arguments.iter().find(|it| it.name.node == name).map(|it| &it.value)
    }
}
