//! Read masks: the wanted fields of a resource, checked against the contract and applied to the
//! response.

use std::{collections::BTreeMap, marker::PhantomData};

use prost::Message;
use prost_reflect::{DynamicMessage, Kind, MessageDescriptor, ReflectMessage as _, Value};
use prost_types::FieldMask;

use crate::{contracts, refusal::Refusal};

/// A message that is read with a mask.
pub(crate) trait Resource: Message + Default + Clone + Send + 'static {
    /// Full name of the message in the contracts.
    const NAME: &'static str;
    /// The field that identifies the resource and is sent with every mask; `None` for a resource without one.
    const KEY: Option<&'static str>;
}

/// The wanted fields of one resource.
#[derive(Debug, Clone)]
pub(crate) struct Mask<R> {
    /// The wanted fields; `None` for all of them.
    fields: Option<Fields>,
    resource: PhantomData<fn() -> R>,
}

/// Wanted fields of a message by name, each with the wanted fields within it; an empty map there wants it whole.
#[derive(Debug, Clone, Default)]
struct Fields(BTreeMap<String, Fields>);

impl<R: Resource> Mask<R> {
    /// Checks the mask of a request. Absent or empty, it wants every field.
    pub(crate) fn new(mask: Option<&FieldMask>) -> Result<Self, Refusal> {
        let Some(mask) = mask.filter(|mask| !mask.paths.is_empty()) else {
            return Ok(Self { fields: None, resource: PhantomData });
        };
        let mut fields = Fields::default();
        for path in R::KEY.into_iter().chain(mask.paths.iter().map(String::as_str)) {
            check::<R>(path)?;
            fields.want(path);
        }
        Ok(Self { fields: Some(fields), resource: PhantomData })
    }

    /// True when a top-level field of the resource, or any part of it, is wanted. Other fields need not be read.
    pub(crate) fn wants(&self, field: &str) -> bool {
        debug_assert!(check::<R>(field).is_ok(), "{} has no field {field:?}", R::NAME);
        self.fields.as_ref().is_none_or(|fields| fields.0.contains_key(field))
    }

    /// Clears the fields that are not wanted.
    pub(crate) fn trim(&self, resource: R) -> R {
        let Some(fields) = &self.fields else { return resource };
        let mut message = DynamicMessage::new(descriptor::<R>());
        message.transcode_from(&resource).expect("a generated message has the shape of its descriptor");
        fields.trim(&mut message);
        message.transcode_to().expect("a generated message has the shape of its descriptor")
    }
}

impl Fields {
    fn want(&mut self, path: &str) {
        let mut fields = self;
        let mut is_new = true;
        for name in path.split('.') {
            let known = fields.0.contains_key(name);
            if known && fields.0[name].0.is_empty() {
                return;
            }
            is_new = !known;
            fields = fields.0.entry(name.to_owned()).or_default();
        }
        if !is_new {
            fields.0.clear();
        }
    }

    fn trim(&self, message: &mut DynamicMessage) {
        for field in message.descriptor().fields() {
            match self.0.get(field.name()) {
                None => message.clear_field(&field),
                Some(within) if within.0.is_empty() || !message.has_field(&field) => {}
                Some(within) => {
                    if let Value::Message(part) = message.get_field_mut(&field) {
                        within.trim(part);
                    }
                }
            }
        }
    }
}

fn descriptor<R: Resource>() -> MessageDescriptor {
    contracts::message(R::NAME).expect("every resource names a message of the contracts")
}

/// Checks a path, which leads from field to field through single messages and ends at any field.
fn check<R: Resource>(path: &str) -> Result<(), Refusal> {
    let unknown = || {
        let problem = format!("{} has no path {path:?}", R::NAME);
        Refusal::invalid("READ_MASK_INVALID", "read_mask", problem)
    };
    let mut within = Some(descriptor::<R>());
    for name in path.split('.') {
        let field =
            within.as_ref().and_then(|message| message.get_field_by_name(name)).ok_or_else(unknown)?;
        within = match field.kind() {
            Kind::Message(message) if !field.is_list() && !field.is_map() => Some(message),
            _ => None,
        };
    }
    Ok(())
}

#[cfg(test)]
mod tests;
