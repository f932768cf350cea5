//! A document as a client wrote it: every position is kept, and nothing is interpreted.

use std::collections::{BTreeSet, HashMap};

use async_graphql::{Name, Pos, Positioned};
use async_graphql_parser::types::{OperationType, Type};

/// The operations and fragments of one document, in its order.
#[derive(Debug, Default)]
pub struct Document {
    /// Its operations, in its order.
    pub operations: Vec<Operation>,
    /// Its fragments, in its order.
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

/// What a value is. Numbers are kept as text: their type decides what they mean, and an `ID` may have any digits.
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
    /// A document of these.
    #[must_use]
    pub fn new(operations: Vec<Operation>, fragments: Vec<Fragment>) -> Self {
        let names = fragments.iter().enumerate().map(|(index, it)| (it.name.node.clone(), index));
        let by_name = names.collect();
        Self { operations, fragments, by_name }
    }

    /// The fragment of that name; the last one, where a document that is not valid has several.
    #[must_use]
    pub fn fragment(&self, name: &str) -> Option<&Fragment> {
        self.fragment_index(name).map(|index| &self.fragments[index])
    }

    /// Which of the fragments has that name.
    #[must_use]
    pub fn fragment_index(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// Names of the fragments that are spread somewhere in it.
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

    /// The operation of that name, or the only one.
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
    /// The key in the answer.
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
