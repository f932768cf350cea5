//! An operation in its simplest form: the same answer from less to walk.
//!
//! async-graphql runs a field once for each time it is selected, and looks fragments up on every walk. So fields
//! that are selected twice become one, and fragments that always apply are written out where they are spread.

use std::collections::{HashMap, HashSet};

use async_graphql::{Name, Pos, Positioned};
use async_graphql_parser::types::{
    DocumentOperations, ExecutableDocument, Field, OperationType, Selection, SelectionSet,
};

use super::outline::select;
use crate::schema::Catalogue;

/// A document of nothing but the operation of that name, or the only one, in its simplest form; none where there is
/// no such operation. The document must fit the schema.
pub(super) fn normalised(
    catalogue: &Catalogue,
    document: &ExecutableDocument,
    name: Option<&str>,
) -> Option<ExecutableDocument> {
    let (name, operation) = select(&document.operations, name)?;
    let root = match operation.ty {
        OperationType::Mutation => catalogue.mutation().unwrap_or_default(),
        _ => catalogue.query(),
    };
    let mut operation = operation.clone();
    let written = Written { catalogue, document };
    operation.selection_set.node = written.set(root, &[&operation.selection_set.node]);
    let operation = Positioned::new(operation, Pos::default());
    let operations = match name {
        Some(name) => DocumentOperations::Multiple(HashMap::from([(Name::new(name), operation)])),
        None => DocumentOperations::Single(operation),
    };
    let mut normalised = ExecutableDocument { operations, fragments: document.fragments.clone() };
    keep_used_fragments(&mut normalised);
    Some(normalised)
}

struct Written<'a> {
    catalogue: &'a Catalogue,
    document: &'a ExecutableDocument,
}

impl<'a> Written<'a> {
    /// The selections of all these sets on an object of the type, as one set.
    fn set(&self, type_name: &str, sets: &[&'a SelectionSet]) -> SelectionSet {
        let mut found = Vec::new();
        for set in sets {
            self.collect(type_name, set, &mut found);
        }
        let items = found.into_iter().map(|found| match found {
            Found::Field(field, sets) if sets.is_empty() => {
                Positioned::new(Selection::Field(field.clone()), field.pos)
            }
            Found::Field(field, sets) => {
                let info = self.catalogue.field(type_name, &field.node.name.node);
                // What the schema does not know is left alone: introspection.
                let below = match info {
                    Some(info) => self.set(&info.type_name, &sets),
                    None => SelectionSet { items: sets.iter().flat_map(|set| set.items.clone()).collect() },
                };
                let node = Field {
                    selection_set: Positioned::new(below, field.node.selection_set.pos),
                    ..field.node.clone()
                };
                Positioned::new(Selection::Field(Positioned::new(node, field.pos)), field.pos)
            }
            Found::Fragment(selection) => selection.clone(),
        });
        SelectionSet { items: items.collect() }
    }

    fn collect(&self, type_name: &str, set: &'a SelectionSet, found: &mut Vec<Found<'a>>) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => {
                    let below = &field.node.selection_set.node;
                    let sets = if below.items.is_empty() { Vec::new() } else { vec![below] };
                    let same = found.iter_mut().find_map(|it| it.same(field));
                    match same {
                        Some(before) => before.extend(sets),
                        None => found.push(Found::Field(field, sets)),
                    }
                }
                Selection::InlineFragment(fragment)
                    if fragment.node.directives.is_empty()
                        && fragment
                            .node
                            .type_condition
                            .as_ref()
                            .is_none_or(|it| it.node.on.node == type_name) =>
                {
                    self.collect(type_name, &fragment.node.selection_set.node, found);
                }
                Selection::FragmentSpread(spread) => {
                    let fragment = self.document.fragments.get(&spread.node.fragment_name.node);
                    match fragment.map(|it| &it.node) {
                        Some(fragment)
                            if spread.node.directives.is_empty()
                                && fragment.directives.is_empty()
                                && fragment.type_condition.node.on.node == type_name =>
                        {
                            self.collect(type_name, &fragment.selection_set.node, found);
                        }
                        _ => found.push(Found::Fragment(selection)),
                    }
                }
                Selection::InlineFragment(_) => found.push(Found::Fragment(selection)),
            }
        }
    }
}

/// What a set selects.
enum Found<'a> {
    /// A field, and the sets below it wherever it was selected.
    Field(&'a Positioned<Field>, Vec<&'a SelectionSet>),
    /// A fragment that does not always apply.
    Fragment(&'a Positioned<Selection>),
}

impl<'a> Found<'a> {
    /// The sets below this, where it is the same field as another and both are always there.
    fn same(&mut self, other: &Positioned<Field>) -> Option<&mut Vec<&'a SelectionSet>> {
        match self {
            Self::Field(field, sets)
                if field.node.response_key().node == other.node.response_key().node
                    && field.node.directives.is_empty()
                    && other.node.directives.is_empty() =>
            {
                Some(sets)
            }
            _ => None,
        }
    }
}

/// Drops the fragments that nothing spreads any more.
fn keep_used_fragments(document: &mut ExecutableDocument) {
    fn spreads<'a>(set: &'a SelectionSet, found: &mut Vec<&'a str>) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => spreads(&field.node.selection_set.node, found),
                Selection::InlineFragment(fragment) => spreads(&fragment.node.selection_set.node, found),
                Selection::FragmentSpread(spread) => found.push(&spread.node.fragment_name.node),
            }
        }
    }
    let mut used = HashSet::new();
    let mut left = Vec::new();
    for (_, operation) in document.operations.iter() {
        spreads(&operation.node.selection_set.node, &mut left);
    }
    while let Some(name) = left.pop() {
        if used.insert(name.to_owned())
            && let Some(fragment) = document.fragments.get(name)
        {
            spreads(&fragment.node.selection_set.node, &mut left);
        }
    }
    document.fragments.retain(|name, _| used.contains(name.as_str()));
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use async_graphql_parser::parse_query;

    use super::*;

    const SDL: &str = "
        schema { query: Query }
        interface Node { id: ID! }
        type Query { node: Node, shop: Shop }
        type Shop implements Node { id: ID!, name: String, best: Shop }
    ";

    /// The document in one line, as far as these tests go.
    fn shown(document: &ExecutableDocument) -> String {
        fn write_set(set: &SelectionSet, text: &mut String) {
            for selection in &set.items {
                match &selection.node {
                    Selection::Field(field) => {
                        if let Some(alias) = &field.node.alias {
                            write!(text, "{}:", alias.node).unwrap();
                        }
                        write!(text, "{} ", field.node.name.node).unwrap();
                        if !field.node.selection_set.node.items.is_empty() {
                            text.push_str("{ ");
                            write_set(&field.node.selection_set.node, text);
                            text.push_str("} ");
                        }
                    }
                    Selection::InlineFragment(fragment) => {
                        text.push_str("... { ");
                        write_set(&fragment.node.selection_set.node, text);
                        text.push_str("} ");
                    }
                    Selection::FragmentSpread(spread) => {
                        write!(text, "...{} ", spread.node.fragment_name.node).unwrap();
                    }
                }
            }
        }
        fn set_of(document: &ExecutableDocument) -> &SelectionSet {
            &document.operations.iter().next().unwrap().1.node.selection_set.node
        }
        let mut text = String::new();
        write_set(set_of(document), &mut text);
        let mut names: Vec<_> = document.fragments.keys().map(ToString::to_string).collect();
        names.sort();
        format!("{}| {}", text, names.join(" ")).trim_end().to_owned()
    }

    #[test]
    fn what_is_selected_twice_is_selected_once_and_what_always_applies_is_written_out() {
        let cases = [
            ("{ shop { id } shop { name id } }", "shop { id name } |"),
            (
                "{ shop { ...S } shop { best { id } } } fragment S on Shop { name best { ...T } } fragment T on Shop { name }",
                "shop { name best { name id } } |",
            ),
            ("{ ... { shop { id } } ... on Query { shop { name } } }", "shop { id name } |"),
            ("{ a: shop { id } b: shop { id } a: shop { name } }", "a:shop { id name } b:shop { id } |"),
            // What may not apply stays as it is.
            (
                "{ node { id ...S } } fragment S on Shop { name ...T } fragment T on Shop { id }",
                "node { id ...S } | S T",
            ),
            ("{ shop { ... @include(if: true) { id } id } }", "shop { ... { id } id } |"),
            ("{ shop { id @skip(if: true) id } }", "shop { id id } |"),
            ("{ __schema { types { name } } }", "__schema { types { name } } |"),
        ];
        for (text, expected) in cases {
            let document = parse_query(text).unwrap();
            let normalised = normalised(&Catalogue::of(SDL), &document, None).unwrap();
            assert_eq!(shown(&normalised), expected, "{text}");
        }
    }
}
