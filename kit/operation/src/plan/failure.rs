//! Consequences for the client when a call fails.

use std::collections::BTreeSet;

use async_graphql_value::indexmap::IndexSet;
use serde::Serialize;

use crate::CallGraph;
use crate::call_graph::{Node, Selected};
use crate::code::Code;
use crate::schema::{SchemaIndex, StepInfo, StepKind};

/// Consequences of failing calls of one RPC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// The RPC.
    pub rpc: String,
    /// Consequences if the service cannot be reached.
    pub unavailable: Vec<Consequence>,
    /// Consequences if the call takes longer than it may.
    pub timeout: Vec<Consequence>,
    /// Consequences if the call fails in any other way, or its response cannot be read.
    pub internal: Vec<Consequence>,
    /// Consequences if the service declines the call for a business reason. Tools read them as `refused`.
    #[serde(rename = "refused")]
    pub declined: Vec<Consequence>,
    /// Consequences if the service finds nothing.
    pub not_found: Vec<Consequence>,
    /// True if the request waits for a call of the RPC. Otherwise nothing is missing when the calls fail.
    pub awaited: bool,
    /// Time beyond its freshness for which an old value stands in for one that cannot be loaded, where the server has
    /// kept one, in seconds; 0 if none may stand in.
    pub stale_s: u64,
}

/// The way in which a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureMode {
    /// The service cannot be reached.
    Unavailable,
    /// The call takes longer than it may.
    Timeout,
    /// The call fails in any other way, or its response cannot be read.
    Internal,
    /// The service declines the call for a business reason.
    Declined,
    /// The service finds nothing.
    NotFound,
}

/// Consequence of a failure for one field.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Consequence {
    /// Path of the field without list indices; empty for the whole answer.
    pub path: String,
    /// The type of object that is concerned, if the field may return several types; `None` otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// Outcome for the field.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// The result of a field whose call failed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(tag = "becomes", rename_all = "camelCase")]
pub enum Outcome {
    /// `null`, with an error of this code, or without an error if there is nothing to find.
    Null {
        /// Code of the error; `None` if there is no error.
        code: Option<&'static str>,
    },
    /// The field's fallback, with this code in `extensions.degraded`, or without an entry if there is nothing to find.
    Fallback {
        /// The fallback, as JSON.
        value: String,
        /// Code of the entry; `None` if there is no entry.
        code: Option<&'static str>,
    },
    /// A payload whose `userErrors` report the failure.
    UserErrors,
    /// The value the field has anyway, with this code in `extensions.degraded`, or without an entry if there is
    /// nothing to find.
    Unchanged {
        /// Code of the entry; `None` if there is no entry.
        code: Option<&'static str>,
    },
}

impl FailureMode {
    /// All failure modes.
    pub const ALL: [Self; 5] =
        [Self::Unavailable, Self::Timeout, Self::Internal, Self::Declined, Self::NotFound];

    /// Returns the failure mode of a gRPC status that names neither an argument nor a principal; `None` for OK.
    #[must_use]
    pub fn of_status(code: i32) -> Option<Self> {
        match code {
            0 => None,
            5 => Some(Self::NotFound),
            4 => Some(Self::Timeout),
            // FAILED_PRECONDITION, ALREADY_EXISTS, ABORTED.
            9 | 6 | 10 => Some(Self::Declined),
            // UNAVAILABLE, RESOURCE_EXHAUSTED.
            14 | 8 => Some(Self::Unavailable),
            _ => Some(Self::Internal),
        }
    }

    /// Returns the code reported for a field that had no part in the failure; `None` if the client is told nothing.
    #[must_use]
    pub fn code(self) -> Option<&'static str> {
        match self {
            Self::Unavailable => Some(Code::UpstreamUnavailable.as_str()),
            Self::Timeout => Some(Code::UpstreamTimeout.as_str()),
            Self::Internal | Self::Declined => Some(Code::Internal.as_str()),
            Self::NotFound => None,
        }
    }
}

/// Returns the failure table of an operation, with every RPC of its plan.
pub(super) fn table(
    call_graph: &CallGraph,
    schema_index: &SchemaIndex,
    stale_s: impl Fn(&str) -> u64,
) -> Vec<Failure> {
    let fetches = call_graph.fetches.iter().map(|fetch| &fetch.step);
    let steps: Vec<_> = fetches.chain(call_graph.commands.iter().map(|send| &send.step)).collect();
    let rpcs: BTreeSet<&str> = steps.iter().map(|step| step.rpc.as_str()).collect();
    let awaited = |rpc: &str| steps.iter().any(|step| step.rpc == rpc && step.kind != StepKind::CommandLater);
    let of = |rpc: &str, fault| {
        let mut found = IndexSet::new();
        let walk = Walk { call_graph, schema_index, rpc, fault };
        walk.children(0, &mut found);
        found.into_iter().collect()
    };
    let failure = |rpc: &str| Failure {
        rpc: rpc.to_owned(),
        unavailable: of(rpc, FailureMode::Unavailable),
        timeout: of(rpc, FailureMode::Timeout),
        internal: of(rpc, FailureMode::Internal),
        declined: of(rpc, FailureMode::Declined),
        not_found: of(rpc, FailureMode::NotFound),
        awaited: awaited(rpc),
        stale_s: stale_s(rpc),
    };
    rpcs.into_iter().map(failure).collect()
}

struct Walk<'a> {
    call_graph: &'a CallGraph,
    schema_index: &'a SchemaIndex,
    rpc: &'a str,
    fault: FailureMode,
}

impl Walk<'_> {
    fn children(&self, node: usize, found: &mut IndexSet<Consequence>) {
        for child in &self.call_graph.nodes[node].children {
            self.field(*child, found);
        }
    }

    fn field(&self, index: usize, found: &mut IndexSet<Consequence>) {
        let node = &self.call_graph.nodes[index];
        let mut gone = false;
        for field in &node.fields {
            for step in field.info.steps.iter().filter(|step| step.rpc == self.rpc) {
                if step.kind == StepKind::CommandLater || !was_selected(node, step) {
                    continue;
                }
                let outcome = self.outcome(field, step);
                let unchanged = matches!(outcome, Outcome::Unchanged { .. });
                // A best-effort call that finds nothing has no consequence.
                if outcome != (Outcome::Unchanged { code: None }) {
                    let (path, on) = (self.call_graph.path(self.nullable(index)), step.on.clone());
                    let consequence = Consequence { path, on, outcome };
                    found.insert(consequence);
                }
                // Objects of other types are still there, and so are their fields.
                gone |= !unchanged && step.on.is_none();
            }
        }
        if !gone {
            self.children(index, found);
        }
    }

    fn outcome(&self, field: &Selected, step: &StepInfo) -> Outcome {
        let code = match self.fault {
            // The client gave part of the call's input, so it sees that the service declined.
            FailureMode::Declined if !step.given.is_empty() => Some(Code::Refused.as_str()),
            fault => fault.code(),
        };
        if step.best_effort {
            return Outcome::Unchanged { code };
        }
        if let Some(value) = &field.info.fallback {
            return Outcome::Fallback { value: value.clone(), code };
        }
        let payload = self.schema_index.field(&field.info.type_name, "userErrors").is_some();
        let is_of_domain = matches!(self.fault, FailureMode::NotFound | FailureMode::Declined);
        if step.kind == StepKind::Command && payload && is_of_domain {
            return Outcome::UserErrors;
        }
        Outcome::Null { code }
    }

    /// Returns the field that becomes null when this one has no value: itself, or the nearest nullable field above.
    fn nullable(&self, index: usize) -> usize {
        let node = &self.call_graph.nodes[index];
        let nullable = |field: &Selected| field.info.ty.nullable || field.info.fallback.is_some();
        if index == 0 || node.fields.iter().all(nullable) { index } else { self.nullable(node.parent) }
    }
}

/// Returns true if a step of a field is part of the operation.
fn was_selected(node: &Node, step: &StepInfo) -> bool {
    node.steps.iter().any(|selected| selected.name == step.name)
}
