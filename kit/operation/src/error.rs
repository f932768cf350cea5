//! Errors of a request as a whole.

use async_graphql::{ErrorExtensionValues, Pos, ServerError};

use crate::Code;

/// Creates a request error, which the client can correct.
pub fn request_error(code: Code, text: impl Into<String>) -> ServerError {
    let mut extensions = ErrorExtensionValues::default();
    extensions.set("code", code.as_str());
    ServerError { extensions: Some(extensions), ..ServerError::new(text, None) }
}

/// Returns the error with the places of the document that it is about.
#[must_use]
pub fn at_places(error: ServerError, locations: Vec<Pos>) -> ServerError {
    ServerError { locations, ..error }
}
