//! The parameters of a request, from its query string or its body.

use async_graphql::Variables;
use serde_json::{Map, Value};

use super::json;
use super::rejection::{Rejection, RejectionReason};
use gateway::GraphqlRequest;
use registry::DocumentId;

/// Longest id of an operation, in bytes.
const MAX_ID_BYTES: usize = 256;

/// The requests of a body or a query string.
#[derive(Debug)]
pub(super) enum Parameters {
    /// One request.
    One(GraphqlRequest),
    /// A batch of requests, each of which may be rejected on its own.
    Many(Vec<Result<GraphqlRequest, Rejection>>),
}

fn unreadable(message: impl Into<String>) -> Rejection {
    Rejection::new(RejectionReason::Unreadable, message)
}

fn ill_formed(message: impl Into<String>) -> Rejection {
    Rejection::new(RejectionReason::IllFormed, message)
}

impl Parameters {
    /// Returns the request for the operation that the path names. Fails for a batch, and if the parameters name an
    /// operation as well.
    pub(super) fn at_path(self, id: String) -> Result<Self, Rejection> {
        match self {
            Self::One(request) if request.id.is_none() && id.len() <= MAX_ID_BYTES => {
                Ok(Self::One(GraphqlRequest { id: Some(DocumentId::Document(id)), ..request }))
            }
            Self::One(request) if request.id.is_some() => {
                Err(ill_formed("The path names an operation, and so do the parameters."))
            }
            Self::One(_) => Err(ill_formed("The path must end in the id of an operation.")),
            Self::Many(_) => Err(ill_formed("One operation at a time: the path names it.")),
        }
    }

    /// Returns the requests; rejects those that name no operation.
    pub(super) fn named(self) -> Result<Self, Rejection> {
        match self {
            Self::One(request) => named(request).map(Self::One),
            Self::Many(batch) => {
                Ok(Self::Many(batch.into_iter().map(|request| request.and_then(named)).collect()))
            }
        }
    }
}

fn named(request: GraphqlRequest) -> Result<GraphqlRequest, Rejection> {
    if request.query.is_none() && request.id.is_none() {
        return Err(ill_formed("`query` is missing, or the id of an operation in its place."));
    }
    Ok(request)
}

/// Parses a body: one request, or an array of at most `max_batch` requests; 0 allows no arrays.
pub(super) fn from_body(body: &[u8], max_batch: usize) -> Result<Parameters, Rejection> {
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

fn from_value(value: Value) -> Result<GraphqlRequest, Rejection> {
    match value {
        Value::Object(parameters) => from_parameters(parameters),
        _ => Err(ill_formed("A request must be a JSON object.")),
    }
}

pub(super) fn from_query(query: &str) -> Result<GraphqlRequest, Rejection> {
    let mut parameters = Map::new();
    let pairs: axum::extract::Query<Vec<(String, String)>> = axum::extract::Query::try_from_uri(
        &format!("/?{query}").parse().map_err(|_| unreadable("The query string is malformed."))?,
    )
    .map_err(|_| unreadable("The query string is malformed."))?;
    // The decoder replaces invalid UTF-8 by this character, which a client may also have sent itself.
    let replaced = |text: &str| text.contains('\u{FFFD}');
    if pairs.0.iter().any(|(_, text)| replaced(text)) && !query.to_ascii_uppercase().contains("%EF%BF%BD") {
        return Err(unreadable("The query string is not UTF-8."));
    }
    for (name, text) in pairs.0 {
        let value = match name.as_str() {
            "query" | "operationName" | "documentId" | "id" | "doc_id" => Value::String(text),
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

fn from_parameters(mut parameters: Map<String, Value>) -> Result<GraphqlRequest, Rejection> {
    let query = match parameters.remove("query") {
        None | Some(Value::Null) => None,
        Some(Value::String(query)) => Some(query),
        Some(_) => return Err(ill_formed("`query` must be a string.")),
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
    let persisted = match parameters.remove("extensions") {
        None | Some(Value::Null) => None,
        Some(Value::Object(mut extensions)) => extensions.remove("persistedQuery"),
        Some(_) => return Err(ill_formed("`extensions` must be an object.")),
    };
    let id = match document_id(&mut parameters)? {
        Some(id) => Some(id),
        None => persisted.map(persisted_query).transpose()?,
    };
    Ok(GraphqlRequest { query, id, operation_name, variables, ..GraphqlRequest::default() })
}

/// Removes and returns the id of a document: `documentId`, or `doc_id` or `id` as Relay's clients call it; `None` if
/// there is none.
fn document_id(parameters: &mut Map<String, Value>) -> Result<Option<DocumentId>, Rejection> {
    for name in ["documentId", "doc_id", "id"] {
        match parameters.remove(name) {
            None | Some(Value::Null) => {}
            Some(Value::String(id)) if (1..=MAX_ID_BYTES).contains(&id.len()) => {
                return Ok(Some(DocumentId::Document(id)));
            }
            Some(_) => return Err(ill_formed(format!("`{name}` must be the id of an operation."))),
        }
    }
    Ok(None)
}

/// Parses `extensions.persistedQuery`, by which Apollo's clients name a document by its hash.
fn persisted_query(value: Value) -> Result<DocumentId, Rejection> {
    let Value::Object(mut persisted) = value else {
        return Err(ill_formed("`extensions.persistedQuery` must be an object."));
    };
    if persisted.remove("version") != Some(Value::from(1)) {
        return Err(ill_formed("Unsupported persisted query version"));
    }
    let is_hash =
        |hash: &str| hash.len() == 64 && hash.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'));
    match persisted.remove("sha256Hash") {
        Some(Value::String(hash)) if is_hash(&hash) => Ok(DocumentId::Persisted(hash)),
        _ => Err(ill_formed(
            "`extensions.persistedQuery.sha256Hash` must be 64 lower-case hexadecimal digits.",
        )),
    }
}
