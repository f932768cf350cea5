//! What an operation does to the services, worked out before it runs: which calls, in which waves, how many, what
//! they cost, and what the client sees when one fails.

mod failure;
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
use crate::schema::{SchemaIndex, StepInfo, StepKind};

pub use failure::{Consequence, Failure, FailureMode, Outcome};
pub use size::FieldSize;
pub use text::{PlanLine, PlanPart, PlanSection, PlanText};
use timing::Timing;
pub(super) use timing::with_shares;

/// The plan of an operation. As text it is a file that people review; as JSON it is for tools.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// The client whose operation it is, such as `"mobile"`.
    pub client: String,
    /// Name of the operation.
    pub operation: String,
    /// `query` or `mutation`.
    pub kind: &'static str,
    /// What all of it comes to.
    pub total: Total,
    /// Variables that say how long a list is, and how long it may be.
    pub lists: BTreeMap<String, u64>,
    /// Whether the answer may be kept, and by whom.
    pub cache: Cache,
    /// The calls, wave by wave.
    pub waves: Vec<Wave>,
    /// Commands that nobody waits for.
    pub later: Vec<PlannedCall>,
    /// What the client sees when a call fails, by RPC.
    pub failures: Vec<Failure>,
    /// The fields that make the answer large, the largest first.
    #[serde(skip)]
    pub sizes: Vec<FieldSize>,
}

/// What a plan comes to, at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Total {
    /// Waves of calls, one after the other.
    pub waves: u64,
    /// Calls, those of `later` included.
    pub calls: u64,
    /// Keys of all calls.
    pub keys: u64,
    /// Time until the answer when every call takes as long as its policy lets it, in milliseconds. Where that is more
    /// than the deadline leaves, each wave is cut off after its share of it.
    pub time_ms: u64,
    /// Time the client's deadline leaves, in milliseconds.
    pub deadline_ms: u64,
    /// Bytes of the answer before compression, errors and extensions aside.
    pub bytes: u64,
    /// Ten for every call and one for every key.
    pub cost: u64,
}

/// Calls that are made at the same time, as soon as those of the wave before have answered.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Wave {
    /// When it is over at the latest, counted from the start of the request, in milliseconds.
    pub until_ms: u64,
    /// Its calls.
    pub calls: Vec<PlannedCall>,
}

/// One call, or several of one kind where there are more keys than one may ask.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlannedCall {
    /// What tells its calls from others of its kind where they are observed; none for a command.
    pub slot: Option<usize>,
    /// The fetch or command.
    pub name: String,
    /// The RPC, such as `"shop.carts.v1.CartService/GetCart"`.
    pub rpc: String,
    /// What leads to it, in a word: it tells calls of one RPC in one wave apart.
    pub behind: String,
    /// Fields that ask for it.
    pub fields: Vec<String>,
    /// Keys it asks.
    pub keys: Count,
    /// Calls it takes.
    pub calls: u64,
    /// Keys one call may ask.
    pub keys_per_call: u64,
    /// Paths of the answer that are read; empty for a command.
    pub reads: Vec<String>,
    /// Whether the fields can do without it.
    pub optional: bool,
    /// How long it may take, in milliseconds.
    pub timeout_ms: u64,
    /// How long its answer may be called fresh, in seconds.
    pub fresh_s: u64,
    /// How much longer an old answer is better than none, in seconds.
    pub stale_s: u64,
    /// Whether it may be made again when it failed, or a second time when it is slow.
    pub repeat: Repeat,
    /// Whether its answer is the same for whoever asks.
    pub public: bool,
}

/// A number that is known only at most.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Count {
    /// The number.
    pub most: u64,
    /// What it follows from, such as `"$first × 3"`; empty where that says no more than the number.
    pub formula: String,
}

/// Whether a call may be made again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Repeat {
    /// It changes nothing: it may be made again, and a second time beside a slow one.
    Freely,
    /// It changes the same however often it is made: it may be made again when it failed.
    AfterFailure,
    /// It changes more with every call.
    Never,
}

/// Whether an answer may be kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cache {
    /// Who may keep it.
    pub scope: CacheScope,
    /// How long, in seconds.
    pub max_age_s: u64,
    /// How much longer it is better than none, in seconds.
    pub stale_s: u64,
    /// The call that decides it.
    pub because: String,
}

/// Who may keep an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum CacheScope {
    /// Anybody.
    Public,
    /// The client alone.
    Private,
    /// Nobody.
    None,
}

impl Plan {
    /// The plan of an outlined operation.
    #[must_use]
    pub fn of(
        client: &str,
        call_graph: &CallGraph,
        schema_index: &SchemaIndex,
        policies: &Policies,
        deadline: Duration,
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
        let cache = cache(&all().collect::<Vec<_>>());
        let total = Total {
            waves: waves.len() as u64,
            calls: call_count,
            keys,
            time_ms: millis(timing.uncut),
            deadline_ms: millis(deadline),
            bytes,
            cost: call_count.saturating_mul(10).saturating_add(keys),
        };
        Self {
            client: client.to_owned(),
            operation: call_graph.name().unwrap_or("(unnamed)").to_owned(),
            kind: if call_graph.operation_type() == OperationType::Mutation { "mutation" } else { "query" },
            total,
            lists: lists(call_graph),
            failures: failure::table(call_graph, schema_index, cache.stale_s),
            cache,
            waves,
            later,
            sizes,
        }
    }
}

/// Its calls in a line, such as `BatchGetProducts ×3 (cart, orders, recommendations), GetCart`.
impl fmt::Display for Wave {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&words::summary(&self.calls))
    }
}

impl Plan {
    /// The kind of its operation, of many.
    #[must_use]
    pub fn kind_plural(&self) -> &'static str {
        if self.kind == "mutation" { "mutations" } else { "queries" }
    }
}

/// The plan as its file holds it.
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

    /// The commands of a wave, or those that nobody waits for.
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

    /// What is known of a call by its type alone.
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

    /// The node that makes the keys of one of a node's calls known: the node itself, where the call follows on
    /// another of its own; else the nearest one above that asks for something; or, where the call needs only the
    /// key of that one's object, whatever made that key known.
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
    /// Where a node stands, such as `"home.recommended.price"`.
    pub(super) fn path(&self, node: usize) -> String {
        if node == 0 {
            return String::new();
        }
        let it = &self.nodes[node];
        if it.parent == 0 { it.key.clone() } else { format!("{}.{}", self.path(it.parent), it.key) }
    }

    /// A chain of factors, such as `"$first × 3"`.
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
    // A sum of bare numbers says no more than their sum.
    if text.contains(['$', '×']) { text } else { String::new() }
}

fn cache(calls: &[&PlannedCall]) -> Cache {
    let nothing = |because| Cache { scope: CacheScope::None, max_age_s: 0, stale_s: 0, because };
    let calls = calls.iter().copied();
    if let Some(change) = calls.clone().find(|call| call.repeat != Repeat::Freely) {
        return nothing(change.name.clone());
    }
    let Some(shortest) = calls.clone().min_by_key(|call| call.fresh_s) else {
        return nothing(String::new());
    };
    let (max_age_s, because) = (shortest.fresh_s, shortest.name.clone());
    if max_age_s == 0 {
        return nothing(because);
    }
    let stale_s = calls.clone().map(|call| call.stale_s).min().unwrap_or_default();
    match calls.clone().find(|call| !call.public) {
        Some(own) => Cache { scope: CacheScope::Private, max_age_s, stale_s, because: own.name.clone() },
        None => Cache { scope: CacheScope::Public, max_age_s, stale_s, because },
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
