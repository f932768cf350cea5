//! What can go wrong while a request is answered, and what the client is told of it.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{ErrorExtensionValues, PathSegment, Pos, ServerError, Value};
use fetch::FieldViolation;

use operation::Code;

/// Text for everything whose cause is not the client's business.
const MASKED: &str = "Something went wrong on our side.";

/// Errors that a request is told of.
pub(crate) const MAX_ERRORS: usize = 10;

/// Places in the document that each of them names.
const MAX_LOCATIONS: usize = 10;

/// The longest that a client is told to wait, whatever a service says: it does not keep clients away for ever.
const MAX_RETRY_AFTER: Duration = Duration::from_hours(1);

/// Characters of each. What a client sent may be in it, at any length.
const MAX_MESSAGE: usize = 200;

/// Why a field has no value.
///
/// It deliberately does not implement `Display`: async-graphql would then show that text to clients.
#[derive(Clone, Debug)]
pub enum Error {
    /// What was asked for does not exist. [`OrNull::or_null`] makes it a plain `null`.
    NotFound,
    /// The client can do something about it. The message is written for it.
    Client(Arc<ClientError>),
    /// It cannot. The cause is for the log; the client sees the code and a fixed text.
    Internal(Arc<InternalError>),
}

/// An error whose message is safe to show.
#[derive(Clone, Debug)]
pub struct ClientError {
    /// What kind of error it is.
    pub code: Code,
    /// What happened, in words for the client's developer.
    pub message: String,
    /// Parts of the input that are wrong, if any.
    pub violations: Vec<FieldViolation>,
    /// The domain's own name for a refusal, such as `"ALREADY_REVIEWED"`.
    pub reason: Option<String>,
    retry_after: Option<Duration>,
    path: Vec<PathSegment>,
}

/// An error whose cause is masked.
#[derive(Clone, Debug)]
pub struct InternalError {
    /// What the client is told.
    pub code: Code,
    /// What happened, for the log alone; none where it was logged when it happened.
    pub cause: Option<String>,
    retry_after: Option<Duration>,
    path: Vec<PathSegment>,
}

impl Error {
    /// An error with a message the client may read.
    #[must_use]
    pub fn client(code: Code, message: impl Into<String>) -> Self {
        Self::Client(Arc::new(ClientError {
            code,
            message: message.into(),
            violations: Vec::new(),
            reason: None,
            retry_after: None,
            path: Vec::new(),
        }))
    }

    /// A part of the input that is wrong. `field` is its path in the arguments, such as `"input.rating"`.
    #[must_use]
    pub fn bad_input(field: impl Into<String>, description: impl Into<String>) -> Self {
        let violation = FieldViolation { field: field.into(), description: description.into() };
        Self::bad_inputs(format!("{}: {}", violation.field, violation.description), vec![violation])
    }

    /// Parts of the input that are wrong.
    pub(crate) fn bad_inputs(message: impl Into<String>, violations: Vec<FieldViolation>) -> Self {
        let mut error = Self::client(Code::BadUserInput, message);
        if let Self::Client(client) = &mut error {
            Arc::make_mut(client).violations = violations;
        }
        error
    }

    /// A rule of the domain forbids it, by the domain's own name for that.
    pub(crate) fn refused(reason: Option<&str>) -> Self {
        let mut error = Self::client(Code::Refused, "The shop refused this.");
        if let Self::Client(client) = &mut error {
            Arc::make_mut(client).reason = reason.map(str::to_owned);
        }
        error
    }

    /// The same error, telling of a part of the input that is wrong.
    #[must_use]
    pub(crate) fn about(mut self, field: impl Into<String>, description: impl Into<String>) -> Self {
        if let Self::Client(error) = &mut self {
            let violation = FieldViolation { field: field.into(), description: description.into() };
            Arc::make_mut(error).violations.push(violation);
        }
        self
    }

    /// An error whose cause is logged and never shown.
    #[must_use]
    pub fn internal(cause: impl Into<String>) -> Self {
        Self::masked(Code::Internal, Some(cause.into()))
    }

    /// An error whose cause was logged when it happened.
    pub(crate) fn logged(code: Code) -> Self {
        Self::masked(code, None)
    }

    fn masked(code: Code, cause: Option<String>) -> Self {
        Self::Internal(Arc::new(InternalError { code, cause, retry_after: None, path: Vec::new() }))
    }

    /// The same error, after which to ask again once so much time has gone by.
    pub(crate) fn after(mut self, delay: Option<Duration>) -> Self {
        let delay = delay.map(|delay| delay.min(MAX_RETRY_AFTER));
        match &mut self {
            _ if delay.is_none() => {}
            Self::NotFound => {}
            Self::Client(error) => Arc::make_mut(error).retry_after = delay,
            Self::Internal(error) => Arc::make_mut(error).retry_after = delay,
        }
        self
    }

    /// When to ask again, where a service said so.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::NotFound => None,
            Self::Client(error) => error.retry_after,
            Self::Internal(error) => error.retry_after,
        }
    }

    /// What kind of error it is.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::NotFound => Code::NotFound,
            Self::Client(error) => error.code,
            Self::Internal(error) => error.code,
        }
    }

    /// The domain's own name for a refusal, such as `"ALREADY_REVIEWED"`: what a mutation answers in
    /// `userErrors`.
    #[must_use]
    pub fn business_reason(&self) -> Option<&str> {
        match self {
            Self::Client(error) if error.code == Code::Refused => error.reason.as_deref(),
            _ => None,
        }
    }

    /// What is wrong with the input: what a mutation answers in `userErrors`.
    #[must_use]
    pub fn violations(&self) -> &[FieldViolation] {
        match self {
            Self::Client(error) if error.code == Code::BadUserInput => &error.violations,
            _ => &[],
        }
    }

    /// Notes where in the answer it happened. async-graphql forgets that on the way out of a list.
    #[must_use]
    pub(crate) fn at(mut self, path: impl FnOnce() -> Vec<PathSegment>) -> Self {
        match &mut self {
            Self::NotFound => {}
            Self::Client(error) => Arc::make_mut(error).path = path(),
            Self::Internal(error) => Arc::make_mut(error).path = path(),
        }
        self
    }

    /// Where in the answer it happened; empty when that was not noted.
    pub(crate) fn path(&self) -> &[PathSegment] {
        match self {
            Self::NotFound => &[],
            Self::Client(error) => &error.path,
            Self::Internal(error) => &error.path,
        }
    }

    fn message(&self) -> &str {
        match self {
            Self::NotFound => "Not found.",
            Self::Client(error) => &error.message,
            Self::Internal(_) => MASKED,
        }
    }
}

impl From<Error> for async_graphql::Error {
    fn from(error: Error) -> Self {
        let mut extensions = ErrorExtensionValues::default();
        extensions.set("code", error.code().as_str());
        if let Error::Client(client) = &error {
            if let Some(reason) = &client.reason {
                extensions.set("reason", reason.as_str());
            }
            if !client.violations.is_empty() {
                extensions.set("violations", violations_value(&client.violations));
            }
        }
        if let Some(delay) = error.retry_after() {
            extensions.set("retryAfterMs", millis(delay));
        }
        let message = error.message().to_owned();
        Self { message, extensions: Some(extensions), source: Some(Arc::new(error)) }
    }
}

/// An error of the request as a whole.
pub(crate) fn server_error(error: Error) -> ServerError {
    let mut error = async_graphql::Error::from(error).into_server_error(Pos::default());
    error.locations.clear();
    error
}

/// The error with a code, unless it has one.
pub(crate) fn coded(mut error: ServerError, code: Code) -> ServerError {
    let extensions = error.extensions.get_or_insert_with(ErrorExtensionValues::default);
    if extensions.get("code").is_none() {
        extensions.set("code", code.as_str());
    }
    error
}

/// The errors that are told of, and how many are not. What is wrong many times is not told as often.
pub(crate) fn bounded(mut errors: Vec<ServerError>) -> (Vec<ServerError>, usize) {
    let omitted = errors.len().saturating_sub(MAX_ERRORS);
    errors.truncate(MAX_ERRORS);
    for error in &mut errors {
        error.locations.truncate(MAX_LOCATIONS);
        if let Some((end, _)) = error.message.char_indices().nth(MAX_MESSAGE) {
            error.message.truncate(end);
            error.message.push('…');
        }
    }
    (errors, omitted)
}

/// A delay as `retryAfterMs` tells it. Too late is better than too early.
pub(crate) fn millis(delay: Duration) -> u64 {
    u64::try_from(delay.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX)
}

fn violations_value(violations: &[FieldViolation]) -> Value {
    let list = violations.iter().map(|violation| {
        async_graphql::value!({
            "field": violation.field.as_str(),
            "description": violation.description.as_str(),
        })
    });
    Value::List(list.collect())
}

/// What a nullable field answers that may fail alone: a value, `null`, or an error and `null`.
pub type Nullable<T> = Option<Result<T, Error>>;

/// How the absence of something becomes `null`.
pub trait OrNull<T> {
    /// `Some(Ok)` for a value, `None` for what does not exist, `Some(Err)` for everything else: the shape of a
    /// nullable field that may fail alone.
    fn or_null(self) -> Nullable<T>;
}

impl<T> OrNull<T> for Result<T, Error> {
    fn or_null(self) -> Nullable<T> {
        match self {
            Err(Error::NotFound) => None,
            result => Some(result),
        }
    }
}
