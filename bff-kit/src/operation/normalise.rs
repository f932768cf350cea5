//! An operation in its simplest form: the same answer from less to walk.
//!
//! async-graphql runs a field once for each time it is selected, and looks fragments up on every walk. So fields
//! that are selected twice become one, and fragments that always apply are written out where they are spread. Fields
//! that share a name in the answer and are not the same are found on the way: async-graphql looks for them in each
//! set by itself, and would answer one for the other.

use std::collections::{HashMap, HashSet};

use async_graphql::{Name, Pos, Positioned, ServerError};
use async_graphql_parser::types::{
    DocumentOperations, ExecutableDocument, Field, OperationType, Selection, SelectionSet,
};

use super::OutlineError;
use super::outline::select;
use crate::code::Code;
use crate::error::refusal;
use crate::schema::Catalogue;

/// Conflicts that are told of at most.
const MAX_CONFLICTS: usize = 10;

/// A document of nothing but the operation of that name, or the only one, in its simplest form; else what is wrong
/// with it. The document must fit the schema.
pub(super) fn normalised(
    catalogue: &Catalogue,
    document: &ExecutableDocument,
    name: Option<&str>,
) -> Result<ExecutableDocument, Vec<ServerError>> {
    let selected = select(&document.operations, name);
    let (name, operation) = selected.ok_or_else(|| vec![OutlineError::NoSuchOperation.refusal()])?;
    let root = match operation.ty {
        OperationType::Mutation => catalogue.mutation().unwrap_or_default(),
        _ => catalogue.query(),
    };
    let mut written = Written { catalogue, document, conflicts: Vec::new() };
    let selected = written.set(root, &[&operation.selection_set.node]);
    if !written.conflicts.is_empty() {
        written.conflicts.truncate(MAX_CONFLICTS);
        return Err(written.conflicts);
    }
    let mut operation = Positioned::new(operation.clone(), Pos::default());
    operation.node.selection_set.node = selected;
    let operations = match name {
        Some(name) => DocumentOperations::Multiple(HashMap::from([(Name::new(name), operation)])),
        None => DocumentOperations::Single(operation),
    };
    let mut normalised = ExecutableDocument { operations, fragments: document.fragments.clone() };
    keep_used_fragments(&mut normalised);
    Ok(normalised)
}

struct Written<'a> {
    catalogue: &'a Catalogue,
    document: &'a ExecutableDocument,
    /// Fields that cannot be merged.
    conflicts: Vec<ServerError>,
}

impl<'a> Written<'a> {
    /// The selections of all these sets on an object of the type, as one set.
    fn set(&mut self, type_name: &str, sets: &[&'a SelectionSet]) -> SelectionSet {
        let mut found = Selected::default();
        for set in sets {
            self.collect(type_name, set, &mut found);
        }
        let items = found.items.into_iter().map(|found| match found {
            Found::Field(field, sets) if sets.is_empty() => {
                Positioned::new(Selection::Field(field.clone()), field.pos)
            }
            Found::Field(field, sets) => {
                // Of what the schema does not know, introspection, only what stands here is seen.
                let info = self.catalogue.field(type_name, &field.node.name.node);
                let below = self.set(info.map_or("", |info| &info.type_name), &sets);
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

    fn collect(&mut self, type_name: &str, set: &'a SelectionSet, found: &mut Selected<'a>) {
        for selection in &set.items {
            match self.always(type_name, &selection.node) {
                Some(below) => self.collect(type_name, below, found),
                None => match &selection.node {
                    Selection::Field(field) => self.field(field, found),
                    _ => found.items.push(Found::Fragment(selection)),
                },
            }
        }
    }

    /// What a fragment selects that applies to every object of the type.
    fn always(&self, type_name: &str, selection: &'a Selection) -> Option<&'a SelectionSet> {
        let (on, set) = match selection {
            Selection::InlineFragment(fragment) if fragment.node.directives.is_empty() => {
                (fragment.node.type_condition.as_ref(), &fragment.node.selection_set)
            }
            Selection::FragmentSpread(spread) if spread.node.directives.is_empty() => {
                let fragment = &self.document.fragments.get(&spread.node.fragment_name.node)?.node;
                if !fragment.directives.is_empty() {
                    return None;
                }
                (Some(&fragment.type_condition), &fragment.selection_set)
            }
            _ => return None,
        };
        on.is_none_or(|on| self.catalogue.is_a(type_name, &on.node.on.node)).then_some(&set.node)
    }

    fn field(&mut self, field: &'a Positioned<Field>, found: &mut Selected<'a>) {
        let key = field.node.response_key().node.as_str();
        let below = &field.node.selection_set.node;
        let sets = if below.items.is_empty() { Vec::new() } else { vec![below] };
        // One that may be left out says nothing of another.
        let always = field.node.directives.is_empty();
        if always && let Some(&at) = found.fields.get(key) {
            if let Found::Field(before, all) = &mut found.items[at] {
                match conflict(&before.node, &field.node) {
                    None => all.extend(sets),
                    Some(problem) => self.conflicts.push(ServerError {
                        locations: vec![before.pos, field.pos],
                        ..refusal(Code::ValidationFailed, format!("Fields \"{key}\" conflict: {problem}."))
                    }),
                }
            }
            return;
        }
        if always {
            found.fields.insert(key, found.items.len());
        }
        found.items.push(Found::Field(field, sets));
    }
}

/// Why two fields of one name in the answer are not the same.
fn conflict(one: &Field, other: &Field) -> Option<String> {
    let (name, other_name) = (&one.name.node, &other.name.node);
    if name != other_name {
        return Some(format!("\"{name}\" and \"{other_name}\" are different fields"));
    }
    let same = one.arguments.len() == other.arguments.len()
        && one.arguments.iter().all(|(name, value)| {
            other.get_argument(&name.node).is_some_and(|other| other.node == value.node)
        });
    (!same).then(|| "they have differing arguments".to_owned())
}

/// What a set selects.
#[derive(Default)]
struct Selected<'a> {
    items: Vec<Found<'a>>,
    /// Where the field of each name in the answer stands that is always there.
    fields: HashMap<&'a str, usize>,
}

enum Found<'a> {
    /// A field, and the sets below it wherever it was selected.
    Field(&'a Positioned<Field>, Vec<&'a SelectionSet>),
    /// A fragment that does not always apply.
    Fragment(&'a Positioned<Selection>),
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
        type Shop implements Node { id: ID!, name: String, best: Shop, near(first: Int): [Shop!] }
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
            // Every shop is a node.
            ("{ shop { ... on Node { id } ...N name } } fragment N on Node { id }", "shop { id name } |"),
            (
                "{ node { ... on Node { id } ... on Shop { ... on Node { id } name } } }",
                "node { id ... { ... { id } name } } |",
            ),
            ("{ shop { ... @include(if: true) { id } id } }", "shop { ... { id } id } |"),
            ("{ shop { id @skip(if: true) id } }", "shop { id id } |"),
            ("{ __schema { types { name } } }", "__schema { types { name } } |"),
            ("{ __schema { types { name } types { kind } } }", "__schema { types { name kind } } |"),
        ];
        for (text, expected) in cases {
            let document = parse_query(text).unwrap();
            let normalised = normalised(&Catalogue::of(SDL), &document, None).unwrap();
            assert_eq!(shown(&normalised), expected, "{text}");
        }
    }

    #[test]
    fn fields_of_one_name_that_are_not_the_same_are_told() {
        let cases = [
            (
                "{ shop { x: id } shop { x: name } }",
                "Fields \"x\" conflict: \"id\" and \"name\" are different fields.",
            ),
            (
                "{ shop { best { name } ...S } } fragment S on Shop { best { name: id } }",
                "Fields \"name\" conflict: \"name\" and \"id\" are different fields.",
            ),
            (
                "{ shop { near(first: 1) { id } ... on Node { id } } ... { shop { near(first: 2) { id } } } }",
                "Fields \"near\" conflict: they have differing arguments.",
            ),
        ];
        for (text, expected) in cases {
            let errors = normalised(&Catalogue::of(SDL), &parse_query(text).unwrap(), None).unwrap_err();
            let messages: Vec<_> = errors.iter().map(|error| error.message.as_str()).collect();
            assert_eq!(messages, [expected], "{text}");
            assert_eq!(errors[0].locations.len(), 2, "{text}");
        }
        let alike = "{ shop { near(first: 1) { id } } shop { near(first: 1) { name } } }";
        assert!(normalised(&Catalogue::of(SDL), &parse_query(alike).unwrap(), None).is_ok());
        let many = format!("{{ {} }}", "shop { x: id } shop { x: name } ".repeat(100));
        let errors = normalised(&Catalogue::of(SDL), &parse_query(many).unwrap(), None).unwrap_err();
        assert_eq!(errors.len(), MAX_CONFLICTS);
    }
}
