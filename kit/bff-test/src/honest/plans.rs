//! Every operation makes the calls of its plan and no others, each with as many keys as its lists are long at most.

use operation::PlannedCall;
use serde_json::Value;

use super::Suite;
use crate::answer::Answer;
use crate::bff::Opened;
use crate::operations::Operation;

/// Calls and keys that were made for a planned call.
struct Made {
    calls: u64,
    keys: u64,
}

impl Suite<'_> {
    pub(super) async fn plans(&mut self) {
        let mut bff = self.bff.open();
        for operation in self.operations.clone() {
            for (items, what, variables) in [
                (None, "with all variables", operation.full.clone()),
                (None, "with none that it can do without", operation.minimal.clone()),
                (Some(0), "where there is nothing", operation.full.clone()),
                (Some(1), "where there is one of everything", operation.sized(Some(1))),
                (Some(usize::MAX), "with all there may be", operation.sized(None)),
            ] {
                if operation.is_mutation() {
                    // One that was made before may have another outcome.
                    bff = self.bff.open();
                }
                bff.services().fill_lists(items);
                self.counted(&bff, &operation, &variables, what).await;
            }
        }
    }

    /// Runs an operation and compares each call with the planned call of its slot.
    async fn counted(&mut self, bff: &Opened, operation: &Operation, variables: &Value, what: &str) {
        let what = format!("{} {what}", operation.name);
        let answer = bff.send(&operation.body(variables), Some("ada"), &[("x-bff-plan", "analyze")]).await;
        let is_whole = answer.body.get("data").is_some() && answer.body.get("errors").is_none();
        if !self.holds(is_whole, || format!("{what}: {}", answer.text)) {
            return;
        }
        let is_told = answer.body.pointer("/extensions/plan/observed/calls").is_some();
        if !self.holds(is_told, || format!("{what}: the calls that were made are not told: {}", answer.text))
        {
            return;
        }
        let observed = observed(&answer).cloned().collect::<Vec<_>>();
        for call in observed {
            let is_planned = planned(operation).any(|planned| is_of(&call, planned));
            self.holds(is_planned, || format!("{what}: {call} is not in the plan"));
        }
        for planned in planned(operation) {
            let Made { calls, keys } = made(&answer, planned);
            let most = evaluated(operation, planned, variables);
            self.holds(keys <= most, || format!("{what}: {} fetches {keys} keys of {most}", planned.name));
            let most = most.div_ceil(planned.keys_per_call);
            self.holds(calls <= most, || format!("{what}: {} takes {calls} calls of {most}", planned.name));
        }
        let (bytes, most) = (answer.body["data"].to_string().len() as u64, operation.plan.total.bytes);
        self.holds(bytes <= most, || format!("{what}: {bytes} bytes of {most}"));
        self.tried.runs += 1;
    }
}

fn planned(operation: &Operation) -> impl Iterator<Item = &PlannedCall> {
    operation.plan.waves.iter().flat_map(|wave| &wave.calls).chain(&operation.plan.later)
}

fn observed(answer: &Answer) -> impl Iterator<Item = &Value> {
    answer.body.pointer("/extensions/plan/observed/calls").and_then(Value::as_array).into_iter().flatten()
}

fn is_of(call: &Value, planned: &PlannedCall) -> bool {
    call["name"] == planned.name.as_str() && call["slot"].as_u64() == planned.slot.map(|slot| slot as u64)
}

/// Returns the calls made for a planned call.
fn made(answer: &Answer, planned: &PlannedCall) -> Made {
    let made: Vec<_> = observed(answer).filter(|call| is_of(call, planned)).collect();
    let keys = made.iter().filter_map(|call| call["keys"].as_u64()).sum();
    Made { calls: made.len() as u64, keys }
}

/// Returns the number of keys that the formula of a planned call gives for these variables.
fn evaluated(operation: &Operation, planned: &PlannedCall, variables: &Value) -> u64 {
    let formula = planned.keys.formula.as_str();
    if formula.is_empty() {
        return planned.keys.most;
    }
    let factor = |factor: &str| match factor.strip_prefix('$') {
        Some(variable) => {
            let most = operation.plan.lists.get(variable).copied();
            operation.length(variable, variables).or(most).unwrap_or(planned.keys.most)
        }
        None => factor.parse().unwrap_or(planned.keys.most),
    };
    formula.split(" + ").map(|term| term.split(" × ").map(factor).product::<u64>()).sum()
}
