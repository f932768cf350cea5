//! The codes a client can rely on.

/// The stable `extensions.code` of an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// What was asked for does not exist, where `null` cannot say so.
    NotFound,
    /// An argument or variable is wrong.
    BadUserInput,
    /// The request is not a GraphQL request.
    BadRequest,
    /// The document does not parse.
    ParseFailed,
    /// The document does not fit the schema.
    ValidationFailed,
    /// The document holds no operation of that name, or several and none was named.
    OperationResolutionFailure,
    /// The document is larger than the client's may be, or asks for more.
    OperationTooLarge,
    /// The server does not know a document of this hash yet: send it along.
    PersistedQueryNotFound,
    /// Documents are not kept here: send them every time.
    PersistedQueryNotSupported,
    /// The hash is not that of the document beside it.
    PersistedQueryHashMismatch,
    /// No operation is registered under this id.
    PersistedQueryNotInList,
    /// Only registered operations are taken, and this is none.
    QueryNotInSafelist,
    /// The request has an id and a document.
    IdAndBody,
    /// Nobody is signed in, or the sign-in is not accepted.
    Unauthenticated,
    /// Whoever is signed in may not do this.
    Forbidden,
    /// A rule of the shop forbids it; `extensions.reason` says which.
    Refused,
    /// Too many requests.
    RateLimited,
    /// The server has more to do than it can: ask again later.
    Overloaded,
    /// A service did not answer in time.
    UpstreamTimeout,
    /// A service could not be reached.
    UpstreamUnavailable,
    /// Anything else.
    Internal,
}

impl Code {
    /// The code as clients see it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotFound => "NOT_FOUND",
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::BadRequest => "BAD_REQUEST",
            Self::ParseFailed => "GRAPHQL_PARSE_FAILED",
            Self::ValidationFailed => "GRAPHQL_VALIDATION_FAILED",
            Self::OperationResolutionFailure => "OPERATION_RESOLUTION_FAILURE",
            Self::OperationTooLarge => "OPERATION_TOO_LARGE",
            Self::PersistedQueryNotFound => "PERSISTED_QUERY_NOT_FOUND",
            Self::PersistedQueryNotSupported => "PERSISTED_QUERY_NOT_SUPPORTED",
            Self::PersistedQueryHashMismatch => "PERSISTED_QUERY_HASH_MISMATCH",
            Self::PersistedQueryNotInList => "PERSISTED_QUERY_NOT_IN_LIST",
            Self::QueryNotInSafelist => "QUERY_NOT_IN_SAFELIST",
            Self::IdAndBody => "CANNOT_SEND_PQ_ID_AND_BODY",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden => "FORBIDDEN",
            Self::Refused => "REFUSED",
            Self::RateLimited => "RATE_LIMITED",
            Self::Overloaded => "OVERLOADED",
            Self::UpstreamTimeout => "UPSTREAM_TIMEOUT",
            Self::UpstreamUnavailable => "UPSTREAM_UNAVAILABLE",
            Self::Internal => "INTERNAL_SERVER_ERROR",
        }
    }
}
