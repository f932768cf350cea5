//! Errors of a request, as clients and logs get them.

use async_graphql::ServerError;
use fetch::SampledLog;
use operation::Code;

use resolver::Error;
use resolver::runtime::{coded, server_error};

/// Prepares an error of the schema for the client: with a code, with its complete path, and without internal details.
/// Internal causes are logged.
pub(crate) fn shown(error: ServerError, rejected: bool, log: &SampledLog) -> ServerError {
    if rejected {
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
    // async-graphql drops the end of a path on the way out of a list. Our own path does not know the list item that it
    // belongs to, so it is used only if it is longer.
    let own = error.source::<Error>().map(Error::path).filter(|path| path.len() > error.path.len());
    match own.map(<[_]>::to_vec) {
        Some(path) => ServerError { path, ..error },
        None => error,
    }
}

/// Returns true if async-graphql itself reports an invalid argument. Such an error has no source, like one that a
/// resolver makes of a text, but has fixed words.
fn is_of_an_argument(error: &ServerError) -> bool {
    let own = ["Failed to parse \"", "Expected input type \""];
    error.source.is_none() && own.iter().any(|words| error.message.starts_with(words))
}

fn path_text(error: &ServerError) -> String {
    let own = error.source::<Error>().map(Error::path).filter(|path| !path.is_empty());
    serde_json::to_string(own.unwrap_or(&error.path)).unwrap_or_default()
}
