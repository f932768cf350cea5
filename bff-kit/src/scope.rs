//! What belongs to one request while it is answered.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::{QueryPathNode, Value};
use fetch::{CallContext, Fetches};
use jiff::Timestamp;

use crate::code::Code;
use crate::identity::Caller;
use crate::language::Languages;
use crate::operation::Outline;
use crate::path::field_path;

/// What belongs to one request: its loaders, who asks, what time it is, and what could not be answered.
pub struct RequestScope {
    /// Who asks.
    pub caller: Caller,
    /// What languages the answer may be in, best first.
    pub languages: Languages,
    /// When the request arrived. Every relative time of an answer counts from here.
    pub now: Timestamp,
    pub(crate) fetches: Fetches,
    pub(crate) outline: Arc<Outline>,
    degraded: Mutex<BTreeMap<(String, &'static str), u32>>,
}

impl RequestScope {
    pub(crate) fn new(
        caller: Caller,
        languages: Languages,
        now: Timestamp,
        outline: Arc<Outline>,
        context: Arc<CallContext>,
    ) -> Self {
        let fetches = Fetches::new(context, outline.slots().clone());
        Self { caller, languages, now, fetches, outline, degraded: Mutex::default() }
    }

    /// Notes that an optional field took its fallback.
    pub(crate) fn degrade(&self, path: Option<&QueryPathNode<'_>>, code: Code) {
        let mut degraded = self.degraded.lock().unwrap_or_else(PoisonError::into_inner);
        *degraded.entry((field_path(path), code.as_str())).or_default() += 1;
    }

    /// Every field that took its fallback, as `extensions.degraded` tells it; none when nothing did.
    pub(crate) fn degraded(&self) -> Option<Value> {
        let degraded = self.degraded.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = |((path, code), count): (&(String, &'static str), &u32)| async_graphql::value!({ "path": path.as_str(), "code": *code, "count": *count });
        (!degraded.is_empty()).then(|| Value::List(degraded.iter().map(entry).collect()))
    }
}
