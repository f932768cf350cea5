//! Access log line and metrics of an operation.

use std::sync::{Arc, OnceLock};

use async_graphql::{ServerError, Value};
use fetch::CallContext;
use operation::Prepared;
use operation::loggable_name;
use tokio::time::Instant;

use crate::answer::Answer;
use crate::limit::Charged;
use resolver::{Actor, Principal};
use telemetry::Health;

/// Status of an operation whose client did not wait for the answer, as proxies report it. No client is sent this
/// status.
const UNANSWERED: u16 = 499;

/// A running operation. Writes its log line and its metrics when it ends in any way, also when its client leaves first
/// or it is cut off.
#[derive(Debug)]
pub struct Access {
    client: &'static str,
    health: Arc<Health>,
    started: Instant,
    known: Arc<Known>,
    ended: bool,
}

/// Facts of an operation that become known on the way.
#[derive(Debug, Default)]
pub struct Known {
    operation: OnceLock<Arc<Prepared>>,
    principal: OnceLock<&'static str>,
    calls: OnceLock<Arc<CallContext>>,
    charged: OnceLock<Charged>,
}

impl Known {
    /// Records the operation.
    pub(crate) fn operation(&self, operation: &Arc<Prepared>) {
        let _first = self.operation.set(operation.clone());
    }

    /// Records the kind of the principal.
    pub(crate) fn principal(&self, principal: &Principal) {
        let _first = self.principal.set(principal.kind());
    }

    /// Records what is left of a quota.
    pub(crate) fn charged(&self, charged: Charged) {
        let _first = self.charged.set(charged);
    }

    /// Returns what is left of the quota that the operation was charged to; `None` if there is none.
    #[must_use]
    pub fn left(&self) -> Option<&Charged> {
        self.charged.get()
    }

    /// Records the context of the calls that the operation makes.
    pub(crate) fn calls(&self, calls: &Arc<CallContext>) {
        let _first = self.calls.set(calls.clone());
    }
}

impl Access {
    /// Begins an operation of a client now.
    #[must_use]
    pub fn begin(client: &'static str, health: Arc<Health>) -> Self {
        Self { client, health, started: Instant::now(), known: Arc::default(), ended: false }
    }

    /// Returns where its facts are recorded.
    #[must_use]
    pub const fn known(&self) -> &Arc<Known> {
        &self.known
    }

    /// Ends the operation as answered, with this status and length in bytes.
    pub fn answered(mut self, status: u16, bytes: usize, answer: &Answer) {
        self.ended = true;
        let mut codes: Vec<&str> = answer.response.errors.iter().filter_map(code).collect();
        for code in &codes {
            self.health.metrics().error(code);
        }
        codes.sort_unstable();
        codes.dedup();
        let degraded = answer.response.extensions.contains_key("degraded");
        if degraded {
            self.health.metrics().degraded(self.registered());
        }
        let known = self.known.operation.get().and_then(|operation| operation.name());
        let name = answer.operation_name.as_deref().or(known).and_then(loggable_name);
        self.tell(status, bytes, name, &Outcome { calls: answer.calls, errors: codes.join(","), degraded });
    }

    /// Returns the name of the operation; `None` if the operation is not registered.
    fn registered(&self) -> Option<&Arc<str>> {
        let operation = self.known.operation.get()?;
        operation.registered().and(Some(operation.label()))
    }

    fn tell(&self, status: u16, bytes: usize, name: Option<&str>, outcome: &Outcome) {
        let took = self.started.elapsed();
        self.health.metrics().operation(self.registered(), status, took, bytes);
        let Outcome { calls, errors, degraded } = outcome;
        let (client, operation) = (self.client, name.unwrap_or("-"));
        tracing::info!(
            target: "access",
            client,
            operation,
            caller = self.known.principal.get().copied().unwrap_or(Actor::Anonymous.kind()),
            status,
            duration_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
            bytes,
            calls,
            errors,
            degraded,
            "{} {operation} for {client}",
            if status == UNANSWERED { "did not answer" } else { "answered" }
        );
    }
}

/// Facts of an answer for the log line.
struct Outcome {
    calls: usize,
    errors: String,
    degraded: bool,
}

impl Drop for Access {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        let reason = self.health.why_unanswered();
        self.health.metrics().left(reason);
        let calls = self.known.calls.get().map_or(0, |calls| calls.observed.calls().len());
        let name = self.known.operation.get().and_then(|operation| operation.name());
        let outcome = Outcome { calls, errors: reason.to_owned(), degraded: false };
        self.tell(UNANSWERED, 0, name, &outcome);
    }
}

fn code(error: &ServerError) -> Option<&str> {
    match error.extensions.as_ref()?.get("code")? {
        Value::String(code) => Some(code),
        _ => None,
    }
}
