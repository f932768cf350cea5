//! The parameters of a request, from its query string or its body.

use async_graphql::Variables;
use serde_json::{Map, Value};

use super::json;
use super::refusal::{Refusal, Why};
use crate::gateway::GraphqlRequest;

/// What a body holds.
#[derive(Debug)]
pub(super) enum Parameters {
    /// One request.
    One(GraphqlRequest),
    /// A batch of them, each good or not for itself.
    Many(Vec<Result<GraphqlRequest, Refusal>>),
}

fn unreadable(message: impl Into<String>) -> Refusal {
    Refusal::new(Why::Unreadable, message)
}

fn ill_formed(message: impl Into<String>) -> Refusal {
    Refusal::new(Why::IllFormed, message)
}

/// Reads a body; an array of requests where so many of them may come at once.
pub(super) fn from_body(body: &[u8], max_batch: usize) -> Result<Parameters, Refusal> {
    let body = json::parse(body).map_err(|error| unreadable(format!("The body is not JSON: {error}.")))?;
    let Value::Array(batch) = body else {
        return from_value(body).map(Parameters::One);
    };
    match batch.len() {
        _ if max_batch == 0 => {
            Err(unreadable("Send one request at a time: arrays of requests are not taken."))
        }
        0 => Err(unreadable("The array holds no request.")),
        count if count > max_batch => {
            Err(unreadable(format!("The array holds {count} requests; {max_batch} is the limit.")))
        }
        _ => Ok(Parameters::Many(batch.into_iter().map(from_value).collect())),
    }
}

fn from_value(value: Value) -> Result<GraphqlRequest, Refusal> {
    match value {
        Value::Object(parameters) => from_parameters(parameters),
        _ => Err(ill_formed("A request must be a JSON object.")),
    }
}

pub(super) fn from_query(query: &str) -> Result<GraphqlRequest, Refusal> {
    let mut parameters = Map::new();
    let pairs: axum::extract::Query<Vec<(String, String)>> = axum::extract::Query::try_from_uri(
        &format!("/?{query}").parse().map_err(|_| unreadable("The query string is malformed."))?,
    )
    .map_err(|_| unreadable("The query string is malformed."))?;
    // What is not UTF-8 has been replaced by this character, which a client may also have sent itself.
    let replaced = |text: &str| text.contains('\u{FFFD}');
    if pairs.0.iter().any(|(_, text)| replaced(text)) && !query.to_ascii_uppercase().contains("%EF%BF%BD") {
        return Err(unreadable("The query string is not UTF-8."));
    }
    for (name, text) in pairs.0 {
        let value = match name.as_str() {
            "query" | "operationName" => Value::String(text),
            "variables" | "extensions" if text.is_empty() => continue,
            "variables" | "extensions" => json::parse(text.as_bytes())
                .map_err(|error| unreadable(format!("`{name}` is not JSON: {error}.")))?,
            _ => continue,
        };
        if parameters.insert(name.clone(), value).is_some() {
            return Err(ill_formed(format!("`{name}` is given twice.")));
        }
    }
    from_parameters(parameters)
}

fn from_parameters(mut parameters: Map<String, Value>) -> Result<GraphqlRequest, Refusal> {
    let query = match parameters.remove("query") {
        Some(Value::String(query)) => query,
        Some(_) => return Err(ill_formed("`query` must be a string.")),
        None => return Err(ill_formed("`query` is missing.")),
    };
    let operation_name = match parameters.remove("operationName") {
        None | Some(Value::Null) => None,
        Some(Value::String(name)) => Some(name).filter(|name| !name.is_empty()),
        Some(_) => return Err(ill_formed("`operationName` must be a string.")),
    };
    let variables = match parameters.remove("variables") {
        None | Some(Value::Null) => Variables::default(),
        Some(variables @ Value::Object(_)) => Variables::from_json(variables),
        Some(_) => return Err(ill_formed("`variables` must be an object.")),
    };
    match parameters.remove("extensions") {
        None | Some(Value::Null | Value::Object(_)) => {}
        Some(_) => return Err(ill_formed("`extensions` must be an object.")),
    }
    Ok(GraphqlRequest { query, operation_name, variables, ..GraphqlRequest::default() })
}
