//! The error codes that a client can rely on.

/// The stable `extensions.code` of an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// The requested object does not exist, and `null` cannot express that.
    NotFound,
    /// An argument or variable is wrong.
    BadUserInput,
    /// The request is not a GraphQL request.
    BadRequest,
    /// The document does not parse.
    ParseFailed,
    /// The document does not fit the schema.
    ValidationFailed,
    /// The document holds no operation of that name, or it holds several and the request names none.
    OperationResolutionFailure,
    /// The document is larger than the client's limits allow, or requests more than they allow.
    OperationTooLarge,
    /// The server does not know a document of this hash yet: the client must send it along.
    PersistedQueryNotFound,
    /// The server does not keep documents: the client must send them every time.
    PersistedQueryNotSupported,
    /// The hash does not match the document beside it.
    PersistedQueryHashMismatch,
    /// No operation is registered under this id.
    PersistedQueryNotInList,
    /// The server takes only registered operations, and this is not one of them.
    QueryNotInSafelist,
    /// The request has both an id and a document.
    IdAndBody,
    /// The idempotency key was used for another request.
    IdempotencyKeyReused,
    /// A request with this idempotency key is still under way.
    IdempotencyKeyInUse,
    /// No user is signed in, or the sign-in is not accepted.
    Unauthenticated,
    /// The principal may not do this.
    Forbidden,
    /// A service declines for a business reason, which `extensions.reason` names.
    Refused,
    /// The client sends too many requests.
    RateLimited,
    /// The server has more work than it can do: the client should try again later.
    Overloaded,
    /// A service did not respond in time.
    UpstreamTimeout,
    /// A service could not be reached.
    UpstreamUnavailable,
    /// This call was not made, since too many were under way, or since the server had too much work.
    UpstreamOverloaded,
    /// Any other error.
    Internal,
}

impl Code {
    /// Returns the code as clients see it.
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
            Self::IdempotencyKeyReused => "IDEMPOTENCY_KEY_REUSED",
            Self::IdempotencyKeyInUse => "IDEMPOTENCY_KEY_IN_USE",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden => "FORBIDDEN",
            Self::Refused => "REFUSED",
            Self::RateLimited => "RATE_LIMITED",
            Self::Overloaded => "OVERLOADED",
            Self::UpstreamTimeout => "UPSTREAM_TIMEOUT",
            Self::UpstreamUnavailable => "UPSTREAM_UNAVAILABLE",
            Self::UpstreamOverloaded => "UPSTREAM_OVERLOADED",
            Self::Internal => "INTERNAL_SERVER_ERROR",
        }
    }
}
