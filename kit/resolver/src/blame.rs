//! Turns the upstream error of a call into the error of a field: shown to the client, or logged and masked.
//!
//! A status is about the client only if the client contributed to the request of the call. Any other error is ours or
//! the service's, and is logged and masked.

use fetch::{FailureKind, FieldViolation, Reasons, Rpc, SampledLog, UpstreamError};
use operation::Code;
use operation::schema::{StepInfo, StepKind};

use crate::error::Error;
use identity::Principal;

/// The part that the client and the principal had in a call.
pub(crate) struct Part<'a> {
    /// The RPC that was called.
    pub(crate) rpc: Rpc,
    /// The step by which the field declares the call; `None` if the field does not declare it.
    pub(crate) step: Option<&'a StepInfo>,
    /// Fields of the request that the client knows by another name, as pairs of field and argument.
    pub(crate) aliases: &'a [(&'a str, &'a str)],
    /// The principal on whose behalf the call was made.
    pub(crate) principal: &'a Principal,
    /// Reasons of services that are about the principal.
    pub(crate) reasons: &'a Reasons,
}

impl Part<'_> {
    /// Returns the error of the field that needed the response, by the table of `docs/errors.md`. An upstream
    /// error that is not about the client is logged.
    pub(crate) fn error(&self, failure: &UpstreamError, log: &SampledLog) -> Error {
        let error = self.told(failure).unwrap_or_else(|| {
            self.log(failure, log);
            Error::logged(match failure.kind() {
                FailureKind::Timeout => Code::UpstreamTimeout,
                FailureKind::Overloaded => Code::UpstreamOverloaded,
                FailureKind::Unavailable | FailureKind::ResourceExhausted => Code::UpstreamUnavailable,
                _ => Code::Internal,
            })
        });
        error.at_service(self.rpc.service_name(), failure.retry_after())
    }

    /// Returns the error to show to the client; `None` if the upstream error is not about the client.
    fn told(&self, failure: &UpstreamError) -> Option<Error> {
        let by_status = self.rpc.speaks_by_status();
        let gave = self.step.is_some_and(|step| !step.given.is_empty());
        let is_one_of =
            |reasons: &[&str]| by_status || failure.reason().is_some_and(|it| reasons.contains(&it));
        match failure.kind() {
            FailureKind::NotFound => Some(Error::NotFound),
            FailureKind::InvalidArgument => {
                let violations = self.in_arguments(failure.violations());
                let is_told = !violations.is_empty() || by_status && gave;
                is_told.then(|| Error::bad_inputs("The input was not accepted.", violations))
            }
            FailureKind::Unauthenticated => {
                let nobody_acts = !self.principal.is_signed_in() && is_one_of(self.reasons.nobody_acts);
                nobody_acts.then(Error::nobody_acts)
            }
            FailureKind::PermissionDenied => is_one_of(self.reasons.may_not).then(Error::may_not),
            FailureKind::Declined => {
                let is_command = self.step.is_some_and(|step| step.kind != StepKind::Fetch);
                let is_told = gave && (is_command || by_status || failure.reason().is_some());
                is_told.then(|| Error::declined(failure.reason()))
            }
            FailureKind::ResourceExhausted => by_status.then(Error::rate_limited),
            FailureKind::Overloaded
            | FailureKind::Timeout
            | FailureKind::Unavailable
            | FailureKind::Internal => None,
        }
    }

    /// Returns the field violations that are about arguments of the field, under the names of those arguments.
    fn in_arguments(&self, violations: &[FieldViolation]) -> Vec<FieldViolation> {
        let argument = |it: &FieldViolation| {
            let field = self.step?.argument_path(&it.field, self.aliases)?;
            Some(FieldViolation { field, description: it.description.clone() })
        };
        violations.iter().filter_map(argument).collect()
    }

    fn log(&self, failure: &UpstreamError, log: &SampledLog) {
        let is_of_principal =
            failure.reason().is_some_and(|reason| self.reasons.nobody_acts.contains(&reason));
        if failure.kind() != FailureKind::Unauthenticated || is_of_principal {
            return log.failed(self.rpc.path(), failure);
        }
        // The service does not accept our own credential. Users can do nothing about it, so the line tells operators
        // what to check.
        if let Some(left_out) = log.pass("credential.key", failure.code()) {
            let (rpc, code, cause, reason) =
                (self.rpc.path(), failure.code(), failure.message(), failure.reason());
            tracing::error!(
                rpc,
                code,
                reason,
                cause,
                left_out,
                "a service rejects our credential: check the settings `credential.*`, that the clock is right and that it knows us"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use fetch::Idempotency;

    use super::*;

    fn step(kind: StepKind, by: &[&str], given: &[&str]) -> StepInfo {
        let strings = |list: &[&str]| list.iter().map(|it| (*it).to_owned()).collect();
        StepInfo {
            name: "Loaded".to_owned(),
            kind,
            rpc: "test.v1.TestService/Load".to_owned(),
            by: strings(by),
            given: strings(given),
            reads: Vec::new(),
            on: None,
            holds: None,
            best_effort: false,
            coalesced: false,
            masked: true,
            each: None,
            at_once: None,
            max_keys: 1,
            idempotency: Idempotency::NoSideEffects,
            public: false,
        }
    }

    /// Returns the code of the field's error for a status, and the parts of the input that the error names.
    fn told(
        rpc: Rpc,
        step: &StepInfo,
        principal: &Principal,
        status: i32,
        reason: &str,
        field: &str,
    ) -> (Code, Vec<String>) {
        let reasons = Reasons { nobody_acts: &["USER_REQUIRED"], may_not: &["NOT_YOURS"] };
        let aliases = &[("page_size", "first")];
        let part = Part { rpc, step: Some(step), aliases, principal, reasons: &reasons };
        let bad_request = tonic_types::pb::BadRequest {
            field_violations: vec![tonic_types::pb::bad_request::FieldViolation {
                field: field.to_owned(),
                ..Default::default()
            }],
        };
        let detail = prost_types::Any {
            type_url: "type.googleapis.com/google.rpc.BadRequest".to_owned(),
            value: prost::Message::encode_to_vec(&bad_request),
        };
        let failure = UpstreamError::of_key(status, String::new(), reason.to_owned(), &[detail]);
        let error = part.error(&failure, &SampledLog::default());
        let violations = match &error {
            Error::Client(client) => client.violations.iter().map(|it| it.field.clone()).collect(),
            Error::NotFound | Error::Internal(_) => Vec::new(),
        };
        (error.code(), violations)
    }

    const RPC: Rpc = Rpc::read("test.v1.TestService/Load");

    #[test]
    fn a_status_speaks_of_the_client_only_where_it_had_a_part() {
        let list = step(StepKind::Fetch, &["parent.id", "argument.first"], &["first"]);
        let by_id = step(StepKind::Fetch, &["argument.id"], &["id"]);
        let of_parent = step(StepKind::Fetch, &["parent.id"], &[]);
        let command = step(StepKind::Command, &["argument.input"], &["input", "input.rating", "input.first"]);
        let (nobody, somebody) = (Principal::anonymous(), Principal::of_user("ada"));
        let (bad, internal) = (Code::BadUserInput, Code::Internal);
        for (step, status, field, code, named) in [
            (&list, 3, "page_size", bad, &["first"][..]),
            (&list, 11, "page_size", bad, &["first"]),
            (&list, 3, "product_id", internal, &[]),
            (&list, 3, "read_mask", internal, &[]),
            (&list, 3, "", internal, &[]),
            (&by_id, 3, "", bad, &["id"]),
            (&by_id, 3, "read_mask", internal, &[]),
            (&of_parent, 3, "", internal, &[]),
            (&command, 3, "rating", bad, &["input.rating"]),
            (&command, 3, "rating[2].stars", bad, &["input.rating[2].stars"]),
            (&command, 3, "user_id", internal, &[]),
        ] {
            assert_eq!(
                told(RPC, step, &somebody, status, "", field),
                (code, named.iter().map(|it| (*it).to_owned()).collect()),
                "{field:?} of {:?}",
                step.by
            );
        }
        for (step, principal, status, reason, code) in [
            (&list, &nobody, 16, "USER_REQUIRED", Code::Unauthenticated),
            (&list, &somebody, 16, "USER_REQUIRED", internal),
            (&list, &nobody, 16, "CREDENTIAL_EXPIRED", internal),
            (&list, &somebody, 7, "NOT_YOURS", Code::Forbidden),
            (&list, &somebody, 7, "", internal),
            (&list, &somebody, 9, "SOLD_OUT", Code::Refused),
            (&list, &somebody, 9, "", internal),
            (&of_parent, &somebody, 9, "SOLD_OUT", internal),
            (&command, &somebody, 10, "", Code::Refused),
            (&list, &somebody, 8, "QUOTA", Code::UpstreamUnavailable),
        ] {
            assert_eq!(told(RPC, step, principal, status, reason, "read_mask").0, code, "{status} {reason}");
        }
    }

    #[test]
    fn a_service_may_be_trusted_to_speak_by_status_alone() {
        let rpc = RPC.by_status();
        let list = step(StepKind::Fetch, &["parent.id", "argument.first"], &["first"]);
        let of_parent = step(StepKind::Fetch, &["parent.id"], &[]);
        let (nobody, somebody) = (Principal::anonymous(), Principal::of_user("ada"));
        for (step, principal, status, code) in [
            (&list, &somebody, 3, Code::BadUserInput),
            (&of_parent, &somebody, 3, Code::Internal),
            (&list, &nobody, 16, Code::Unauthenticated),
            (&list, &somebody, 16, Code::Internal),
            (&list, &somebody, 7, Code::Forbidden),
            (&list, &somebody, 8, Code::RateLimited),
            (&list, &somebody, 9, Code::Refused),
            (&of_parent, &somebody, 9, Code::Internal),
        ] {
            assert_eq!(told(rpc, step, principal, status, "", "read_mask").0, code, "{status}");
        }
    }
}
