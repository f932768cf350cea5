//! A document as a client wrote it: every position is kept, and nothing is interpreted.

use std::collections::{BTreeSet, HashMap};

use async_graphql::{Name, Pos, Positioned};
use async_graphql_parser::types::{OperationType, Type};

/// The operations and fragments of one document, in its order.
#[derive(Debug, Default)]
pub(crate) struct Document {
    pub(crate) operations: Vec<Operation>,
    pub(crate) fragments: Vec<Fragment>,
    by_name: HashMap<Name, usize>,
}

#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) pos: Pos,
    pub(crate) ty: OperationType,
    pub(crate) name: Option<Positioned<Name>>,
    pub(crate) variables: Vec<VariableDefinition>,
    pub(crate) directives: Vec<Directive>,
    pub(crate) selections: SelectionSet,
}

#[derive(Debug)]
pub(crate) struct VariableDefinition {
    pub(crate) pos: Pos,
    pub(crate) name: Positioned<Name>,
    pub(crate) ty: Positioned<Type>,
    /// Position of the name within the type.
    pub(crate) named_pos: Pos,
    pub(crate) default: Option<Value>,
    pub(crate) directives: Vec<Directive>,
}

#[derive(Debug)]
pub(crate) struct Fragment {
    pub(crate) pos: Pos,
    pub(crate) name: Positioned<Name>,
    pub(crate) on: Positioned<Name>,
    pub(crate) directives: Vec<Directive>,
    pub(crate) selections: SelectionSet,
}

#[derive(Debug)]
pub(crate) struct SelectionSet {
    pub(crate) pos: Pos,
    pub(crate) items: Vec<Selection>,
}

#[derive(Debug)]
pub(crate) enum Selection {
    Field(Field),
    Inline(InlineFragment),
    Spread(Spread),
}

#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) pos: Pos,
    pub(crate) alias: Option<Positioned<Name>>,
    pub(crate) name: Positioned<Name>,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) directives: Vec<Directive>,
    pub(crate) selections: Option<SelectionSet>,
}

#[derive(Debug)]
pub(crate) struct InlineFragment {
    pub(crate) pos: Pos,
    pub(crate) on: Option<Positioned<Name>>,
    pub(crate) directives: Vec<Directive>,
    pub(crate) selections: SelectionSet,
}

#[derive(Debug)]
pub(crate) struct Spread {
    pub(crate) pos: Pos,
    pub(crate) name: Positioned<Name>,
    pub(crate) directives: Vec<Directive>,
}

#[derive(Debug)]
pub(crate) struct Directive {
    pub(crate) pos: Pos,
    pub(crate) name: Positioned<Name>,
    pub(crate) arguments: Vec<Argument>,
}

/// An argument of a field or directive, or a field of an object literal.
#[derive(Debug)]
pub(crate) struct Argument {
    pub(crate) pos: Pos,
    pub(crate) name: Positioned<Name>,
    pub(crate) value: Value,
}

#[derive(Debug)]
pub(crate) struct Value {
    pub(crate) pos: Pos,
    pub(crate) literal: Literal,
}

/// What a value is. Numbers are kept as text: their type decides what they mean, and an `ID` may have any digits.
#[derive(Debug)]
pub(crate) enum Literal {
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
    pub(crate) fn new(operations: Vec<Operation>, fragments: Vec<Fragment>) -> Self {
        let names = fragments.iter().enumerate().map(|(index, it)| (it.name.node.clone(), index));
        let by_name = names.collect();
        Self { operations, fragments, by_name }
    }

    /// The fragment of that name; the last one, where a document that is not valid has several.
    pub(crate) fn fragment(&self, name: &str) -> Option<&Fragment> {
        self.fragment_index(name).map(|index| &self.fragments[index])
    }

    /// Which of the fragments has that name.
    pub(crate) fn fragment_index(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// Names of the fragments that are spread somewhere in it.
    pub(crate) fn spreads(&self) -> BTreeSet<&str> {
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
    pub(crate) fn operation(&self, name: Option<&str>) -> Option<&Operation> {
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
    pub(crate) fn response_key(&self) -> &Name {
        self.alias.as_ref().map_or(&self.name.node, |alias| &alias.node)
    }
}

impl Selection {
    pub(crate) fn directives(&self) -> &[Directive] {
        match self {
            Self::Field(field) => &field.directives,
            Self::Inline(fragment) => &fragment.directives,
            Self::Spread(spread) => &spread.directives,
        }
    }
}

impl Directive {
    pub(crate) fn argument(&self, name: &str) -> Option<&Value> {
        self.arguments.iter().find(|it| it.name.node == name).map(|it| &it.value)
    }
}
