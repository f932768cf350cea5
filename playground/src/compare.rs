//! Comparison of a type as each client reads it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use operation::schema::{FieldInfo, SchemaIndex};

/// Upper bound on the depth of selections, since types may contain one another.
const MAX_DEPTH: usize = 6;

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

/// Writes selections of all fields.
struct Writer<'a> {
    schema_index: &'a SchemaIndex,
    variables: Vec<String>,
}

impl Writer<'_> {
    /// Selects all of a type, by the shortest path from the root.
    fn path_to(&mut self, type_name: &str) -> String {
        let root = self.schema_index.query();
        let mut ways = vec![(root.to_owned(), Vec::<(String, String)>::new())];
        let mut seen = BTreeSet::from([root.to_owned()]);
        while !ways.is_empty() {
            let mut next = Vec::new();
            for (at, way) in ways {
                for (name, info) in self.schema_index.fields(&at).into_iter().flatten() {
                    let mut way = way.clone();
                    way.push((at.clone(), name.clone()));
                    if info.type_name == type_name {
                        return self.along(&way);
                    }
                    if seen.insert(info.type_name.clone()) {
                        next.push((info.type_name.clone(), way));
                    }
                }
            }
            ways = next;
        }
        "{ __typename }".to_owned()
    }

    fn along(&mut self, way: &[(String, String)]) -> String {
        let schema_index = self.schema_index;
        let Some(((at, name), rest)) = way.split_first() else { return String::new() };
        let Some(info) = schema_index.field(at, name) else { return String::new() };
        let below = match rest {
            [] => self.all(&info.type_name, &mut vec![info.type_name.clone()]),
            rest => self.along(rest),
        };
        format!("{{ {name}{} {below} }}", self.arguments(name, info))
    }

    /// Selects every field of a type except those that lead back to it.
    fn all(&mut self, type_name: &str, above: &mut Vec<String>) -> String {
        let schema_index = self.schema_index;
        let mut text = "{ __typename".to_owned();
        for (name, info) in schema_index.fields(type_name).into_iter().flatten() {
            let is_object = schema_index.fields(&info.type_name).is_some();
            if is_object && (above.contains(&info.type_name) || above.len() > MAX_DEPTH) {
                continue;
            }
            let _written = write!(text, " {name}{}", self.arguments(name, info));
            if is_object {
                above.push(info.type_name.clone());
                let below = self.all(&info.type_name, above);
                above.pop();
                let _written = write!(text, " {below}");
            }
        }
        text + " }"
    }

    /// Selects every root field that calls one of these RPCs, itself or below.
    fn all_calling(&mut self, rpcs: &BTreeSet<String>) -> String {
        let schema_index = self.schema_index;
        let mut text = "{".to_owned();
        for (name, info) in schema_index.fields(schema_index.query()).into_iter().flatten() {
            if !calls_one_of(schema_index, info, rpcs, 0) {
                continue;
            }
            let _written = write!(text, " {name}{}", self.arguments(name, info));
            if schema_index.fields(&info.type_name).is_some() {
                let below = self.all(&info.type_name, &mut vec![info.type_name.clone()]);
                let _written = write!(text, " {below}");
            }
        }
        text + " __typename }"
    }

    /// Writes the required arguments of a field, each as a variable.
    fn arguments(&mut self, field: &str, info: &FieldInfo) -> String {
        let needed = info.arguments.iter().filter(|(_, it)| it.is_required());
        let mut given = Vec::new();
        for (name, argument) in needed {
            let variable = format!("{field}{}", self.variables.len());
            self.variables.push(format!("${variable}: {}", argument.ty));
            given.push(format!("{name}: ${variable}"));
        }
        if given.is_empty() { String::new() } else { format!("({})", given.join(", ")) }
    }
}

/// Returns the RPCs that load a type or its fields.
fn rpcs_of(schema_index: &SchemaIndex, type_name: &str) -> BTreeSet<String> {
    let fields = schema_index.fields(type_name).into_iter().flatten();
    let steps = fields.filter_map(|(_, info)| info.steps.last());
    steps.map(|step| step.rpc.clone()).chain([rpc_that_loads(schema_index, type_name)]).collect()
}

/// Returns the RPC that loads a type: that of the first field of this type that declares a fetch; empty if none does.
fn rpc_that_loads(schema_index: &SchemaIndex, type_name: &str) -> String {
    let types = schema_index.types();
    let fields = types.values().flat_map(|fields| fields.values());
    let mut steps = fields.filter(|info| info.type_name == type_name).filter_map(|info| info.steps.last());
    steps.next().map(|step| step.rpc.clone()).unwrap_or_default()
}

/// Returns every field that calls one of these RPCs, as `Type.field`, with its type and the RPC.
fn parts(schema_index: &SchemaIndex, rpcs: &BTreeSet<String>) -> Vec<(String, String, String)> {
    let mut parts = Vec::new();
    for (type_name, fields) in schema_index.types() {
        for (name, info) in fields {
            if let Some(step) = info.steps.iter().find(|step| rpcs.contains(&step.rpc)) {
                parts.push((
                    format!("{type_name}.{name}"),
                    info.ty.to_string(),
                    method(&step.rpc).to_owned(),
                ));
            }
        }
    }
    parts
}

/// Returns true if a field, or one below it, calls one of these RPCs.
fn calls_one_of(schema_index: &SchemaIndex, info: &FieldInfo, rpcs: &BTreeSet<String>, depth: usize) -> bool {
    info.steps.iter().any(|step| rpcs.contains(&step.rpc))
        || (depth < MAX_DEPTH
            && schema_index.fields(&info.type_name).is_some_and(|fields| {
                fields.values().any(|field| calls_one_of(schema_index, field, rpcs, depth + 1))
            }))
}

fn method(rpc: &str) -> &str {
    rpc.rsplit('.').next().unwrap_or(rpc)
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
