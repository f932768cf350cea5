//! Errors of calls that failed.

mod codes;
#[cfg(test)]
mod tests;

use std::error::Error as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tonic::{Code, Status};
use tonic_types::{StatusExt as _, pb};

use crate::Rpc;
use crate::wire::Ended;
use codes::{code_name, kind_of, usual_code};

/// Error of a call, or of one key of it, that failed. Cheap to clone: every key of a failed batch holds it.
#[derive(Clone, Debug)]
pub struct UpstreamError(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    kind: FailureKind,
    code: Code,
    message: String,
    reason: Option<String>,
    violations: Vec<FieldViolation>,
    retry_after: Option<Duration>,
    unsent: bool,
    broken: bool,
    logged: AtomicBool,
}

/// Failure kind of an upstream error, by the status of the service. It does not tell if the status is about the client:
/// only the code that made the call knows which part of the request came from the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// The requested object does not exist.
    NotFound,
    /// The request was invalid; repeating it will not help.
    InvalidArgument,
    /// The service does not accept the credential or the principal of the call.
    Unauthenticated,
    /// The service accepts the credential, but does not permit the call.
    PermissionDenied,
    /// A rule of the domain forbids the call; the business reason names the rule.
    Declined,
    /// The service has no capacity, or a quota is used up.
    ResourceExhausted,
    /// Too many calls were under way at a time, so that this one was never sent. It says nothing about the service.
    Overloaded,
    /// The response did not arrive within the time given.
    Timeout,
    /// The service cannot be reached, its response broke off, or the service itself reports that it is unavailable.
    Unavailable,
    /// Any other failure, including a broken response.
    Internal,
}

impl FailureKind {
    /// Returns true if one key of a call may be the reason for the failure of all: it is no matter of time or load.
    pub(crate) fn may_be_of_one_key(self) -> bool {
        match self {
            Self::ResourceExhausted | Self::Overloaded | Self::Timeout | Self::Unavailable => false,
            Self::NotFound
            | Self::InvalidArgument
            | Self::Unauthenticated
            | Self::PermissionDenied
            | Self::Declined
            | Self::Internal => true,
        }
    }
}

/// A part of a request that a service did not accept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldViolation {
    /// Path of the field in the request message, such as `"rating"`. For one key of a batch, the path is relative to
    /// the key, and empty if the key as a whole is meant.
    pub field: String,
    /// Description of the problem, in words a client developer may read.
    pub description: String,
}

impl FieldViolation {
    /// Returns the steps of the path, including list indices: `["readings", "2", "value"]` of `"readings[2].value"`.
    #[must_use]
    pub fn path(&self) -> Vec<String> {
        self.field.split(['.', '[', ']']).filter(|step| !step.is_empty()).map(str::to_owned).collect()
    }
}

impl UpstreamError {
    /// Creates an upstream error of this failure kind, with a message for the log.
    #[must_use]
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self::of(Inner { message: message.into(), ..Inner::new(kind) })
    }

    /// Creates the upstream error of a request that is not sent, because this field of it is invalid.
    pub(crate) fn invalid(field: &str, description: &str) -> Self {
        let violation = FieldViolation { field: field.to_owned(), description: description.to_owned() };
        let message = format!("{field}: {description}");
        let violations = vec![violation];
        Self::of(Inner { message, violations, unsent: true, ..Inner::new(FailureKind::InvalidArgument) })
    }

    /// Creates the upstream error of one key of a batch, from a gRPC status code, a message, a reason, and details as
    /// in `google.rpc.Status`. Without a reason, that of the `ErrorInfo` among the details counts.
    #[must_use]
    pub fn of_key(code: i32, message: String, reason: String, details: &[prost_types::Any]) -> Self {
        let violations: Vec<_> = details_of::<pb::BadRequest>(details, "google.rpc.BadRequest")
            .flat_map(|bad| bad.field_violations)
            .map(|violation| FieldViolation { field: violation.field, description: violation.description })
            .collect();
        let delay =
            details_of::<pb::RetryInfo>(details, "google.rpc.RetryInfo").find_map(|it| it.retry_delay);
        let code = Code::from_i32(code);
        let info = || details_of::<pb::ErrorInfo>(details, "google.rpc.ErrorInfo").next().map(|it| it.reason);
        Self::of(Inner {
            code,
            message,
            reason: Some(reason).filter(|reason| !reason.is_empty()).or_else(info),
            violations,
            retry_after: delay.and_then(|delay| Duration::try_from(delay).ok()),
            ..Inner::new(kind_of(code))
        })
    }

    /// Creates the upstream error of a status from the client library, by how the response ended on the wire. A status
    /// that no service sent is never about the client, only about the path between us and the service.
    pub(crate) fn of_status(rpc: Rpc, status: &Status, ended: Ended) -> Self {
        if ended == Ended::Status(status.code().into()) {
            let Some(reason) = rpc.reason_of(status.code().into(), status.message()) else {
                return Self::answered(status);
            };
            return Self::of(Inner {
                code: status.code(),
                message: status.message().to_owned(),
                reason: Some(reason.to_owned()),
                ..Inner::new(FailureKind::Declined)
            });
        }
        if ended == Ended::Unsent {
            return Self::unsent(with_sources(status));
        }
        let is_cut = matches!(ended, Ended::Foreign | Ended::Cut) || status.source().is_some();
        let kind = if is_cut { FailureKind::Unavailable } else { FailureKind::Internal };
        Self::new(kind, with_sources(status))
    }

    /// Returns the upstream error of a stream, whose end on the wire is not recorded: a status that has a source was made
    /// here of a broken connection, any other is the service's.
    pub(crate) fn of_stream(status: &Status) -> Self {
        if status.source().is_some() {
            return Self::new(FailureKind::Unavailable, with_sources(status));
        }
        Self::answered(status)
    }

    /// Creates the upstream error of a call that was not sent because there is no credential for it.
    #[must_use]
    pub fn without_credential(kind: FailureKind, message: impl Into<String>) -> Self {
        Self::of(Inner { message: message.into(), unsent: true, ..Inner::new(kind) })
    }

    /// Creates the upstream error of a request that no service can have seen.
    pub(crate) fn unsent(message: impl Into<String>) -> Self {
        Self::of(Inner { message: message.into(), unsent: true, ..Inner::new(FailureKind::Unavailable) })
    }

    /// Creates the upstream error of a call whose time ended before any service can have seen it.
    pub(crate) fn late_unsent(message: impl Into<String>) -> Self {
        Self::of(Inner { message: message.into(), unsent: true, ..Inner::new(FailureKind::Timeout) })
    }

    /// Creates the upstream error of a call that was not sent because the breaker of its RPC is open.
    pub(crate) fn broken(message: impl Into<String>) -> Self {
        Self::of(Inner {
            message: message.into(),
            unsent: true,
            broken: true,
            ..Inner::new(FailureKind::Unavailable)
        })
    }

    /// Creates the upstream error of a status that a service sent.
    fn answered(status: &Status) -> Self {
        let details = status.get_error_details();
        let violations = details.bad_request().into_iter().flat_map(|bad| &bad.field_violations);
        let violation = |it: &tonic_types::FieldViolation| FieldViolation {
            field: it.field.clone(),
            description: it.description.clone(),
        };
        Self::of(Inner {
            code: status.code(),
            message: status.message().to_owned(),
            reason: details.error_info().map(|info| info.reason.clone()),
            violations: violations.map(violation).collect(),
            retry_after: details.retry_info().and_then(|info| info.retry_delay),
            ..Inner::new(kind_of(status.code()))
        })
    }

    fn of(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    /// Returns the error for one key of the batch: the key at `index` of the request field `keys`, or, without an
    /// index, the only key, which is that field itself. Field violations of other keys are left out.
    pub(crate) fn at_key(&self, keys: &str, index: Option<usize>) -> Self {
        let in_key = |field: &str| {
            let rest = field.strip_prefix(keys)?;
            let Some(index) = index else { return rest.is_empty().then(String::new) };
            let (at, rest) = rest.strip_prefix('[')?.split_once(']')?;
            (at.parse() == Ok(index)).then(|| rest.strip_prefix('.').unwrap_or(rest).to_owned())
        };
        if keys.is_empty() || self.0.violations.is_empty() {
            return self.clone();
        }
        let violation = |it: &FieldViolation| match in_key(&it.field) {
            Some(field) => Some(FieldViolation { field, ..it.clone() }),
            None => (!it.field.starts_with(&format!("{keys}["))).then(|| it.clone()),
        };
        let Inner { kind, code, message, reason, retry_after, unsent, broken, .. } = &*self.0;
        Self::of(Inner {
            kind: *kind,
            code: *code,
            message: message.clone(),
            reason: reason.clone(),
            violations: self.0.violations.iter().filter_map(violation).collect(),
            retry_after: *retry_after,
            unsent: *unsent,
            broken: *broken,
            logged: AtomicBool::new(self.0.logged.load(Ordering::Relaxed)),
        })
    }

    /// Returns true if the error has yet to be logged, and marks it as logged: only the first call returns true.
    pub(crate) fn is_logged_first(&self) -> bool {
        !self.0.logged.swap(true, Ordering::Relaxed)
    }

    /// Returns true if the error is never about the client, whatever was fetched: such an error is logged where it
    /// happens.
    pub(crate) fn is_of_service(&self) -> bool {
        match self.kind() {
            FailureKind::ResourceExhausted
            | FailureKind::Overloaded
            | FailureKind::Timeout
            | FailureKind::Unavailable
            | FailureKind::Internal => true,
            FailureKind::NotFound
            | FailureKind::InvalidArgument
            | FailureKind::Unauthenticated
            | FailureKind::PermissionDenied
            | FailureKind::Declined => false,
        }
    }

    /// Returns true if the error means that there is no such object.
    pub(crate) fn is_not_found(&self) -> bool {
        self.kind() == FailureKind::NotFound
    }

    /// Returns true if no service can have seen the request, which may then be repeated whatever it changes.
    pub(crate) fn is_unsent(&self) -> bool {
        self.0.unsent
    }

    /// Returns true if the breaker of the RPC is open, so that the call would fail again.
    pub(crate) fn is_broken(&self) -> bool {
        self.0.broken
    }

    /// Returns the gRPC status code, as the specification writes it, such as `"UNAVAILABLE"`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        code_name(self.0.code)
    }

    /// Returns the failure kind.
    #[must_use]
    pub fn kind(&self) -> FailureKind {
        self.0.kind
    }

    /// Returns the message of the service, for the log. The message may name internals: never show it to a client.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Returns the `reason` of the `ErrorInfo`, such as `"ALREADY_REVIEWED"`.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// Returns the field violations of the request, from the `BadRequest`.
    #[must_use]
    pub fn violations(&self) -> &[FieldViolation] {
        &self.0.violations
    }

    /// Returns the delay before a retry, from the `RetryInfo`.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }
}

impl Inner {
    fn new(kind: FailureKind) -> Self {
        Self {
            kind,
            code: usual_code(kind),
            message: String::new(),
            reason: None,
            violations: Vec::new(),
            retry_after: None,
            unsent: false,
            broken: false,
            logged: AtomicBool::new(false),
        }
    }
}

/// Returns the details of one type, without those that cannot be decoded.
fn details_of<M: prost::Message + Default>(
    details: &[prost_types::Any],
    name: &'static str,
) -> impl Iterator<Item = M> {
    let of_type = move |it: &&prost_types::Any| it.type_url.rsplit('/').next() == Some(name);
    details.iter().filter(of_type).filter_map(|it| M::decode(it.value.as_slice()).ok())
}

/// Returns the message of a status, followed by the messages of its sources.
fn with_sources(status: &Status) -> String {
    let mut words = status.message().to_owned();
    let mut source = status.source();
    while let Some(error) = source {
        let more = error.to_string();
        if !words.contains(&more) {
            words = if words.is_empty() { more } else { format!("{words}: {more}") };
        }
        source = error.source();
    }
    words
}
