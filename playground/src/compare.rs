//! Comparison of a type as each client reads it.

mod query;
mod rpcs;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use operation::schema::{FieldInfo, SchemaIndex};

use query::Writer;
use rpcs::{method, parts, rpc_that_loads, rpcs_of};

/// Describes a type as each client reads it: its fields, the RPC that loads each, and the total of all. `None` if no
/// client has the type.
#[must_use]
pub fn compare(type_name: &str) -> Option<String> {
    let preparers = [
        bff_kit::host::preparer(bff_mobile::client()),
        bff_kit::host::preparer(bff_web::client()),
        bff_kit::host::preparer(bff_iot::client()),
    ];
    let having = preparers.iter().filter(|preparer| preparer.schema_index.fields(type_name).is_some());
    let rpcs: BTreeSet<_> = having.flat_map(|preparer| rpcs_of(&preparer.schema_index, type_name)).collect();
    if rpcs.is_empty() {
        return None;
    }
    let mut text = format!("{type_name}, as each client reads it\n");
    for preparer in &preparers {
        let reading = Reading::of(&preparer.schema_index, type_name, &rpcs);
        let _written = write!(text, "\n{}\n", preparer.client);
        let width = reading.rows.iter().map(|(field, ..)| field.len()).max().unwrap_or_default();
        let types = reading.rows.iter().map(|(_, ty, _)| ty.len()).max().unwrap_or_default();
        for (field, ty, rpc) in &reading.rows {
            let row = format!("  {field:width$}  {ty:types$}  {rpc}");
            let _written = writeln!(text, "{}", row.trim_end());
        }
        match preparer.plan(&reading.query) {
            Ok(plan) => {
                let rpcs: BTreeSet<_> =
                    plan.waves.iter().flat_map(|it| &it.calls).map(|it| &it.rpc).collect();
                let _written = writeln!(
                    text,
                    "  in all: fields {}, RPCs {}, calls {}, waves {}, bytes {} at most",
                    reading.rows.len(),
                    rpcs.len(),
                    plan.total.calls,
                    plan.total.waves,
                    plan.total.bytes
                );
            }
            Err(none) => _ = writeln!(text, "  cannot be read at once: {none}"),
        }
    }
    Some(text)
}

/// One client's reading of a type.
struct Reading {
    /// Field, type, and the RPC that loads it.
    rows: Vec<(String, String, String)>,
    /// A query that selects all of the type.
    query: String,
}

impl Reading {
    fn of(schema_index: &SchemaIndex, type_name: &str, rpcs: &BTreeSet<String>) -> Self {
        let mut writer = Writer { schema_index, variables: Vec::new() };
        let (rows, selection) = match schema_index.fields(type_name) {
            Some(fields) => {
                let own = rpc_that_loads(schema_index, type_name);
                let row = |(name, info): (&String, &std::sync::Arc<FieldInfo>)| {
                    let rpc = info.steps.last().map_or(own.as_str(), |step| &step.rpc);
                    (name.clone(), info.ty.to_string(), method(rpc).to_owned())
                };
                (fields.iter().map(row).collect(), writer.path_to(type_name))
            }
            // A client without the type may still read fields loaded by the same RPCs.
            None => (parts(schema_index, rpcs), writer.all_calling(rpcs)),
        };
        let variables = match writer.variables.join(", ") {
            none if none.is_empty() => none,
            some => format!("({some})"),
        };
        Self { rows, query: format!("query Compare{variables} {selection}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_is_large_for_the_web_and_a_label_for_a_shelf() {
        let text = compare("Product").unwrap();
        let of = |client: &str| {
            let at = text.find(&format!("\n{client}\n")).unwrap();
            text[at + 1..].split("\n\n").next().unwrap().to_owned()
        };
        assert!(of("web").contains("specifications") && !of("mobile").contains("specifications"), "{text}");
        assert!(
            of("iot").contains("Shelf.label") && of("iot").contains("CatalogService/BatchGetProducts"),
            "{text}"
        );
        for client in ["mobile", "web", "iot"] {
            assert!(of(client).contains("in all: "), "{text}");
        }
        assert_eq!(compare("Nonsense"), None);
    }
}
