//! The parameters of a request, from its query string or its body.

use async_graphql::Variables;
use axum::http::{HeaderMap, StatusCode, header};
use serde_json::{Map, Value};

use crate::code::Code;
use crate::error::Error;
use crate::gateway::GraphqlRequest;

type Refused = (StatusCode, Error);

fn bad(message: impl Into<String>) -> Refused {
    (StatusCode::BAD_REQUEST, Error::client(Code::BadRequest, message))
}

/// A body must be JSON in UTF-8 and say so. Pages of other sites cannot send that without asking first.
pub(super) fn check_content_type(headers: &HeaderMap) -> Result<(), Refused> {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut parts = value.split(';').map(|part| part.trim().to_ascii_lowercase());
    let is_json = parts.next().as_deref() == Some("application/json");
    let is_utf8 = parts
        .filter_map(|part| part.strip_prefix("charset=").map(|charset| charset.trim_matches('"').to_owned()))
        .all(|charset| charset == "utf-8");
    if is_json && is_utf8 {
        return Ok(());
    }
    let error = Error::client(Code::BadRequest, "Content-Type must be application/json, in UTF-8.");
    Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, error))
}

pub(super) fn from_body(body: &[u8]) -> Result<GraphqlRequest, Refused> {
    let parameters: Value =
        serde_json::from_slice(body).map_err(|error| bad(format!("The body is not JSON: {error}.")))?;
    match parameters {
        Value::Object(parameters) => from_parameters(parameters),
        _ => Err(bad("The body must be a JSON object.")),
    }
}

pub(super) fn from_query(query: &str) -> Result<GraphqlRequest, Refused> {
    let mut parameters = Map::new();
    let pairs: axum::extract::Query<Vec<(String, String)>> = axum::extract::Query::try_from_uri(
        &format!("/?{query}").parse().map_err(|_| bad("The query string is malformed."))?,
    )
    .map_err(|_| bad("The query string is malformed."))?;
    for (name, text) in pairs.0 {
        let value = match name.as_str() {
            "query" | "operationName" => Value::String(text),
            "variables" | "extensions" if text.is_empty() => continue,
            "variables" | "extensions" => {
                serde_json::from_str(&text).map_err(|error| bad(format!("`{name}` is not JSON: {error}.")))?
            }
            _ => continue,
        };
        if parameters.insert(name.clone(), value).is_some() {
            return Err(bad(format!("`{name}` is given twice.")));
        }
    }
    from_parameters(parameters)
}

fn from_parameters(mut parameters: Map<String, Value>) -> Result<GraphqlRequest, Refused> {
    let query = match parameters.remove("query") {
        None | Some(Value::Null) => None,
        Some(Value::String(query)) => Some(query),
        Some(_) => return Err(bad("`query` must be a string.")),
    };
    let operation_name = match parameters.remove("operationName") {
        None | Some(Value::Null) => None,
        Some(Value::String(name)) => Some(name).filter(|name| !name.is_empty()),
        Some(_) => return Err(bad("`operationName` must be a string.")),
    };
    let variables = match parameters.remove("variables") {
        None | Some(Value::Null) => Variables::default(),
        Some(variables @ Value::Object(_)) => Variables::from_json(variables),
        Some(_) => return Err(bad("`variables` must be an object.")),
    };
    match parameters.remove("extensions") {
        None | Some(Value::Null | Value::Object(_)) => {}
        Some(_) => return Err(bad("`extensions` must be an object.")),
    }
    Ok(GraphqlRequest { query, operation_name, variables, ..GraphqlRequest::default() })
}
