//! Errors of fields and requests, and their form in the answer.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{ErrorExtensionValues, PathSegment, Pos, ServerError, Value};
use fetch::FieldViolation;

use operation::Code;

use crate::words::{Saying, Words};

/// Upper bound on the errors of one answer.
pub const MAX_ERRORS: usize = 10;

/// Upper bound on the locations in the document that one error names.
const MAX_LOCATIONS: usize = 10;

/// Longest delay that a client is told to wait. It bounds the delays of services, so that none keeps clients away for
/// ever.
const MAX_RETRY_AFTER: Duration = Duration::from_hours(1);

/// Upper bound on the characters of one error's message, which may quote input of any length.
const MAX_MESSAGE: usize = 200;

/// The reason why a field has no value.
///
/// This type deliberately does not implement `Display`: async-graphql would then show that text to clients.
#[derive(Clone, Debug)]
pub enum Error {
    /// The object does not exist. [`OrNull::or_null`] turns this error into a plain `null`.
    NotFound,
    /// An error that the client can do something about. The message is written for the client.
    Client(Arc<ClientError>),
    /// An error that the client can do nothing about. The cause is for the log; the client sees the code and a fixed
    /// text.
    Internal(Arc<InternalError>),
}

/// An error whose message is safe to show.
#[derive(Clone, Debug)]
pub struct ClientError {
    /// Code of the error.
    pub code: Code,
    /// Description of the error for the client's developer.
    pub message: String,
    /// Parts of the input that are wrong, if any.
    pub violations: Vec<FieldViolation>,
    /// Business reason of the service, such as `"ALREADY_REVIEWED"`, if any.
    pub reason: Option<String>,
    /// Meaning of a message that the kit has written; `None` for a message of a resolver.
    saying: Option<Saying>,
    occurrence: Occurrence,
}

/// An error whose cause is masked.
#[derive(Clone, Debug)]
pub struct InternalError {
    /// Code that the client sees.
    pub code: Code,
    /// Cause of the error, for the log alone; `None` if it was logged when it happened.
    pub cause: Option<String>,
    occurrence: Occurrence,
}

/// The place at which an error happened, and the service it came from.
#[derive(Clone, Debug, Default)]
struct Occurrence {
    /// Name of the service, without its package; `None` if no call failed.
    service: Option<&'static str>,
    /// Delay after which the service wants to be called again, if it named one.
    retry_after: Option<Duration>,
    /// Path in the answer; empty if none was recorded.
    path: Vec<PathSegment>,
}

impl Error {
    /// Creates an error with a message the client may read.
    #[must_use]
    pub fn client(code: Code, message: impl Into<String>) -> Self {
        Self::Client(Arc::new(ClientError {
            code,
            message: message.into(),
            violations: Vec::new(),
            reason: None,
            saying: None,
            occurrence: Occurrence::default(),
        }))
    }

    /// Creates a `BAD_USER_INPUT` error about one part of the input. `field` is its path in the arguments, such as
    /// `"input.rating"`.
    #[must_use]
    pub fn bad_input(field: impl Into<String>, description: impl Into<String>) -> Self {
        let violation = FieldViolation { field: field.into(), description: description.into() };
        Self::bad_inputs(format!("{}: {}", violation.field, violation.description), vec![violation])
    }

    /// Creates a `BAD_USER_INPUT` error about any number of parts of the input.
    pub(crate) fn bad_inputs(message: impl Into<String>, violations: Vec<FieldViolation>) -> Self {
        let mut error = Self::client(Code::BadUserInput, message);
        if let Self::Client(client) = &mut error {
            Arc::make_mut(client).violations = violations;
        }
        error
    }

    /// Creates the error of what somebody must be signed in for.
    #[must_use]
    pub fn nobody_acts() -> Self {
        Self::said(Code::Unauthenticated, Saying::Unauthenticated)
    }

    /// Creates the error of what the principal may not do.
    pub(crate) fn may_not() -> Self {
        Self::said(Code::Forbidden, Saying::Forbidden)
    }

    /// Creates the error of a service that had too many calls on behalf of the client.
    pub(crate) fn rate_limited() -> Self {
        Self::said(Code::RateLimited, Saying::RateLimited)
    }

    /// Creates the error of an action that a rule of the domain forbids, with the service's business reason.
    pub(crate) fn declined(reason: Option<&str>) -> Self {
        Self::said(Code::Refused, Saying::Declined).because(reason)
    }

    fn because(mut self, reason: Option<&str>) -> Self {
        if let Self::Client(client) = &mut self {
            Arc::make_mut(client).reason = reason.map(str::to_owned);
        }
        self
    }

    /// Creates an error of which the kit says what happened, in the words of the team.
    fn said(code: Code, saying: Saying) -> Self {
        let mut error = Self::client(code, Words::DEFAULT.of(saying));
        if let Self::Client(client) = &mut error {
            Arc::make_mut(client).saying = Some(saying);
        }
        error
    }

    /// Returns the error with one more field violation, if it is an error for the client.
    #[must_use]
    pub fn about(mut self, field: impl Into<String>, description: impl Into<String>) -> Self {
        if let Self::Client(error) = &mut self {
            let violation = FieldViolation { field: field.into(), description: description.into() };
            Arc::make_mut(error).violations.push(violation);
        }
        self
    }

    /// Creates an error whose cause is logged and never shown.
    #[must_use]
    pub fn internal(cause: impl Into<String>) -> Self {
        Self::masked(Code::Internal, Some(cause.into()))
    }

    /// Creates a masked error whose cause was logged when it happened.
    pub(crate) fn logged(code: Code) -> Self {
        Self::masked(code, None)
    }

    fn masked(code: Code, cause: Option<String>) -> Self {
        Self::Internal(Arc::new(InternalError { code, cause, occurrence: Occurrence::default() }))
    }

    /// Returns the error with the service whose call failed, by its name without a package, and the delay after which
    /// that service wants to be called again, bounded by `MAX_RETRY_AFTER`.
    pub(crate) fn at_service(mut self, service: &'static str, retry_after: Option<Duration>) -> Self {
        if let Some(occurrence) = self.occurrence_mut() {
            occurrence.service = Some(service);
            occurrence.retry_after = retry_after.map(|delay| delay.min(MAX_RETRY_AFTER));
        }
        self
    }

    /// Returns the name of the service whose call failed, without its package; `None` if no call failed.
    #[must_use]
    pub fn service(&self) -> Option<&'static str> {
        self.occurrence().and_then(|it| it.service)
    }

    /// Returns the delay after which the client may retry; `None` if no service named one.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.occurrence().and_then(|it| it.retry_after)
    }

    /// Returns the code of the error.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::NotFound => Code::NotFound,
            Self::Client(error) => error.code,
            Self::Internal(error) => error.code,
        }
    }

    /// Returns the business reason of the service, such as `"ALREADY_REVIEWED"`, for the `userErrors` of a mutation.
    #[must_use]
    pub fn business_reason(&self) -> Option<&str> {
        match self {
            Self::Client(error) if error.code == Code::Refused => error.reason.as_deref(),
            _ => None,
        }
    }

    /// Returns the field violations of the input, for the `userErrors` of a mutation.
    #[must_use]
    pub fn violations(&self) -> &[FieldViolation] {
        match self {
            Self::Client(error) if error.code == Code::BadUserInput => &error.violations,
            _ => &[],
        }
    }

    /// Records the path in the answer at which the error happened. async-graphql loses it on the way out of a list.
    #[must_use]
    pub(crate) fn at(mut self, path: impl FnOnce() -> Vec<PathSegment>) -> Self {
        if let Some(occurrence) = self.occurrence_mut() {
            occurrence.path = path();
        }
        self
    }

    /// Returns the path in the answer at which the error happened; empty if none was recorded.
    #[must_use]
    pub fn path(&self) -> &[PathSegment] {
        self.occurrence().map_or(&[], |it| &it.path)
    }

    fn occurrence(&self) -> Option<&Occurrence> {
        match self {
            Self::NotFound => None,
            Self::Client(error) => Some(&error.occurrence),
            Self::Internal(error) => Some(&error.occurrence),
        }
    }

    fn occurrence_mut(&mut self) -> Option<&mut Occurrence> {
        match self {
            Self::NotFound => None,
            Self::Client(error) => Some(&mut Arc::make_mut(error).occurrence),
            Self::Internal(error) => Some(&mut Arc::make_mut(error).occurrence),
        }
    }

    fn message(&self) -> &str {
        match self {
            Self::NotFound => "Not found.",
            Self::Client(error) => &error.message,
            Self::Internal(_) => Words::DEFAULT.masked,
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

/// Returns an error of the schema with the texts and codes of a team, where the kit says what happened.
#[must_use]
pub fn in_words(mut error: ServerError, words: &Words) -> ServerError {
    let (saying, code) = match error.source::<Error>() {
        Some(Error::Internal(_)) => (Some(Saying::Masked), None),
        Some(own @ Error::Client(client)) => {
            let code = own.business_reason().and_then(|it| words.codes.iter().find(|code| **code == it));
            (client.saying, code)
        }
        _ => return error,
    };
    if let Some(saying) = saying {
        words.of(saying).clone_into(&mut error.message);
    }
    if let (Some(code), Some(extensions)) = (code, &mut error.extensions) {
        extensions.set("code", *code);
    }
    error
}

/// Creates an error of the request as a whole.
#[must_use]
pub fn server_error(error: Error) -> ServerError {
    let mut error = async_graphql::Error::from(error).into_server_error(Pos::default());
    error.locations.clear();
    error
}

/// Adds a code to an error that has none.
pub fn coded(mut error: ServerError, code: Code) -> ServerError {
    let extensions = error.extensions.get_or_insert_with(ErrorExtensionValues::default);
    if extensions.get("code").is_none() {
        extensions.set("code", code.as_str());
    }
    error
}

/// Bounds the errors of an answer, their locations and their messages, so that a repeated problem does not fill the
/// answer. Returns the errors that are left and the number of those left out.
#[must_use]
pub fn bounded(mut errors: Vec<ServerError>) -> (Vec<ServerError>, usize) {
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

/// Returns a delay in milliseconds for `retryAfterMs`, rounded up: a late retry is better than an early one.
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

/// The result of a nullable field that may fail alone: a value, `null`, or an error and `null`.
pub type Nullable<T> = Option<Result<T, Error>>;

/// Conversion of [`Error::NotFound`] to `null`.
pub trait OrNull<T> {
    /// Returns `Some(Ok)` for a value, `None` for an object that does not exist and `Some(Err)` for every other error:
    /// the shape of a nullable field that may fail alone.
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
