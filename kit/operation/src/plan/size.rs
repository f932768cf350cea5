//! How large an answer is at most.

use serde::Serialize;

use crate::CallGraph;
use crate::call_graph::{Node, Selected};
use crate::schema::SchemaIndex;

/// Bytes of a string whose field says nothing of it. Generous for names and addresses.
const STRING: u64 = 120;

/// Bytes of an identifier.
const ID: u64 = 64;

/// Bytes of the longest name of a type.
const TYPE_NAME: u64 = 40;

/// Bytes around everything: `{"data":` and `}`.
const ENVELOPE: u64 = 9;

/// How much a field adds to the answer, in all places together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldSize {
    /// Where it stands, list indices left out.
    pub path: String,
    /// Bytes at most.
    pub bytes: u64,
}

/// Bytes of the answer, and its leaves by size.
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
    /// Bytes of one object with all its fields. There are `times` of them.
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
        // Objects of several types may have the field; an answer holds the value of one.
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

/// Bytes that a value of one of the kit's scalars takes at most, where that is less than of any text.
fn most_bytes(scalar: &str) -> Option<u64> {
    match scalar {
        "CountryCode" => Some(2),
        "CurrencyCode" => Some(3),
        "DateTime" => Some("9999-12-31T23:59:59.999999999Z".len() as u64),
        "Language" => Some(35),
        _ => None,
    }
}
