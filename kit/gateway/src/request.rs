//! A request, as a transport hands it over.

use std::net::IpAddr;

use async_graphql::Variables;
use registry::DocumentId;
use resolver::Languages;

use crate::explain::Explain;

/// A GraphQL request, independent of its transport.
#[derive(Debug, Default)]
pub struct GraphqlRequest {
    /// The text of the document; `None` if the request has only an id.
    pub query: Option<String>,
    /// The id or hash of the document; `None` if the request has only the text.
    pub id: Option<DocumentId>,
    /// Name of the operation to run; `None` if the document holds only one.
    pub operation_name: Option<String>,
    /// Variables, as they were sent.
    pub variables: Variables,
    /// Languages that the client accepts.
    pub languages: Languages,
    /// Details of the execution that the answer is to report.
    pub explain: Explain,
    /// Address of the client; `None` if it is not known.
    pub address: Option<IpAddr>,
    /// The idempotency key in the header; `None` if there is no such header, an error if it holds none.
    pub idempotency_key: Option<Result<String, BadKey>>,
}

/// A header that is to hold an idempotency key, and does not.
#[derive(Clone, Copy, Debug)]
pub struct BadKey;
