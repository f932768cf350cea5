//! What clients and logs are told of a request.

use async_graphql::ServerError;
use fetch::SampledLog;
use operation::Code;

use crate::error::{Error, coded, server_error};

/// Said to a mutation that came by GET.
pub(crate) const GET_MUTATION: &str = "Only queries may be sent by GET.";

/// An error as it leaves the schema, made fit for the client: with a code, with its whole path, and without a
/// word of what happened inside.
pub(super) fn shown(error: ServerError, refused: bool, log: &SampledLog) -> ServerError {
    if refused {
        return coded(error, Code::ValidationFailed);
    }
    match error.source::<Error>() {
        Some(Error::Internal(internal)) => {
            let code = internal.code.as_str();
            if let Some(cause) = &internal.cause
                && let Some(left_out) = log.pass("field", code)
            {
                tracing::warn!(code, cause, path = path_text(&error), left_out, "field failed");
            }
        }
        Some(_) => {}
        None if is_of_an_argument(&error) => return coded(error, Code::BadUserInput),
        None => {
            tracing::error!(
                cause = error.message,
                path = path_text(&error),
                "field failed with a foreign error"
            );
            let masked = server_error(Error::internal(String::new()));
            return ServerError { path: error.path, locations: error.locations, ..masked };
        }
    }
    // The library forgets the end of a path on the way out of a list; ours does not know the item it belongs to.
    let own = error.source::<Error>().map(Error::path).filter(|path| path.len() > error.path.len());
    match own.map(<[_]>::to_vec) {
        Some(path) => ServerError { path, ..error },
        None => error,
    }
}

/// Whether async-graphql itself says what is wrong with an argument. It does so without a source, as a resolver may
/// that makes an error of a text, but in words of its own.
fn is_of_an_argument(error: &ServerError) -> bool {
    let own = ["Failed to parse \"", "Expected input type \""];
    error.source.is_none() && own.iter().any(|words| error.message.starts_with(words))
}

fn path_text(error: &ServerError) -> String {
    let own = error.source::<Error>().map(Error::path).filter(|path| !path.is_empty());
    serde_json::to_string(own.unwrap_or(&error.path)).unwrap_or_default()
}
