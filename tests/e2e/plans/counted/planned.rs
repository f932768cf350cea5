//! The comparison of an answer's calls with the calls of its plan.

use operation::PlannedCall;
use serde_json::Value;

use crate::support::{ADA, Answer, Kind, Operation, SHELF, Shop};

/// Calls and keys that were made for a planned call.
pub(super) struct Made {
    pub(super) calls: u64,
    pub(super) keys: u64,
}

/// Runs an operation and compares each call with the planned call of its slot.
pub(super) async fn counted(shop: &Shop, operation: &Operation, variables: &Value, what: &str) -> Answer {
    let what = format!("{} {} {what}", operation.kind, operation.name);
    let who = if operation.kind == Kind::Iot { SHELF } else { ADA };
    let headers = [who, ("x-bff-plan", "analyze")];
    let answer = shop.post(shop.address(operation.kind), operation.body(variables), &headers).await;
    assert!(answer.body.get("data").is_some(), "{what}: {}", answer.text);
    let told = &answer.body["extensions"]["plan"];
    let observed = told["observed"]["calls"].as_array().unwrap();
    for call in observed {
        let planned = planned(operation).find(|planned| is_of(call, planned));
        assert!(planned.is_some(), "{what}: {call} is not in the plan");
    }
    for planned in planned(operation) {
        let Made { calls, keys } = made(&answer, planned);
        let most = evaluated(operation, planned, variables);
        assert!(keys <= most, "{what}: {} fetched {keys} keys of {most}", planned.name);
        let most = most.div_ceil(planned.keys_per_call);
        assert!(calls <= most, "{what}: {} took {calls} calls of {most}", planned.name);
    }
    let bytes = serde_json::to_string(&answer.body["data"]).unwrap().len() as u64;
    assert!(bytes <= operation.plan.total.bytes, "{what}: {bytes} bytes of {}", operation.plan.total.bytes);
    answer
}

pub(super) fn planned(operation: &Operation) -> impl Iterator<Item = &PlannedCall> {
    operation.plan.waves.iter().flat_map(|wave| &wave.calls).chain(&operation.plan.later)
}

fn is_of(call: &Value, planned: &PlannedCall) -> bool {
    call["name"] == planned.name.as_str() && call["slot"].as_u64() == planned.slot.map(|slot| slot as u64)
}

/// The calls made for a planned call.
pub(super) fn made(answer: &Answer, planned: &PlannedCall) -> Made {
    let calls = answer.body["extensions"]["plan"]["observed"]["calls"].as_array().unwrap().iter();
    let made: Vec<_> = calls.filter(|call| is_of(call, planned)).collect();
    Made { calls: made.len() as u64, keys: made.iter().map(|call| call["keys"].as_u64().unwrap()).sum() }
}

/// The number of keys that the formula of a planned call gives for these variables.
pub(super) fn evaluated(operation: &Operation, planned: &PlannedCall, variables: &Value) -> u64 {
    let formula = planned.keys.formula.as_str();
    if formula.is_empty() {
        return planned.keys.most;
    }
    let factor = |factor: &str| match factor.strip_prefix('$') {
        Some(variable) => operation.length(variable, variables).unwrap_or(operation.plan.lists[variable]),
        None => factor.parse().unwrap(),
    };
    formula.split(" + ").map(|term| term.split(" × ").map(factor).product::<u64>()).sum()
}
