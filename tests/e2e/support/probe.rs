//! A query for every field of a schema, so that a field added later is tested without further work.

use std::collections::BTreeMap;

use operation::schema::{FieldInfo, SchemaIndex};

use super::{Kind, product_id};

/// A query that selects one field and the fields on the way to it.
#[derive(Clone, Debug)]
pub(crate) struct Probe {
    /// The field, such as `Product.name`.
    pub(crate) coordinate: String,
    pub(crate) query: String,
    /// Response keys from the root to the field.
    pub(crate) path: Vec<String>,
    pub(crate) info: FieldInfo,
    /// True if an object on the way is loaded by one of several calls, depending on its type.
    pub(crate) is_choice: bool,
}

/// An order of Ada's.
const ADAS_ORDER: &str = "order-000001";

/// Arguments for the fields that require some, or that are more telling with some.
fn arguments(kind: Kind, coordinate: &str) -> String {
    let kettle = product_id("kettle-gooseneck-09");
    match (kind, coordinate) {
        (_, "Query.product" | "Query.node") => format!("(id: \"{kettle}\")"),
        (Kind::Iot, "Query.inStock") => format!("(product: \"{kettle}\")"),
        (Kind::Iot, "Query.shelf") => format!("(device: \"{}\")", super::device_id("shelf-0001")),
        (Kind::Iot, "Query.device") => format!("(id: \"{}\")", super::device_id("shelf-0001")),
        (Kind::Web, "Query.order") => format!("(id: \"{}\")", super::order_id(ADAS_ORDER)),
        (Kind::Web, "Query.nodes") => format!("(ids: [\"{kettle}\", \"{}\"])", super::order_id(ADAS_ORDER)),
        (Kind::Mobile, "Cart.shippingOptions") | (Kind::Web, "Product.shippingOptions") => {
            "(country: \"FR\")".to_owned()
        }
        (_, "Query.search") => "(query: \"lamp\", first: 20)".to_owned(),
        (_, "Query.products") => "(first: 20)".to_owned(),
        _ => String::new(),
    }
}

/// A probe for every field that can be reached from the query root, each by the shortest way.
pub(crate) fn probes(kind: Kind) -> Vec<Probe> {
    let schema_index = kind.schema_index();
    let mut ways = BTreeMap::from([(schema_index.query().to_owned(), Vec::new())]);
    let mut next = vec![schema_index.query().to_owned()];
    let mut probes = Vec::new();
    while !next.is_empty() {
        for type_name in std::mem::take(&mut next) {
            let way: Vec<(String, String)> = ways[&type_name].clone();
            for (field, info) in schema_index.fields(&type_name).unwrap() {
                let coordinate = format!("{type_name}.{field}");
                let mut here = way.clone();
                here.push((field.clone(), format!("{field}{}", arguments(kind, &coordinate))));
                probes.push(probe(&schema_index, coordinate, &here, info));
                if schema_index.fields(&info.type_name).is_some() && !ways.contains_key(&info.type_name) {
                    ways.insert(info.type_name.clone(), here);
                    next.push(info.type_name.clone());
                }
            }
        }
    }
    probes
}

fn probe(
    schema_index: &SchemaIndex,
    coordinate: String,
    way: &[(String, String)],
    info: &FieldInfo,
) -> Probe {
    let leaf = if schema_index.fields(&info.type_name).is_some() { " { __typename }" } else { "" };
    let opening: Vec<_> = way.iter().map(|(_, selection)| format!("{{ {selection}")).collect();
    let query = format!("{}{leaf}{}", opening.join(" "), " }".repeat(way.len()));
    Probe {
        coordinate,
        query,
        path: way.iter().map(|(field, _)| field.clone()).collect(),
        info: info.clone(),
        is_choice: chooses(schema_index, way),
    }
}

/// Returns true if a field on the way has a call for each type of object.
fn chooses(schema_index: &SchemaIndex, way: &[(String, String)]) -> bool {
    let mut type_name = schema_index.query().to_owned();
    way.iter().any(|(field, _)| {
        let info = schema_index.field(&type_name, field).unwrap();
        type_name.clone_from(&info.type_name);
        info.steps.iter().any(|step| step.on.is_some())
    })
}
