//! Writes how a request takes a read mask.

use std::collections::BTreeMap;

use prost_reflect::MessageDescriptor;
use rpc_shape as shape;

use crate::idents;

/// Returns the function that sets the mask of a request, which selects from messages below this one. Fields that the code names
/// otherwise than the contract have their names of the contract in it.
pub(crate) fn code(loaded: &MessageDescriptor) -> String {
    let mut renamed = BTreeMap::new();
    collect(loaded, &mut renamed, &mut Vec::new());
    let arms = renamed.iter().map(|(path, name)| format!("{path:?} => {name:?},"));
    let arms = arms.collect::<Vec<_>>().join("\n");
    let mask = if arms.is_empty() {
        "mask".to_owned()
    } else {
        format!("mask.map(|mask| ::rpc::renamed(&mask, |segment| match segment {{ {arms} other => other }}))")
    };
    format!(
        "fn set_mask(request: &mut Self::Request, mask: ::core::option::Option<::prost_types::FieldMask>) {{ request.read_mask = {mask}; }}\n"
    )
}

fn collect(
    message: &MessageDescriptor,
    renamed: &mut BTreeMap<String, String>,
    seen: &mut Vec<MessageDescriptor>,
) {
    if seen.contains(message) {
        return;
    }
    seen.push(message.clone());
    for field in message.fields() {
        let path = idents::path(&field);
        if path != field.name() {
            renamed.insert(path, field.name().to_owned());
        }
        if let Some(below) = shape::message_of(&field) {
            collect(&below, renamed, seen);
        }
    }
}
