//! The RPCs that load a type.

use std::collections::BTreeSet;

use operation::schema::{FieldInfo, SchemaIndex};

/// Upper bound on the depth of selections, since types may contain one another.
pub(super) const MAX_DEPTH: usize = 6;

/// Returns the RPCs that load a type or its fields.
pub(super) fn rpcs_of(schema_index: &SchemaIndex, type_name: &str) -> BTreeSet<String> {
    let fields = schema_index.fields(type_name).into_iter().flatten();
    let steps = fields.filter_map(|(_, info)| info.steps.last());
    steps.map(|step| step.rpc.clone()).chain([rpc_that_loads(schema_index, type_name)]).collect()
}

/// Returns the RPC that loads a type: that of the first field of this type that declares a fetch; empty if none does.
pub(super) fn rpc_that_loads(schema_index: &SchemaIndex, type_name: &str) -> String {
    let types = schema_index.types();
    let fields = types.values().flat_map(|fields| fields.values());
    let mut steps = fields.filter(|info| info.type_name == type_name).filter_map(|info| info.steps.last());
    steps.next().map(|step| step.rpc.clone()).unwrap_or_default()
}

/// Returns every field that calls one of these RPCs, as `Type.field`, with its type and the RPC.
pub(super) fn parts(schema_index: &SchemaIndex, rpcs: &BTreeSet<String>) -> Vec<(String, String, String)> {
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
pub(super) fn calls_one_of(
    schema_index: &SchemaIndex,
    info: &FieldInfo,
    rpcs: &BTreeSet<String>,
    depth: usize,
) -> bool {
    info.steps.iter().any(|step| rpcs.contains(&step.rpc))
        || (depth < MAX_DEPTH
            && schema_index.fields(&info.type_name).is_some_and(|fields| {
                fields.values().any(|field| calls_one_of(schema_index, field, rpcs, depth + 1))
            }))
}

pub(super) fn method(rpc: &str) -> &str {
    rpc.rsplit('.').next().unwrap_or(rpc)
}
