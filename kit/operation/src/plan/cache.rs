//! Cacheability of an operation's answer, and the old values that may stand in for parts of it.

use async_graphql_parser::types::OperationType;
use serde::Serialize;

use super::{PlannedCall, Repeat, Requires, Wave};
use crate::CallGraph;

/// Cacheability of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cache {
    /// The caches that may keep the answer.
    pub scope: CacheScope,
    /// Time for which the answer may be kept, in seconds.
    pub max_age_s: u64,
    /// Time beyond the maximum age for which an old answer is better than none, in seconds.
    pub stale_s: u64,
    /// Reason for the cacheability: the name of a call, or the need of a field; empty if there is none.
    pub because: String,
}

/// The caches that may keep an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum CacheScope {
    /// Any cache.
    Public,
    /// The client alone.
    Private,
    /// No cache.
    None,
}

/// Returns the time beyond its freshness for which the server lets an old value of an RPC stand in. A request that
/// changes something takes no old values.
pub(super) fn stale_s(call_graph: &CallGraph, waves: &[Wave], rpc: &str) -> u64 {
    let calls = waves.iter().flat_map(|wave| &wave.calls).filter(|call| call.rpc == rpc);
    let of_call = |call: &PlannedCall| if call.public { call.stale_s } else { 0 };
    match call_graph.operation_type() {
        OperationType::Query => calls.map(of_call).min().unwrap_or_default(),
        OperationType::Mutation | OperationType::Subscription => 0,
    }
}

/// Returns the cacheability of an answer that needs these calls and requires this of its principal.
pub(super) fn cache(calls: &[&PlannedCall], requires: &[Requires]) -> Cache {
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
    let of_principal = calls.clone().find(|call| !call.public).map(|own| own.name.clone());
    // What not everybody may get is for its principal alone as well.
    let field = requires.iter().find_map(|it| it.fields.first());
    match of_principal.or_else(|| field.map(|field| format!("what {field} needs"))) {
        Some(because) => Cache { scope: CacheScope::Private, max_age_s, stale_s, because },
        None => Cache { scope: CacheScope::Public, max_age_s, stale_s, because },
    }
}
