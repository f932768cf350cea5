//! Writes a plan in words.

use super::text::{PlanLine, PlanPart, PlanSection, PlanText};
use super::{CacheScope, Consequence, FailureMode, Outcome, Plan, PlannedCall, Repeat, Requires, Total};
use crate::code::Code;

impl PlanText {
    /// Writes the text of a plan.
    #[must_use]
    pub fn of(plan: &Plan) -> Self {
        let total = &plan.total;
        let totals = [
            ("waves", number(total.waves)),
            ("calls", at_most(total.calls)),
            ("keys", at_most(total.keys)),
            ("time", time(total)),
            ("answer", format!("{} at most", bytes(total.bytes))),
            ("cost", number(total.cost)),
            ("cache", cache(plan)),
            ("runs", plan.runs.to_string()),
        ];
        let names = std::iter::once("needs").chain(std::iter::repeat(""));
        let needs = names.zip(plan.requires.iter().map(needs));
        let mut parts = waves(plan);
        if !plan.later.is_empty() {
            let heading = "afterwards, and nobody waits".to_owned();
            let sections = plan.later.iter().map(call).collect();
            parts.push(PlanPart { heading, summary: Vec::new(), sections });
        }
        if !plan.failures.is_empty() {
            parts.push(failures(plan));
        }
        Self {
            title: format!("{} {} of {}", plan.kind, plan.operation, plan.client),
            totals: totals.into_iter().chain(needs).map(|(name, value)| PlanLine::new(name, value)).collect(),
            parts,
        }
    }
}

/// Writes a requirement, such as `a user with scope orders.write, for orderPlace`.
fn needs(requires: &Requires) -> String {
    let scopes = requires.scopes.join(", ");
    let who = match (requires.user, &requires.scopes[..]) {
        (true, []) => "a user".to_owned(),
        (true, [_]) => format!("a user with scope {scopes}"),
        (true, _) => format!("a user with scopes {scopes}"),
        (false, [_]) => format!("scope {scopes}"),
        (false, _) => format!("scopes {scopes}"),
    };
    format!("{who}, for {}", requires.fields.join(", "))
}

fn waves(plan: &Plan) -> Vec<PlanPart> {
    let over = if is_cut(&plan.total) { "cut off" } else { "over" };
    let part = |(index, wave): (usize, &super::Wave)| PlanPart {
        heading: format!("wave {}, {over} after {}", index + 1, millis(wave.until_ms)),
        summary: vec![PlanLine::new("calls", wave.to_string())],
        sections: wave.calls.iter().map(call).collect(),
    };
    plan.waves.iter().enumerate().map(part).collect()
}

fn failures(plan: &Plan) -> PlanPart {
    let code = |mode: FailureMode| mode.code().unwrap_or_default();
    let (down, slow) = (code(FailureMode::Unavailable), code(FailureMode::Timeout));
    let (crowded, else_) = (Code::UpstreamOverloaded.as_str(), code(FailureMode::Internal));
    let legend = format!("down is {down}, slow is {slow}, crowded is {crowded}, all else {else_}");
    let section = |failure: &super::Failure| {
        // A slow or broken service has the same consequences as one that is down, with another code.
        let mut cases = vec![("fails", &failure.unavailable), ("finds nothing", &failure.not_found)];
        if sentences(&failure.declined) != sentences(&failure.unavailable) {
            cases.insert(1, ("declines", &failure.declined));
        }
        let mut lines = Vec::new();
        for (case, consequences) in cases {
            let mut sentences = sentences(consequences);
            if sentences.is_empty() {
                let nothing = if failure.awaited { "nothing" } else { "nothing: nobody waits for it" };
                sentences.push(nothing.to_owned());
            }
            let names = std::iter::once(case).chain(std::iter::repeat(""));
            lines.extend(names.zip(sentences).map(|(name, sentence)| PlanLine::new(name, sentence)));
        }
        if failure.stale_s > 0 {
            let time = duration(failure.stale_s);
            lines.push(PlanLine::new(
                "stale",
                format!("a kept value stands in, up to {time} older than fresh"),
            ));
        }
        PlanSection { rpc: short(&failure.rpc).to_owned(), lines }
    };
    PlanPart {
        summary: vec![PlanLine::new("stale", stand_in(plan))],
        sections: plan.failures.iter().map(section).collect(),
        ..PlanPart::failures(&legend)
    }
}

fn call(call: &PlannedCall) -> PlanSection {
    let mut lines =
        vec![PlanLine::new(if call.slot.is_some() { "fetch" } else { "command" }, call.name.clone())];
    let names = std::iter::once("for").chain(std::iter::repeat(""));
    lines.extend(names.zip(&call.fields).map(|(name, field)| PlanLine::new(name, field.clone())));
    let keys = &call.keys;
    let keys = match (keys.most, keys.formula.as_str()) {
        (1, "") => "1".to_owned(),
        (most, "") => at_most(most),
        (most, formula) => format!("at most {} = {formula}", number(most)),
    };
    lines.push(PlanLine::new("keys", keys));
    if call.calls > 1 {
        let each = match call.keys_per_call {
            1 => "a key".to_owned(),
            keys => format!("{} keys", number(keys)),
        };
        let at_once = call.calls_at_once.filter(|at_once| *at_once < call.calls);
        let at_once = at_once.map(|at_once| format!(", {at_once} at a time")).unwrap_or_default();
        lines.push(PlanLine::new("calls", format!("{}, of {each} each{at_once}", at_most(call.calls))));
    }
    match call.reads.as_slice() {
        [] => {}
        [all] if all == "*" => lines.push(PlanLine::new("reads", "all of it".to_owned())),
        paths => {
            let whole = if call.masked { "" } else { " (no read mask: all of it is sent)" };
            lines.push(PlanLine::new("reads", format!("{}{whole}", paths.join(", "))));
        }
    }
    let need = if call.optional { "optional" } else { "critical" };
    let fresh = match call.fresh_s {
        _ if call.repeat != Repeat::Freely => String::new(),
        0 => ", never kept".to_owned(),
        seconds => format!(", fresh for {}", duration(seconds)),
    };
    let repeat = match call.repeat {
        Repeat::Freely => "may be retried and hedged",
        Repeat::AfterFailure => "may be retried",
        Repeat::Never => "is never repeated",
    };
    lines.push(PlanLine::new("is", format!("{need}, {} at most{fresh}, {repeat}", millis(call.timeout_ms))));
    PlanSection { rpc: short(&call.rpc).to_owned(), lines }
}

/// Writes the calls of a wave in a line, such as `BatchGetProducts ×3 (cart, orders, recommendations), GetCart`.
pub(super) fn summary(calls: &[PlannedCall]) -> String {
    let mut parts: Vec<String> = Vec::new();
    for of_rpc in calls.chunk_by(|one, other| one.rpc == other.rpc) {
        let method = of_rpc.first().map_or("", |call| method(&call.rpc));
        if let [one] = of_rpc {
            parts.push(if one.calls > 1 { format!("{method} ×{}", one.calls) } else { method.to_owned() });
            continue;
        }
        let count = of_rpc.iter().map(|call| call.calls).fold(0, u64::saturating_add);
        let behind: Vec<_> = of_rpc.iter().map(behind).collect();
        parts.push(format!("{method} ×{count} ({})", behind.join(", ")));
    }
    parts.join(", ")
}

/// Writes the field that leads to a call, and the number of calls if there are several.
fn behind(call: &PlannedCall) -> String {
    if call.calls > 1 { format!("{} ×{}", call.behind, call.calls) } else { call.behind.clone() }
}

fn time(total: &Total) -> String {
    let (time, deadline) = (millis(total.time_ms), millis(total.deadline_ms));
    if is_cut(total) {
        format!("{time} if everything is slow, cut off after {deadline}")
    } else {
        format!("{time} at worst, of {deadline}")
    }
}

/// Returns true if the deadline may end calls before their own time is up.
fn is_cut(total: &Total) -> bool {
    total.time_ms > total.deadline_ms
}

/// Writes how long an old answer can stand in for one that cannot be had, or that none can.
fn stand_in(plan: &Plan) -> String {
    match (plan.cache.scope, plan.cache.stale_s) {
        (CacheScope::None, _) | (_, 0) => "no old answer can stand in".to_owned(),
        (scope, seconds) => {
            let whose = if scope == CacheScope::Public { "a cache" } else { "the client" };
            format!("an old answer can stand in, for {} more, where {whose} has one", duration(seconds))
        }
    }
}

fn sentences(consequences: &[Consequence]) -> Vec<String> {
    consequences.iter().map(sentence).collect()
}

fn sentence(consequence: &Consequence) -> String {
    let what = match (consequence.path.as_str(), &consequence.on) {
        ("", _) => "the whole answer".to_owned(),
        (path, None) => path.to_owned(),
        (path, Some(on)) => format!("{path}, where it is of type {on},"),
    };
    match &consequence.outcome {
        Outcome::Null { code } => {
            format!("{what} is null{}", if code.is_some() { ", with an error" } else { "" })
        }
        Outcome::Fallback { value, code } => {
            format!("{what} is {value}{}", if code.is_some() { ", degraded" } else { "" })
        }
        Outcome::UserErrors => format!("{what} says so in userErrors"),
        Outcome::Unchanged { .. } => format!("{what} goes on without it, degraded"),
    }
}

/// Writes how long an old answer may stand in for a new one.
fn stale(seconds: u64) -> String {
    if seconds == 0 { String::new() } else { format!(", {} more if we fail", duration(seconds)) }
}

fn cache(plan: &Plan) -> String {
    let cache = &plan.cache;
    match cache.scope {
        CacheScope::Public => {
            format!(
                "by anybody, for {}{} ({})",
                duration(cache.max_age_s),
                stale(cache.stale_s),
                cache.because
            )
        }
        CacheScope::Private => format!(
            "by the client alone, for {}{} ({} depends on the principal)",
            duration(cache.max_age_s),
            stale(cache.stale_s),
            cache.because
        ),
        CacheScope::None if cache.because.is_empty() => "nothing to keep".to_owned(),
        CacheScope::None if plan.kind == "mutation" => "not at all".to_owned(),
        CacheScope::None => format!("not at all ({} is never kept)", cache.because),
    }
}

/// Returns the service and method without the package: `CartService/GetCart`.
fn short(rpc: &str) -> &str {
    let service = rpc.split('/').next().unwrap_or_default();
    service.rfind('.').map_or(rpc, |dot| &rpc[dot + 1..])
}

fn method(rpc: &str) -> &str {
    rpc.rsplit('/').next().unwrap_or(rpc)
}

fn at_most(most: u64) -> String {
    if most > 1 { format!("at most {}", number(most)) } else { number(most) }
}

fn millis(millis: u64) -> String {
    format!("{} ms", number(millis))
}

fn duration(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        _ => format!("{} h", seconds / 3_600),
    }
}

fn bytes(bytes: u64) -> String {
    if bytes < 1_000 {
        return format!("{bytes} bytes");
    }
    format!("{}.{} kB", number(bytes / 1_000), bytes % 1_000 / 100)
}

/// Formats a number with thousands separators: `12,345`.
fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
