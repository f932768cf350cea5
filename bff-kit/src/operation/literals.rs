//! Literals that hold variables. async-graphql validates a literal only once every variable in it has a value; here
//! documents are validated before they have any.

use async_graphql::{Pos, ServerError};
use async_graphql_parser::types::{
    BaseType, ExecutableDocument, Field, OperationType, Selection, SelectionSet, Type,
};
use async_graphql_value::Value;

use super::variables::literal_problems;
use crate::schema::Catalogue;

/// What is wrong with the arguments of a document that are written as objects and lists around variables.
pub(super) fn problems(catalogue: &Catalogue, document: &ExecutableDocument) -> Vec<ServerError> {
    let mut literals = Literals { catalogue, errors: Vec::new() };
    for (_, operation) in document.operations.iter() {
        let root = match operation.node.ty {
            OperationType::Mutation => catalogue.mutation().unwrap_or_default(),
            _ => catalogue.query(),
        };
        literals.set(root, &operation.node.selection_set.node);
    }
    for fragment in document.fragments.values() {
        literals.set(&fragment.node.type_condition.node.on.node, &fragment.node.selection_set.node);
    }
    literals.errors
}

struct Literals<'a> {
    catalogue: &'a Catalogue,
    errors: Vec<ServerError>,
}

impl Literals<'_> {
    fn set(&mut self, type_name: &str, set: &SelectionSet) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => {
                    let below = self.arguments(type_name, &field.node);
                    self.set(&below, &field.node.selection_set.node);
                }
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    let on = condition.map_or(type_name, |condition| &condition.node.on.node);
                    self.set(on, &fragment.node.selection_set.node);
                }
                // Walked for itself.
                Selection::FragmentSpread(_) => {}
            }
        }
    }

    /// Checks a field's arguments; answers the type of what is below it.
    fn arguments(&mut self, type_name: &str, field: &Field) -> String {
        let Some(info) = self.catalogue.field(type_name, &field.name.node) else { return String::new() };
        for (name, value) in &field.arguments {
            let Some(argument) = info.arguments.get(name.node.as_str()) else { continue };
            if matches!(value.node, Value::Variable(_)) || !has_variable(&value.node) {
                continue;
            }
            if let Some(ty) = Type::new(&argument.written_type) {
                self.literal(&value.node, &ty, &name.node, value.pos);
            }
        }
        info.type_name.clone()
    }

    fn literal(&mut self, value: &Value, ty: &Type, path: &str, at: Pos) {
        match (value, &ty.base) {
            (Value::Variable(_), _) => {}
            (Value::List(items), BaseType::List(item)) => {
                for (index, value) in items.iter().enumerate() {
                    self.literal(value, item, &format!("{path}.{index}"), at);
                }
            }
            // One where several may be is a list of one.
            (single, BaseType::List(item)) => self.literal(single, item, path, at),
            (Value::Object(sent), BaseType::Named(name)) if self.catalogue.input(name).is_some() => {
                let fields = self.catalogue.input(name).into_iter().flatten();
                let mut known = 0;
                for (key, field) in fields {
                    match sent.get(key.as_str()) {
                        Some(value) => {
                            known += 1;
                            self.literal(value, &field.ty, &format!("{path}.{key}"), at);
                        }
                        None if field.ty.nullable || field.default.is_some() => {}
                        None => self.wrong(at, format!("\"{path}.{key}\" of type {} is missing.", field.ty)),
                    }
                }
                if known < sent.len() {
                    let unknown = sent.keys().find(|key| {
                        self.catalogue.input(name).is_some_and(|fields| !fields.contains_key(key.as_str()))
                    });
                    let unknown = unknown.map(ToString::to_string).unwrap_or_default();
                    self.wrong(
                        at,
                        format!("\"{path}\" has a field \"{unknown}\", which {name} does not define."),
                    );
                }
            }
            (value, _) => {
                if let Some(value) = value.clone().into_const() {
                    for problem in literal_problems(self.catalogue, value, ty, path) {
                        self.wrong(at, problem);
                    }
                } else {
                    self.wrong(at, format!("\"{path}\" is not of type {ty}."));
                }
            }
        }
    }

    fn wrong(&mut self, at: Pos, message: String) {
        self.errors.push(ServerError::new(message, Some(at)));
    }
}

fn has_variable(value: &Value) -> bool {
    match value {
        Value::Variable(_) => true,
        Value::List(items) => items.iter().any(has_variable),
        Value::Object(fields) => fields.values().any(has_variable),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use async_graphql_parser::parse_query;

    use super::*;

    const SDL: &str = "
        schema { query: Query }
        type Query { find(by: By!, all: [By!]): Query }
        enum Colour { RED }
        input By { id: ID!, size: Int = 1, colour: Colour, tags: [String!], inner: By }
    ";

    #[test]
    fn what_stands_around_a_variable_must_fit() {
        let cases = [
            (
                "{ find(by: { id: $a }) { find(by: { id: $a, tags: [$b], inner: { id: \"x\" } }) { __typename } } }",
                "",
            ),
            (
                "{ find(by: { id: $a, size: \"x\" }) { __typename } }",
                "\"by.size\" expected an Int, not \"x\".",
            ),
            ("{ find(by: { size: $a }) { __typename } }", "\"by.id\" of type ID! is missing."),
            (
                "{ find(by: { id: $a, price: 1 }) { __typename } }",
                "\"by\" has a field \"price\", which By does not define.",
            ),
            (
                "{ find(by: { id: $a, inner: { id: null } }) { __typename } }",
                "\"by.inner.id\" of type ID! must not be null.",
            ),
            (
                "{ find(by: { id: 1 }, all: [{ id: $a, colour: RED }, { id: $a, colour: BLUE }]) { __typename } }",
                "\"all.1.colour\" expected a value of Colour, not BLUE.",
            ),
            (
                "{ ...F } fragment F on Query { find(by: { id: $a, tags: [1] }) { __typename } }",
                "\"by.tags.0\" expected a value of type String, not 1.",
            ),
        ];
        for (text, expected) in cases {
            let problems = problems(&Catalogue::of(SDL), &parse_query(text).unwrap());
            let messages: Vec<_> = problems.iter().map(|it| it.message.as_str()).collect();
            assert_eq!(messages.join("; "), expected, "{text}");
        }
    }
}
