//! Writes leaves as JSON.

use std::any::Any;

use async_graphql::{ID, InputType};

/// Writes a value as async-graphql would.
pub(super) fn leaf<T: InputType + Any>(out: &mut Vec<u8>, value: &T) {
    let any = value as &dyn Any;
    // The compiler knows the type, and leaves one of these.
    if let Some(value) = any.downcast_ref::<String>() {
        text(out, value);
    } else if let Some(value) = any.downcast_ref::<ID>() {
        text(out, value);
    } else if let Some(value) = any.downcast_ref::<bool>() {
        out.extend_from_slice(if *value { b"true" } else { b"false" });
    } else {
        json(out, &value.to_value());
    }
}

/// Writes a text.
pub(super) fn text(out: &mut Vec<u8>, text: &str) {
    json(out, text);
}

fn json(out: &mut Vec<u8>, value: &(impl serde::Serialize + ?Sized)) {
    // Writing to memory fails for no value of a schema: their keys are texts.
    if serde_json::to_writer(&mut *out, value).is_err() {
        out.extend_from_slice(b"null");
    }
}
