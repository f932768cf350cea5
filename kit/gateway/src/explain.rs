//! Plan and calls of a request, reported to developers in its answer.

use std::time::Duration;

use async_graphql::Value;
use fetch::ObservedCall;
use serde::Serialize;

use operation::Plan;

/// Details that a request wants reported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Explain {
    /// No details.
    #[default]
    No,
    /// The plan.
    Plan,
    /// The plan, and the calls that were made.
    Analyze,
}

/// The calls that were made for a request.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Analysis {
    /// Time until the answer, in microseconds.
    pub took_us: u64,
    /// The calls, in the order they were started.
    pub calls: Vec<MadeCall>,
}

/// A call that was made. Times count from the start of the request, in microseconds.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MadeCall {
    /// Slot of the planned call; `None` for a command, or a call that was not planned.
    pub slot: Option<usize>,
    /// Name of the fetch or command.
    pub name: &'static str,
    /// The RPC.
    pub rpc: &'static str,
    /// Number of keys in the call.
    pub keys: usize,
    /// Start of the call.
    pub start_us: u64,
    /// End of the call; `None` if the call had not ended when the answer was complete.
    pub end_us: Option<u64>,
    /// Length of its answer; `None` if there was none.
    pub bytes: Option<usize>,
    /// Kind of its failure; `None` if it did not fail.
    #[serde(rename = "fault")]
    pub failure: Option<String>,
}

impl Explain {
    /// Parses the value of the header `x-bff-plan`. Unknown values report nothing.
    #[must_use]
    pub fn of(header: &str) -> Self {
        match header {
            "plan" => Self::Plan,
            "analyze" => Self::Analyze,
            _ => Self::No,
        }
    }
}

impl Analysis {
    pub(crate) fn of(calls: &[ObservedCall], took: Duration) -> Self {
        let call = |call: &ObservedCall| MadeCall {
            slot: call.slot,
            name: call.name,
            rpc: call.rpc,
            keys: call.keys,
            start_us: micros(call.start),
            end_us: call.took.map(|took| micros(call.start + took)),
            bytes: call.bytes,
            failure: call.failure.map(|kind| format!("{kind:?}")),
        };
        Self { took_us: micros(took), calls: calls.iter().map(call).collect() }
    }
}

/// Builds `extensions.plan`.
pub(crate) fn extension(plan: &Plan, observed: Option<&Analysis>) -> Value {
    #[derive(Serialize)]
    struct Told<'a> {
        #[serde(flatten)]
        plan: &'a Plan,
        #[serde(skip_serializing_if = "Option::is_none")]
        observed: Option<&'a Analysis>,
    }
    async_graphql::to_value(Told { plan, observed }).unwrap_or_default()
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
