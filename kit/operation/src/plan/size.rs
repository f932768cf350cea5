//! Upper bounds on the size of an answer.

use serde::Serialize;

use crate::CallGraph;
use crate::call_graph::{Node, Selected};
use crate::schema::SchemaIndex;

/// Assumed bytes of a string whose field declares no bound. Generous for names and addresses.
const STRING: u64 = 120;

/// Assumed bytes of an identifier whose field declares no bound.
const ID: u64 = 64;

/// Assumed bytes of the longest type name.
const TYPE_NAME: u64 = 40;

/// Bytes around the whole answer: `{"data":` and `}`.
const ENVELOPE: u64 = 9;

/// Size that all instances of a field add to the answer together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldSize {
    /// Path of the field without list indices.
    pub path: String,
    /// Upper bound in bytes.
    pub bytes: u64,
}

/// Returns the bytes of the answer, and its leaves by size.
pub(super) fn of(call_graph: &CallGraph, schema_index: &SchemaIndex) -> (u64, Vec<FieldSize>) {
    let mut sizes = Sizes { call_graph, schema_index, leaves: Vec::new() };
    let bytes = sizes.object(&call_graph.nodes[0], 1).saturating_add(ENVELOPE);
    let mut leaves = sizes.leaves;
    leaves.sort_by(|one, other| other.bytes.cmp(&one.bytes).then_with(|| one.path.cmp(&other.path)));
    (bytes, leaves)
}

struct Sizes<'a> {
    call_graph: &'a CallGraph,
    schema_index: &'a SchemaIndex,
    leaves: Vec<FieldSize>,
}

impl Sizes<'_> {
    /// Returns the bytes of one object with all its fields; `times` is the number of such objects.
    fn object(&mut self, node: &Node, times: u64) -> u64 {
        node.children.iter().fold(2, |bytes: u64, child| {
            let field = &self.call_graph.nodes[*child];
            // Quotes, colon and comma.
            let key = field.key.len() as u64 + 4;
            bytes.saturating_add(key).saturating_add(self.value(*child, times))
        })
    }

    fn value(&mut self, index: usize, times: u64) -> u64 {
        let node = &self.call_graph.nodes[index];
        // Objects of several types may have the field, but an answer holds the value of only one of them.
        let items = node.fields.iter().filter_map(|field| field.items).max();
        let many = times.saturating_mul(items.unwrap_or(1));
        let one = if node.children.is_empty() {
            let scalar = node.fields.iter().map(|field| self.scalar(field)).max();
            let scalar = scalar.unwrap_or(TYPE_NAME + 2).max("null".len() as u64);
            let bytes = scalar.saturating_mul(many);
            self.leaves.push(FieldSize { path: self.call_graph.path(index), bytes });
            scalar
        } else {
            self.object(node, many)
        };
        match items {
            Some(items) => items.saturating_mul(one.saturating_add(1)).saturating_add(2),
            None => one,
        }
    }

    fn scalar(&self, field: &Selected) -> u64 {
        let info = &field.info;
        let text = |bytes: u64| bytes + 2;
        match info.type_name.as_str() {
            "Boolean" => "false".len() as u64,
            "Int" => "-2147483648".len() as u64,
            "Float" => 24,
            "ID" => text(info.bounds.bytes.map_or(ID, u64::from)),
            name => {
                let longest =
                    |values: &[String]| values.iter().map(String::len).max().unwrap_or_default() as u64;
                let usual = || most_bytes(name).unwrap_or(STRING);
                let of_text = || info.bounds.bytes.map_or_else(usual, u64::from);
                text(self.schema_index.values(name).map_or_else(of_text, longest))
            }
        }
    }
}

/// Returns the upper bound in bytes on a value of one of the kit's scalars; `None` if only the bound of any text holds.
fn most_bytes(scalar: &str) -> Option<u64> {
    match scalar {
        "CountryCode" => Some(2),
        "CurrencyCode" => Some(3),
        "DateTime" => Some("9999-12-31T23:59:59.999999999Z".len() as u64),
        "Language" => Some(35),
        _ => None,
    }
}
