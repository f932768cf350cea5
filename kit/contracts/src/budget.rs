//! Budget of a client: limits on its operations, with exemptions.

use std::collections::BTreeMap;

use serde::Deserialize;

use operation::{Plan, PlannedCall};

/// Limits on the operations of a client: a file that people agree on.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// Limits on each query.
    pub query: BudgetLimit,
    /// Limits on each mutation, the fields of its answer included.
    pub mutation: BudgetLimit,
    /// Exemptions for operations that may use more, by name of the operation.
    #[serde(default)]
    pub exemptions: BTreeMap<String, Exemption>,
}

/// Limits on one operation.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct BudgetLimit {
    /// Maximum number of waves of calls.
    pub waves: u64,
    /// Maximum number of calls.
    pub calls: u64,
    /// Maximum size of the answer, in bytes.
    pub bytes: u64,
    /// Maximum time until the answer in the worst case, in milliseconds.
    pub time_ms: u64,
    /// Maximum cost.
    pub cost: u64,
}

/// Exemption that lets an operation use more, with its reason. A limit of `None` stays as it is for other operations.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Exemption {
    /// Reason why the operation needs more.
    pub reason: String,
    /// Maximum number of waves, if exempted.
    pub waves: Option<u64>,
    /// Maximum number of calls, if exempted.
    pub calls: Option<u64>,
    /// Maximum size of the answer in bytes, if exempted.
    pub bytes: Option<u64>,
    /// Maximum time in milliseconds, if exempted.
    pub time_ms: Option<u64>,
    /// Maximum cost, if exempted.
    pub cost: Option<u64>,
}

impl Budget {
    /// Parses a budget. Fails if the TOML is not valid or an exemption gives no reason.
    pub fn parse(text: &str) -> Result<Self, String> {
        let budget: Self = toml::from_str(text).map_err(|error| error.to_string().trim().to_owned())?;
        let unexplained = budget.exemptions.iter().find(|(_, it)| it.reason.trim().is_empty());
        match unexplained {
            Some((name, _)) => Err(format!("the exemption of {name} gives no reason")),
            None => Ok(budget),
        }
    }

    /// Returns the limits on the operation of a plan, with its exemption applied.
    #[must_use]
    pub fn of(&self, plan: &Plan) -> BudgetLimit {
        let usual = if plan.kind == "mutation" { self.mutation } else { self.query };
        match self.exemptions.get(&plan.operation) {
            None => usual,
            Some(it) => BudgetLimit {
                waves: it.waves.unwrap_or(usual.waves),
                calls: it.calls.unwrap_or(usual.calls),
                bytes: it.bytes.unwrap_or(usual.bytes),
                time_ms: it.time_ms.unwrap_or(usual.time_ms),
                cost: it.cost.unwrap_or(usual.cost),
            },
        }
    }

    /// Returns a description of each limit that a plan exceeds, with the calls responsible, and with their line numbers
    /// if the plan is in a file.
    #[must_use]
    pub fn broken(&self, plan: &Plan, is_in_file: bool) -> Vec<String> {
        over(plan, &self.of(plan), &Lines::of(plan, is_in_file))
    }
}

fn over(plan: &Plan, allowed: &BudgetLimit, lines: &Lines) -> Vec<String> {
    let total = &plan.total;
    let calls = || plan.waves.iter().flat_map(|wave| &wave.calls).chain(&plan.later);
    let the =
        |calls: Vec<&PlannedCall>| calls.iter().map(|call| lines.call(call)).collect::<Vec<_>>().join("; ");
    let heaviest = |weight: fn(&PlannedCall) -> u64| {
        let mut calls: Vec<_> = calls().collect();
        calls.sort_by_key(|call| std::cmp::Reverse(weight(call)));
        calls.truncate(3);
        the(calls)
    };
    let late = || {
        let late = plan.waves.iter().skip(usize::try_from(allowed.waves).unwrap_or(usize::MAX));
        the(late.flat_map(|wave| &wave.calls).collect())
    };
    let largest = || {
        let largest = plan.sizes.iter().take(3).map(|it| format!("{} with {}", it.path, it.bytes));
        largest.collect::<Vec<_>>().join("; ")
    };
    let cases = [
        ("waves", "waves", total.waves, allowed.waves),
        ("calls", "calls", total.calls, allowed.calls),
        ("answer", "bytes", total.bytes, allowed.bytes),
        ("time", "ms", total.time_ms, allowed.time_ms),
        ("cost", "cost", total.cost, allowed.cost),
    ];
    let over = cases.into_iter().filter(|(_, _, used, allowed)| used > allowed);
    over.map(|(name, unit, used, allowed)| {
        let culprits = match name {
            "waves" => late(),
            "calls" => the(calls().collect()),
            "answer" => largest(),
            "time" => heaviest(|call| call.timeout_ms),
            _ => heaviest(|call| call.calls * 10 + call.keys.most),
        };
        let (line, of) = (lines.total(name), plan.kind_plural());
        format!("{line}{used} {unit}, {allowed} in the budget of {of}: {culprits}")
    })
    .collect()
}

/// Lines of a plan's text; empty if the plan is not in a file.
struct Lines(Vec<String>);

impl Lines {
    fn of(plan: &Plan, is_in_file: bool) -> Self {
        let text = if is_in_file { plan.to_string() } else { String::new() };
        Self(text.lines().map(|line| line.trim().to_owned()).collect())
    }

    /// Returns the number of the summary line that begins with this name, as a prefix; empty if there is none.
    fn total(&self, name: &str) -> String {
        let line = self.0.iter().position(|line| line.starts_with(name));
        line.map_or(String::new(), |at| format!("line {}: ", at + 1))
    }

    /// Returns a call in words, with the number of the line that names it if there is one.
    fn call(&self, call: &PlannedCall) -> String {
        let name = format!(" {}", call.name);
        let named = |pair: &[String]| {
            pair[0].ends_with(&name)
                && call.fields.first().is_some_and(|field| pair[1] == format!("for     {field}"))
        };
        let line = self.0.windows(2).position(named);
        let line = line.map_or(String::new(), |at| format!(" (line {})", at + 1));
        format!("{} for {}{line}", call.name, call.fields.join(", "))
    }
}
