//! What all signed tokens have in common (RFC 7519): three parts, and JSON objects in which no name stands twice.

mod distinct;
mod object;
mod parts;

pub(crate) use object::Object;
pub(crate) use parts::Parts;
