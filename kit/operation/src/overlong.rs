//! Lists of an answer that are longer than the schema declares.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_graphql::parser::types::{ExecutableDocument, OperationType, Selection, SelectionSet};
use async_graphql_value::ConstValue;

use crate::schema::{FieldInfo, SchemaIndex};

/// Returns a sentence for each list of an answer with more items than its field declares. Plans, budgets and limits follow
/// from what is declared.
#[must_use]
pub fn overlong_lists(
    schema_index: &SchemaIndex,
    document: &ExecutableDocument,
    data: &ConstValue,
) -> Vec<String> {
    let mut walk = Walk { schema_index, document, found: BTreeMap::new() };
    for (_, operation) in document.operations.iter() {
        let root = match operation.node.ty {
            OperationType::Mutation => schema_index.mutation().unwrap_or_default(),
            _ => schema_index.query(),
        };
        walk.object(root, &operation.node.selection_set.node, data, &Above::default());
    }
    let told = |(path, (items, most)): (String, (usize, usize))| {
        format!("{path} has {items} items, and at most {most} are declared")
    };
    walk.found.into_iter().map(told).collect()
}

/// The way to an object, and the bounds that the field above it declares for its lists.
#[derive(Default)]
struct Above<'a> {
    path: String,
    lists: &'a [String],
    most: Option<usize>,
}

struct Walk<'a> {
    schema_index: &'a SchemaIndex,
    document: &'a ExecutableDocument,
    /// Items and bound of each list that is too long, the longest of a path.
    found: BTreeMap<String, (usize, usize)>,
}

impl Walk<'_> {
    fn object(&mut self, type_name: &str, set: &SelectionSet, value: &ConstValue, above: &Above<'_>) {
        let object = match value {
            ConstValue::List(items) => {
                for item in items {
                    self.object(type_name, set, item, above);
                }
                return;
            }
            ConstValue::Object(object) => object,
            _ => return,
        };
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => {
                    let field = &field.node;
                    let (key, name) = (field.response_key().node.as_str(), field.name.node.as_str());
                    let (Some(value), Some(info)) = (object.get(key), self.field(type_name, name)) else {
                        continue;
                    };
                    let path =
                        if above.path.is_empty() { key.to_owned() } else { format!("{}.{key}", above.path) };
                    let items = info.bounds.items.and_then(|items| usize::try_from(items).ok());
                    let own = items.filter(|_| info.bounds.of.is_empty());
                    let most = if above.lists.iter().any(|list| list == name) { above.most } else { own };
                    if let (ConstValue::List(items), Some(most)) = (value, most)
                        && items.len() > most
                    {
                        let longest = self.found.entry(path.clone()).or_insert((items.len(), most));
                        longest.0 = longest.0.max(items.len());
                    }
                    let below = Above { path, lists: &info.bounds.of, most: items };
                    self.object(&info.type_name, &field.selection_set.node, value, &below);
                }
                Selection::InlineFragment(fragment) => {
                    let on = fragment.node.type_condition.as_ref().map(|on| on.node.on.node.as_str());
                    self.object(on.unwrap_or(type_name), &fragment.node.selection_set.node, value, above);
                }
                Selection::FragmentSpread(spread) => {
                    let Some(fragment) = self.document.fragments.get(&spread.node.fragment_name.node) else {
                        continue;
                    };
                    let on = fragment.node.type_condition.node.on.node.as_str();
                    self.object(on, &fragment.node.selection_set.node, value, above);
                }
            }
        }
    }

    /// Returns a field of a type; for an interface that of an object which implements it, since those declare bounds.
    fn field(&self, type_name: &str, name: &str) -> Option<Arc<FieldInfo>> {
        let possible = self.schema_index.possible(type_name).iter().map(String::as_str);
        possible.chain([type_name]).find_map(|it| self.schema_index.field(it, name).cloned())
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_list_past_its_bound_is_told_by_its_path() {
        let schema_index = SchemaIndex::of(
            r#"
            schema { query: Query }
            type Query { page: Page @bounds(items: 2, of: ["items"]) tags: [String!]! @bounds(items: 3) }
            type Page { items: [Item!]! }
            type Item { parts: [Item!]! @bounds(items: 1) }
            "#,
        );
        let document =
            parse_query("{ page { all: items { parts { __typename } } } tags ...More } fragment More on Query { more: tags }").unwrap();
        let item = |parts: usize| json!({ "parts": vec![json!({ "__typename": "Item" }); parts] });
        let told = |data| {
            let data = ConstValue::from_json(data).unwrap();
            overlong_lists(&schema_index, &document, &data)
        };
        let within = json!({ "page": { "all": [item(1), item(0)] }, "tags": ["a", "b", "c"], "more": null });
        assert_eq!(told(within), Vec::<String>::new());
        let beyond = json!({
            "page": { "all": [item(1), item(3), item(2)] },
            "tags": ["a"],
            "more": ["a", "b", "c", "d"],
        });
        assert_eq!(
            told(beyond),
            [
                "more has 4 items, and at most 3 are declared",
                "page.all has 3 items, and at most 2 are declared",
                "page.all.parts has 3 items, and at most 1 are declared",
            ]
        );
    }
}
