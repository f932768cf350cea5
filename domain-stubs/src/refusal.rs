//! Errors of the domain, and the one place where they become a gRPC status.

use std::time::Duration;

use prost::Message as _;
use prost_types::Any;
use proto::common::KeyError;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt as _, pb};

/// Domain of every `google.rpc.ErrorInfo` this crate sends.
pub(crate) const ERROR_DOMAIN: &str = "shop.example";

/// The error of a call, or of one key of a batch.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    code: Code,
    reason: &'static str,
    message: String,
    fields: Vec<FieldViolation>,
    retry_after: Option<Duration>,
}

impl Refusal {
    /// An error with a status code, a constant reason in `UPPER_SNAKE_CASE` and a message for
    /// readers of a log.
    pub(crate) fn new(code: Code, reason: &'static str, message: impl Into<String>) -> Self {
        Self { code, reason, message: message.into(), fields: Vec::new(), retry_after: None }
    }

    /// `INVALID_ARGUMENT` for one invalid field.
    pub(crate) fn invalid(
        reason: &'static str,
        field: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self::invalid_fields(reason, vec![FieldViolation::new(field, message)])
    }

    /// `INVALID_ARGUMENT` for several invalid fields, at least one.
    pub(crate) fn invalid_fields(reason: &'static str, fields: Vec<FieldViolation>) -> Self {
        let message =
            fields.iter().map(|f| format!("{}: {}", f.field, f.description)).collect::<Vec<_>>().join("; ");
        Self { code: Code::InvalidArgument, reason, message, fields, retry_after: None }
    }

    /// `NOT_FOUND` for an unknown product.
    pub(crate) fn unknown_product(id: &str) -> Self {
        Self::new(Code::NotFound, "PRODUCT_NOT_FOUND", format!("there is no product {id:?}"))
    }

    /// `INVALID_ARGUMENT` for a page token of another listing.
    pub(crate) fn foreign_page_token() -> Self {
        Self::invalid("PAGE_TOKEN_INVALID", "page_token", "is not a token of this listing")
    }

    /// `UNAUTHENTICATED` with a reason and a message.
    pub(crate) fn unauthenticated(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(Code::Unauthenticated, reason, message)
    }

    /// `UNAVAILABLE`: the domain stops, and no longer answers.
    pub(crate) fn stopping() -> Self {
        Self::new(Code::Unavailable, "STOPPING", "the domain is stopping")
    }

    /// `INTERNAL`: a failure of the domain itself, whose cause is logged here and not sent to the
    /// client.
    pub(crate) fn internal(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(%cause, "the domain failed: {cause}");
        Self::new(Code::Internal, "INTERNAL", "the domain failed")
    }

    /// Adds the time after which the client may retry.
    pub(crate) fn retried_after(self, delay: Option<Duration>) -> Self {
        Self { retry_after: delay, ..self }
    }

    /// True if the domain itself failed, so that the error is not that of a single key.
    pub(crate) fn is_internal(&self) -> bool {
        self.code == Code::Internal
    }

    /// The status code of gRPC.
    pub(crate) fn code(&self) -> Code {
        self.code
    }
}

impl From<Refusal> for Status {
    fn from(error: Refusal) -> Self {
        let mut details = ErrorDetails::with_error_info(error.reason, ERROR_DOMAIN, []);
        if !error.fields.is_empty() {
            details.set_bad_request(error.fields);
        }
        if let Some(delay) = error.retry_after {
            details.set_retry_info(Some(delay));
        }
        Status::with_error_details(error.code, error.message, details)
    }
}

impl From<Refusal> for KeyError {
    fn from(error: Refusal) -> Self {
        let violations = error.fields.into_iter().map(|violation| pb::bad_request::FieldViolation {
            field: violation.field,
            description: violation.description,
            ..pb::bad_request::FieldViolation::default()
        });
        let bad_request = pb::BadRequest { field_violations: violations.collect() };
        let detail = (!bad_request.field_violations.is_empty()).then(|| Any {
            type_url: "type.googleapis.com/google.rpc.BadRequest".to_owned(),
            value: bad_request.encode_to_vec(),
        });
        Self {
            code: error.code.into(),
            message: error.message,
            reason: error.reason.to_owned(),
            details: detail.into_iter().collect(),
        }
    }
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        Self::internal(&error)
    }
}
