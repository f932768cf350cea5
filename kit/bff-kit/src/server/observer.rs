//! Metrics and log lines of connections.

use std::any::Any;

use connections::{Bound, Closed, Malformed, Observer};
use http::StatusCode;

use crate::http::{RejectionReason, Rejections};

/// Counts connections, and writes lines about those that the server ended or turned away.
pub(super) struct Observed(pub(super) Rejections);

impl Observer for Observed {
    fn opened(&self) -> Box<dyn Any + Send> {
        Box::new(self.0.metrics.opened())
    }

    fn turned_away(&self, bound: Bound) {
        self.0.metrics.turned_away(bound);
        let bound = bound.as_str();
        if let Some(left_out) = self.0.log.pass("connection past", bound) {
            tracing::warn!(target: "access", bound, left_out, "turned a connection away, past the bound of {bound}");
        }
    }

    fn closed(&self, closed: Closed) {
        self.0.metrics.closed(closed);
        let reason = closed.as_str();
        if closed.is_for_its_client()
            && let Some(left_out) = self.0.log.pass("connection", reason)
        {
            tracing::info!(target: "access", reason, left_out, "ended a connection: {reason}");
        }
    }

    fn malformed(&self, malformed: Malformed, status: StatusCode) {
        let reason = match malformed {
            Malformed::TooLarge => RejectionReason::HeadTooLarge,
            Malformed::Unparsable => RejectionReason::BadHead,
        };
        self.0.note(reason, status);
    }
}
