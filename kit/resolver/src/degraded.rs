//! Fields that took their fallback or an old value, and the entries of `extensions.degraded` that tell of them.

use std::collections::BTreeMap;
use std::time::Duration;

use async_graphql::{Name, PathSegment, Value, value};
use operation::Code;
use operation::path::names;

use crate::error::{Error, millis};

/// A field that took its fallback, or an old value.
pub(crate) struct Degraded {
    pub(crate) path: Vec<PathSegment>,
    code: Code,
    /// Name of the service whose call failed; `None` if none did.
    service: Option<&'static str>,
    pub(crate) retry_after: Option<Duration>,
    /// Age of the value that stands in; `None` for a field that took its fallback.
    age: Option<Duration>,
}

/// The fields of one path that are degraded for the same reason by the same service.
#[derive(Default)]
struct Entry {
    count: u32,
    retry_after: Option<Duration>,
    age: Option<Duration>,
}

impl Degraded {
    /// A field that has no value of its own because of this error. `age` is the age of the value that stands in.
    pub(crate) fn by(error: &Error, path: Vec<PathSegment>, age: Option<Duration>) -> Self {
        Self { path, code: error.code(), service: error.service(), retry_after: error.retry_after(), age }
    }

    /// A field whose service sent no value that is known here.
    pub(crate) fn unknown(path: Vec<PathSegment>, code: Code) -> Self {
        Self { path, code, service: None, retry_after: None, age: None }
    }
}

/// Returns `extensions.degraded`: an entry for each path, code and service, in that order; `None` if there are no fields.
pub(crate) fn extension<'a>(fields: impl Iterator<Item = &'a Degraded>) -> Option<Value> {
    let mut entries = BTreeMap::<(String, &str, Option<&str>), Entry>::new();
    for Degraded { path, code, service, retry_after, age } in fields {
        let entry = entries.entry((names(path), code.as_str(), *service)).or_default();
        entry.count += 1;
        entry.retry_after = entry.retry_after.max(*retry_after);
        entry.age = entry.age.max(*age);
    }
    let entries: Vec<_> = entries.into_iter().map(value_of).collect();
    (!entries.is_empty()).then_some(Value::List(entries))
}

fn value_of(((path, code, service), entry): ((String, &str, Option<&str>), Entry)) -> Value {
    let mut value = value!({ "path": path, "code": code, "count": entry.count });
    let time = |time: Option<Duration>| time.map(|time| millis(time).into());
    let known = [
        ("service", service.map(Value::from)),
        ("retryAfterMs", time(entry.retry_after)),
        ("staleForMs", time(entry.age)),
    ];
    if let Value::Object(value) = &mut value {
        value.extend(known.into_iter().filter_map(|(name, known)| Some((Name::new(name), known?))));
    }
    value
}
