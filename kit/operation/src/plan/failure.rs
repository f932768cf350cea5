//! What a client sees when a call fails.

use std::collections::BTreeSet;

use async_graphql_value::indexmap::IndexSet;
use serde::Serialize;

use crate::CallGraph;
use crate::call_graph::{Node, Selected};
use crate::code::Code;
use crate::schema::{SchemaIndex, StepInfo, StepKind};

/// What happens when the calls of an RPC fail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// The RPC.
    pub rpc: String,
    /// When the service cannot be reached.
    pub unavailable: Vec<Consequence>,
    /// When it takes longer than it may.
    pub timeout: Vec<Consequence>,
    /// When it fails in any other way, or answers what cannot be read.
    pub internal: Vec<Consequence>,
    /// When a rule of its domain forbids it.
    pub refused: Vec<Consequence>,
    /// When it finds nothing.
    pub not_found: Vec<Consequence>,
    /// Whether anybody waits for it: nothing is missing when what nobody waits for fails.
    pub awaited: bool,
    /// How old beyond its freshness an answer may be that stands in, where a cache has one, in seconds. None may when
    /// it is 0.
    pub stale_s: u64,
}

/// A way to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureMode {
    /// The service cannot be reached.
    Unavailable,
    /// It takes longer than it may.
    Timeout,
    /// It fails in any other way, or answers what cannot be read.
    Internal,
    /// A rule of its domain forbids it.
    Refused,
    /// It finds nothing.
    NotFound,
}

/// What becomes of one field.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Consequence {
    /// The field, list indices left out; empty for the whole answer.
    pub path: String,
    /// The type of object it happens to, where the field may answer several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// What it becomes.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What a field becomes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(tag = "becomes", rename_all = "camelCase")]
pub enum Outcome {
    /// `null`, with an error of this code, or without one where there is nothing to find.
    Null {
        /// The code of the error.
        code: Option<&'static str>,
    },
    /// Its fallback, with this code in `extensions.degraded`, or without where there is nothing to find.
    Fallback {
        /// The value, as JSON.
        value: String,
        /// The code of the entry.
        code: Option<&'static str>,
    },
    /// A payload whose `userErrors` tell of it.
    UserErrors,
    /// What it would be anyway, with this code in `extensions.degraded`, or without where there is nothing to
    /// find.
    Unchanged {
        /// The code of the entry.
        code: Option<&'static str>,
    },
}

impl FailureMode {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Unavailable, Self::Timeout, Self::Internal, Self::Refused, Self::NotFound];

    /// The way to fail that a status of gRPC is, where it names no argument and nobody who acts.
    #[must_use]
    pub fn of_status(code: i32) -> Option<Self> {
        match code {
            0 => None,
            5 => Some(Self::NotFound),
            4 => Some(Self::Timeout),
            // FAILED_PRECONDITION, ALREADY_EXISTS, ABORTED.
            9 | 6 | 10 => Some(Self::Refused),
            // UNAVAILABLE, RESOURCE_EXHAUSTED.
            14 | 8 => Some(Self::Unavailable),
            _ => Some(Self::Internal),
        }
    }

    /// The code a client is told by a field that took no part in it; none where nothing is told.
    #[must_use]
    pub fn code(self) -> Option<&'static str> {
        match self {
            Self::Unavailable => Some(Code::UpstreamUnavailable.as_str()),
            Self::Timeout => Some(Code::UpstreamTimeout.as_str()),
            Self::Internal | Self::Refused => Some(Code::Internal.as_str()),
            Self::NotFound => None,
        }
    }
}

/// The failure table of an operation: every RPC of its plan.
pub(super) fn table(call_graph: &CallGraph, schema_index: &SchemaIndex, stale_s: u64) -> Vec<Failure> {
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
        refused: of(rpc, FailureMode::Refused),
        not_found: of(rpc, FailureMode::NotFound),
        awaited: awaited(rpc),
        stale_s,
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
                // Where there is nothing to find and nothing to say, nothing happens.
                if outcome != (Outcome::Unchanged { code: None }) {
                    let (path, on) = (self.call_graph.path(self.nullable(index)), step.on.clone());
                    let consequence = Consequence { path, on, outcome };
                    found.insert(consequence);
                }
                // An object of another type is still there, and so are its fields.
                gone |= !unchanged && step.on.is_none();
            }
        }
        if !gone {
            self.children(index, found);
        }
    }

    fn outcome(&self, field: &Selected, step: &StepInfo) -> Outcome {
        let code = match self.fault {
            // The client had a part in the question.
            FailureMode::Refused if !step.given.is_empty() => Some(Code::Refused.as_str()),
            fault => fault.code(),
        };
        if step.best_effort {
            return Outcome::Unchanged { code };
        }
        if let Some(value) = &field.info.fallback {
            return Outcome::Fallback { value: value.clone(), code };
        }
        let payload = self.schema_index.field(&field.info.type_name, "userErrors").is_some();
        let is_of_domain = matches!(self.fault, FailureMode::NotFound | FailureMode::Refused);
        if step.kind == StepKind::Command && payload && is_of_domain {
            return Outcome::UserErrors;
        }
        Outcome::Null { code }
    }

    /// The field that becomes null when this one has no value: itself, or the nearest one above that may.
    fn nullable(&self, index: usize) -> usize {
        let node = &self.call_graph.nodes[index];
        let nullable = |field: &Selected| field.info.ty.nullable || field.info.fallback.is_some();
        if index == 0 || node.fields.iter().all(nullable) { index } else { self.nullable(node.parent) }
    }
}

/// Whether a step of a field is part of the operation.
fn was_selected(node: &Node, step: &StepInfo) -> bool {
    node.steps.iter().any(|selected| selected.name == step.name)
}
