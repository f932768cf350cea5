//! The plan of an operation, worked out before it runs: the calls it makes to the services, their waves, number and
//! cost, and the consequences for the client when one fails.

mod cache;
mod failure;
mod runs;
mod size;
mod text;
mod timing;
mod words;

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use async_graphql_parser::types::OperationType;
use rpc::{Idempotency, Policies, Policy};
use serde::Serialize;

use super::CallGraph;
use super::call_graph::{FetchNode, Target};
use crate::schema::{Requirement, SchemaIndex, StepInfo, StepKind};

use cache::{cache, stale_s};

pub use cache::{Cache, CacheScope};
pub use failure::{Consequence, Failure, FailureMode, Outcome};
pub use runs::Runs;
pub use size::FieldSize;
pub use text::{PlanLine, PlanPart, PlanSection, PlanText};
use timing::Timing;
pub(super) use timing::with_shares;

/// The plan of an operation. Its text is a file that people review; its JSON is for tools.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// The client that owns the operation, such as `"mobile"`.
    pub client: String,
    /// Name of the operation.
    pub operation: String,
    /// Kind of the operation: `query` or `mutation`.
    pub kind: &'static str,
    /// Totals over all calls.
    pub total: Total,
    /// Variables that set the length of a list, with its upper bound.
    pub lists: BTreeMap<String, u64>,
    /// Cacheability of the answer.
    pub cache: Cache,
    /// Way in which the operation runs if every condition holds.
    pub runs: Runs,
    /// Requirements on the principal.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub requires: Vec<Requires>,
    /// The calls, wave by wave.
    pub waves: Vec<Wave>,
    /// Commands that nobody waits for.
    pub later: Vec<PlannedCall>,
    /// Consequences for the client when a call fails, by RPC.
    pub failures: Vec<Failure>,
    /// Sizes of the fields of the answer, the largest first.
    #[serde(skip)]
    pub sizes: Vec<FieldSize>,
}

/// Totals of a plan, as upper bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Total {
    /// Number of waves, which run one after the other.
    pub waves: u64,
    /// Number of calls, those of [`Plan::later`] included.
    pub calls: u64,
    /// Number of keys of all calls.
    pub keys: u64,
    /// Time until the answer if every call takes as long as its policy allows, in milliseconds. If the deadline leaves
    /// less, each wave is cut off after its share of the deadline.
    pub time_ms: u64,
    /// Time that the client's deadline leaves, in milliseconds.
    pub deadline_ms: u64,
    /// Size of the answer before compression, errors and extensions aside, in bytes.
    pub bytes: u64,
    /// Cost of the operation: ten for every call and one for every key.
    pub cost: u64,
}

/// A requirement on the principal, and the fields that have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Requires {
    /// True if the principal must be a user.
    pub user: bool,
    /// Scopes that the credential must have.
    pub scopes: Vec<String>,
    /// Paths of the fields, without those below them that require no more.
    pub fields: Vec<String>,
}

/// Calls that are made at the same time, as soon as the calls of the wave before have ended.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Wave {
    /// Latest end of the wave, as an offset from the start of the request, in milliseconds.
    pub until_ms: u64,
    /// Calls of the wave.
    pub calls: Vec<PlannedCall>,
}

/// One call, or several of one kind if there are more keys than one call may carry.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlannedCall {
    /// The slot, which tells observed calls from others of their kind; `None` for a command.
    pub slot: Option<usize>,
    /// Name of the fetch or command.
    pub name: String,
    /// The RPC, such as `"shop.carts.v1.CartService/GetCart"`.
    pub rpc: String,
    /// Key of the field that leads to the call. It tells calls of one RPC in one wave apart.
    pub behind: String,
    /// Fields that need the call.
    pub fields: Vec<String>,
    /// Number of keys.
    pub keys: Count,
    /// Number of calls for these keys.
    pub calls: u64,
    /// Upper bound on the keys of one call.
    pub keys_per_call: u64,
    /// Upper bound on the calls at a time; `None` for any number.
    pub calls_at_once: Option<u64>,
    /// Paths of the response that are read; empty for a command.
    pub reads: Vec<String>,
    /// True if the call has a read mask; otherwise the whole response is sent.
    pub masked: bool,
    /// True if the fields can do without the call.
    pub optional: bool,
    /// Time the call may take, in milliseconds.
    pub timeout_ms: u64,
    /// Time for which the response counts as fresh, in seconds.
    pub fresh_s: u64,
    /// Time beyond its freshness for which an old response is better than none, in seconds.
    pub stale_s: u64,
    /// Permission to make the call again after a failure, or a second time beside a slow one.
    pub repeat: Repeat,
    /// True if the response is the same for every principal.
    pub public: bool,
}

/// A number of which only the upper bound is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Count {
    /// The upper bound.
    pub most: u64,
    /// Formula of the number, such as `"$first × 3"`; empty if the formula says no more than the number.
    pub formula: String,
}

/// Permission to make a call again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Repeat {
    /// The call has no side effects: it may be made again, and a second time beside a slow one.
    Freely,
    /// The call is idempotent: it may be made again after a failure.
    AfterFailure,
    /// The call is non-idempotent: it changes more each time, and is never repeated.
    Never,
}

impl Plan {
    /// Plans an operation from its call graph and the way in which it runs.
    #[must_use]
    pub fn of(
        client: &str,
        call_graph: &CallGraph,
        schema_index: &SchemaIndex,
        policies: &Policies,
        deadline: Duration,
        runs: Runs,
    ) -> Self {
        let calls = Calls { call_graph, policies };
        let timing = Timing::of(call_graph, policies, deadline);
        let wave = |(index, calls)| Wave { until_ms: millis(timing.until(index + 1)), calls };
        let waves: Vec<_> = calls.waves().into_iter().enumerate().map(wave).collect();
        let later: Vec<_> = calls.commands(None);
        let all = || waves.iter().flat_map(|wave| &wave.calls).chain(&later);
        let sum = |of: fn(&PlannedCall) -> u64| all().map(of).fold(0, u64::saturating_add);
        let (call_count, keys) = (sum(|call| call.calls), sum(|call| call.keys.most));
        let (bytes, sizes) = size::of(call_graph, schema_index);
        let requires = requires(call_graph);
        let cache = cache(&all().collect::<Vec<_>>(), &requires);
        let total = Total {
            waves: waves.len() as u64,
            calls: call_count,
            keys,
            time_ms: millis(timing.uncut),
            deadline_ms: millis(deadline),
            bytes,
            cost: call_graph.cost(),
        };
        Self {
            client: client.to_owned(),
            operation: call_graph.name().unwrap_or("(unnamed)").to_owned(),
            kind: if call_graph.operation_type() == OperationType::Mutation { "mutation" } else { "query" },
            total,
            lists: lists(call_graph),
            failures: failure::table(call_graph, schema_index, |rpc| stale_s(call_graph, &waves, rpc)),
            cache,
            runs,
            requires,
            waves,
            later,
            sizes,
        }
    }
}

/// Returns the requirements of the fields, those of one kind together.
fn requires(call_graph: &CallGraph) -> Vec<Requires> {
    let mut by_kind = BTreeMap::<_, Vec<_>>::new();
    for required in call_graph.requirements() {
        let fields = by_kind.entry(&required.requirement).or_default();
        let path = required.path();
        // Each object type that may be there has its own say.
        if !fields.contains(&path) {
            fields.push(path);
        }
    }
    let requires =
        |(kind, fields): (&Requirement, _)| Requires { user: kind.user, scopes: kind.scopes.clone(), fields };
    by_kind.into_iter().map(requires).collect()
}

/// Writes the calls in a line, such as `BatchGetProducts ×3 (cart, orders, recommendations), GetCart`.
impl fmt::Display for Wave {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&words::summary(&self.calls))
    }
}

impl Plan {
    /// Returns the kind of the operation in the plural: `queries` or `mutations`.
    #[must_use]
    pub fn kind_plural(&self) -> &'static str {
        if self.kind == "mutation" { "mutations" } else { "queries" }
    }
}

/// Writes the plan as its file holds it.
impl fmt::Display for Plan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        PlanText::of(self).fmt(formatter)
    }
}

struct Calls<'a> {
    call_graph: &'a CallGraph,
    policies: &'a Policies,
}

impl Calls<'_> {
    fn waves(&self) -> Vec<Vec<PlannedCall>> {
        let commands = self.call_graph.commands.iter().filter(|it| it.step.kind == StepKind::Command);
        let waves =
            self.call_graph.fetches.iter().map(|fetch| fetch.wave).chain(commands.map(|it| it.wave)).max();
        let wave = |wave| {
            let fetches = self.call_graph.fetches.iter().enumerate().filter(|(_, fetch)| fetch.wave == wave);
            let mut calls: Vec<_> = fetches.map(|(slot, fetch)| self.fetch(slot, fetch)).collect();
            calls.extend(self.commands(Some(wave)));
            calls.sort_by(|one, other| {
                (&one.rpc, &one.fields, &one.name).cmp(&(&other.rpc, &other.fields, &other.name))
            });
            calls
        };
        (1..=waves.unwrap_or_default()).map(wave).collect()
    }

    fn fetch(&self, slot: usize, fetch: &FetchNode) -> PlannedCall {
        let runtime = &self.call_graph.slots()[slot];
        let behind = fetch.nodes.first().map_or(0, |node| self.behind(*node, Target::Fetch(slot)));
        let keys = Count { most: runtime.max_keys as u64, formula: formula(self.call_graph, &fetch.terms) };
        PlannedCall {
            slot: Some(slot),
            behind: self.call_graph.nodes[behind].key.clone(),
            fields: fetch.nodes.iter().map(|node| self.call_graph.path(*node)).collect(),
            keys,
            calls: runtime.max_calls as u64,
            reads: runtime.mask.iter().flat_map(rpc::Mask::paths).map(str::to_owned).collect(),
            optional: runtime.optional,
            ..self.step(&fetch.step)
        }
    }

    /// Returns the commands of a wave; for `None`, those that nobody waits for.
    fn commands(&self, wave: Option<usize>) -> Vec<PlannedCall> {
        let commands = self.call_graph.commands.iter().filter(|send| match wave {
            Some(wave) => send.step.kind == StepKind::Command && send.wave == wave,
            None => send.step.kind == StepKind::CommandLater,
        });
        let call = |send: &super::call_graph::CommandNode| PlannedCall {
            fields: vec![self.call_graph.path(send.node)],
            behind: self.call_graph.nodes[send.node].key.clone(),
            optional: send.step.kind == StepKind::CommandLater,
            ..self.step(&send.step)
        };
        commands.map(call).collect()
    }

    /// Returns the part of a planned call that follows from its type alone.
    fn step(&self, step: &StepInfo) -> PlannedCall {
        let policy = self.policies.get(&step.name).unwrap_or(Policy::within_ms(0));
        PlannedCall {
            slot: None,
            name: step.name.clone(),
            rpc: step.rpc.clone(),
            behind: String::new(),
            fields: Vec::new(),
            keys: Count { most: 1, formula: String::new() },
            calls: 1,
            keys_per_call: u64::from(step.max_keys),
            calls_at_once: step.at_once.map(u64::from),
            masked: step.masked,
            reads: Vec::new(),
            optional: false,
            timeout_ms: millis(policy.timeout),
            fresh_s: policy.fresh.as_secs(),
            stale_s: policy.stale.as_secs(),
            repeat: match step.idempotency {
                Idempotency::NoSideEffects => Repeat::Freely,
                Idempotency::Idempotent => Repeat::AfterFailure,
                Idempotency::NonIdempotent => Repeat::Never,
            },
            public: step.public,
        }
    }

    /// Returns the node that makes the keys of one of a node's calls known: the node itself if the call follows
    /// another of its own calls; otherwise the nearest node above that makes a call; or, if the call needs only the
    /// key of that node's object, the node that makes that key known.
    fn behind(&self, node: usize, call: Target) -> usize {
        let nodes = &self.call_graph.nodes;
        if nodes[node].steps.first().is_none_or(|first| first.target != call) {
            return node;
        }
        let mut above = nodes[node].parent;
        while above != 0 && nodes[above].steps.is_empty() {
            above = nodes[above].parent;
        }
        match nodes[above].steps.last() {
            None => node,
            Some(last) if nodes[node].hoisted => self.behind(above, last.target),
            Some(_) => above,
        }
    }
}

impl CallGraph {
    /// Returns the path of a node, such as `"home.recommended.price"`.
    pub(super) fn path(&self, node: usize) -> String {
        if node == 0 {
            return String::new();
        }
        let it = &self.nodes[node];
        if it.parent == 0 { it.key.clone() } else { format!("{}.{}", self.path(it.parent), it.key) }
    }

    /// Formats a chain of multiplicities, such as `"$first × 3"`.
    fn product(&self, multiplicity: usize) -> String {
        let it = &self.multiplicities[multiplicity];
        let own = it.variable.as_ref().map_or_else(|| it.most.to_string(), |variable| format!("${variable}"));
        match it.parent {
            Some(parent) => format!("{} × {own}", self.product(parent)),
            None => own,
        }
    }
}

fn lists(call_graph: &CallGraph) -> BTreeMap<String, u64> {
    let multiplicities = call_graph.multiplicities.iter();
    multiplicities
        .filter_map(|multiplicity| Some((multiplicity.variable.clone()?, multiplicity.most)))
        .collect()
}

fn formula(call_graph: &CallGraph, terms: &[Option<usize>]) -> String {
    let terms: Vec<_> = terms
        .iter()
        .map(|term| term.map_or_else(|| "1".to_owned(), |term| call_graph.product(term)))
        .collect();
    let text = terms.join(" + ");
    // A sum of bare numbers says no more than the count beside it.
    if text.contains(['$', '×']) { text } else { String::new() }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
