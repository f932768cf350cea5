//! The answer that the failure table of a plan promises.

use std::collections::BTreeSet;

use operation::{Consequence, Failure, FailureMode, Outcome};
use serde_json::Value;

use crate::answer::Answer;

/// The expected answer, derived from the answer when nothing fails.
#[derive(Default)]
struct Expected {
    data: Value,
    /// Paths without list indices, with codes.
    errors: BTreeSet<String>,
    degraded: BTreeSet<String>,
    /// Number of consequences that apply to this answer.
    applied: usize,
}

impl Expected {
    fn of(healthy: &Value, consequences: &[Consequence]) -> Self {
        let mut expected = Self { data: healthy.clone(), ..Self::default() };
        for consequence in consequences {
            let path: Vec<_> = consequence.path.split('.').collect();
            let mut data = std::mem::take(&mut expected.data);
            if apply(&mut data, &path, consequence) {
                expected.note(consequence);
                expected.applied += 1;
            }
            expected.data = data;
        }
        expected
    }

    fn note(&mut self, consequence: &Consequence) {
        match &consequence.outcome {
            Outcome::Null { code: Some(code) } => self.errors.insert(format!("{}: {code}", consequence.path)),
            Outcome::Fallback { code: Some(code), .. } | Outcome::Unchanged { code: Some(code) } => {
                self.degraded.insert(format!("{}: {code}", consequence.path))
            }
            _ => false,
        };
    }
}

/// Changes every value at the path; returns true if there was one.
fn apply(value: &mut Value, path: &[&str], consequence: &Consequence) -> bool {
    if let Value::Array(items) = value
        && !(path.is_empty() && consequence.on.is_none())
    {
        let applied: Vec<_> = items.iter_mut().map(|item| apply(item, path, consequence)).collect();
        return applied.contains(&true);
    }
    let Some((first, rest)) = path.split_first() else {
        let other = consequence.on.as_ref().is_some_and(|on| value["__typename"] != on.as_str());
        if other {
            return false;
        }
        match &consequence.outcome {
            Outcome::Null { .. } => *value = Value::Null,
            Outcome::Fallback { value: fallback, .. } => {
                *value = serde_json::from_str(fallback).unwrap_or_default();
            }
            Outcome::UserErrors | Outcome::Unchanged { .. } => {}
        }
        return true;
    };
    match value.get_mut(first) {
        Some(below) => apply(below, rest, consequence),
        None => false,
    }
}

/// Compares the answer of an operation with what its plan promises when calls fail in this way. `healthy` is the answer when
/// nothing fails; `same` makes two answers comparable that differ in times alone. Returns
/// the number of consequences that show.
///
/// # Errors
/// The first difference, in a sentence.
pub fn compare(
    failure: &Failure,
    mode: FailureMode,
    healthy: &Answer,
    answer: &Answer,
    same: impl Fn(&Value) -> Value,
) -> Result<usize, String> {
    let consequences = match mode {
        FailureMode::Unavailable => &failure.unavailable,
        FailureMode::Timeout => &failure.timeout,
        FailureMode::Internal => &failure.internal,
        FailureMode::Declined => &failure.declined,
        FailureMode::NotFound => &failure.not_found,
    };
    if !failure.awaited && !consequences.is_empty() {
        return Err("the plan lists consequences of a call that nobody waits for".to_owned());
    }
    if consequences.iter().any(|it| it.outcome == Outcome::UserErrors) {
        return user_errors(consequences, answer).map(|()| 1);
    }
    let expected = Expected::of(&healthy.body["data"], consequences);
    let (data, promised) = (same(&answer.body["data"]), same(&expected.data));
    if data != promised {
        return Err(format!("the plan promises {promised}, and the answer is {data}"));
    }
    let (errors, degraded) = (lines(answer.errors()), lines(answer.degraded()));
    if errors != expected.errors {
        return Err(format!("the plan promises the errors {:?}, and there are {errors:?}", expected.errors));
    }
    if degraded != expected.degraded {
        let promised = &expected.degraded;
        return Err(format!("the plan promises {promised:?} as degraded, and there are {degraded:?}"));
    }
    // Each entry names the service that is to blame.
    let service = failure.rpc.split('/').next().and_then(|it| it.rsplit('.').next()).unwrap_or_default();
    let of_service = format!(" of {service} ×");
    match answer.degraded().into_iter().find(|line| !line.contains(&of_service)) {
        Some(line) => Err(format!("{line} does not name the service")),
        None => Ok(expected.applied),
    }
}

/// Checks that the payload holds user errors alone, and that no field beside it is affected.
fn user_errors(consequences: &[Consequence], answer: &Answer) -> Result<(), String> {
    let [consequence] = consequences else {
        return Err("the plan promises user errors and something else".to_owned());
    };
    let payload = &answer.body["data"][&consequence.path];
    let is_told = payload["userErrors"].as_array().is_some_and(|errors| !errors.is_empty());
    let others = payload.as_object().into_iter().flatten();
    let mut others = others.filter(|(field, _)| *field != "userErrors" && *field != "__typename");
    let is_alone = others.all(|(_, value)| value.is_null() || *value == Value::Array(Vec::new()));
    if is_told && is_alone && answer.errors().is_empty() && answer.degraded().is_empty() {
        Ok(())
    } else {
        Err(format!("the plan promises user errors alone at {}", consequence.path))
    }
}

/// Returns lines of errors and degraded fields without list indices and counts.
fn lines(all: Vec<String>) -> BTreeSet<String> {
    let line = |line: String| {
        let (path, code) = line.split_once(": ").unwrap_or((&line, ""));
        let names: Vec<_> = path.split('.').filter(|it| it.parse::<usize>().is_err()).collect();
        format!("{}: {}", names.join("."), code.split(' ').next().unwrap_or_default())
    };
    all.into_iter().map(line).collect()
}
