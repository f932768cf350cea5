//! What belongs to one request while it is answered.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_graphql::{Name, PathSegment, QueryPathNode, ServerError, Value};
use fetch::{CallContext, Command, FailureKind, Fetch, Fetches, Reasons, Rpc, UpstreamError};
use jiff::Timestamp;
use operation::Code;
use operation::path::{field_path, names, segments};
use operation::{CallGraph, Failing};

use crate::blame::Part;
use crate::error::{Error, millis};
use crate::identity::Principal;
use crate::language::Languages;

/// What belongs to one request: its loaders, who asks, what time it is, and what could not be answered.
pub struct RequestScope {
    caller: Read<Principal>,
    languages: Read<Languages>,
    now: Timestamp,
    /// For how long what was told of the time stays true.
    true_for: Mutex<Option<Duration>>,
    pub(crate) fetches: Fetches,
    pub(crate) call_graph: Arc<CallGraph>,
    notes: Mutex<Notes>,
    /// Whether each command of the outline was sent.
    sent: Box<[AtomicBool]>,
    failing: Vec<Failing>,
    reasons: Reasons,
}

/// Something of a request, and whether the answer depends on it.
struct Read<T> {
    value: T,
    read: AtomicBool,
}

impl<T> Read<T> {
    fn new(value: T) -> Self {
        Self { value, read: AtomicBool::new(false) }
    }

    fn get(&self) -> &T {
        self.read.store(true, Ordering::Relaxed);
        &self.value
    }

    fn was_read(&self) -> bool {
        self.read.load(Ordering::Relaxed)
    }
}

/// What happened to parts of the answer.
#[derive(Default)]
struct Notes {
    /// Fields that took their fallback.
    degraded: Vec<Degraded>,
    /// Objects that turned out not to be there. What was asked beside them is of no account.
    absent: Vec<Vec<PathSegment>>,
    /// Items that were left out of their list.
    omitted: BTreeSet<(String, usize)>,
    /// Errors of fields that failed before they ran.
    failed: Vec<ServerError>,
}

/// A field that took its fallback.
struct Degraded {
    path: Vec<PathSegment>,
    code: Code,
    retry_after: Option<Duration>,
}

impl RequestScope {
    pub(crate) fn new(
        caller: Principal,
        languages: Languages,
        now: Timestamp,
        call_graph: Arc<CallGraph>,
        context: Arc<CallContext>,
    ) -> Self {
        let fetches = Fetches::new(context, call_graph.slots().clone());
        let (caller, languages) = (Read::new(caller), Read::new(languages));
        let sent = call_graph.commands().iter().map(|_| AtomicBool::new(false)).collect();
        Self {
            caller,
            languages,
            now,
            true_for: Mutex::default(),
            fetches,
            call_graph,
            notes: Mutex::default(),
            sent,
            failing: Vec::new(),
            reasons: Reasons::default(),
        }
    }

    /// The same, with the reasons by which services speak of who acts.
    pub(crate) fn with_reasons(self, reasons: Reasons) -> Self {
        Self { reasons, ..self }
    }

    /// The same, with fields that fail before they run.
    pub(crate) fn with_failing(self, failing: Vec<Failing>) -> Self {
        Self { failing, ..self }
    }

    pub(crate) fn failing(&self) -> &[Failing] {
        &self.failing
    }

    /// Notes the error of a field that failed before it ran. A field may be looked at more than once.
    pub(crate) fn failed(&self, error: ServerError) {
        let mut notes = self.notes();
        if notes.failed.iter().all(|it| it.path != error.path) {
            notes.failed.push(error);
        }
    }

    /// When the command `C` of the field at `path` must have ended, counted from the start of the request; an error
    /// where the field may not send it, or has.
    pub(crate) fn planned<C: Command>(
        &self,
        path: Option<&QueryPathNode<'_>>,
    ) -> Result<Option<Duration>, UpstreamError> {
        let found = self.call_graph.node_at(path).and_then(|node| node.send(C::name()));
        let what = |what: &str| format!("{} sends {} {what}", field_path(path), C::name());
        let context = self.fetches.context();
        match found {
            Some((index, send)) if !self.sent[index].swap(true, Ordering::Relaxed) => Ok(send.until),
            // Whatever the mode: nobody wants to have bought twice.
            Some(_) => {
                let what = what("more than once");
                context.deviation(&what).and_then(|()| Err(UpstreamError::new(FailureKind::Internal, what)))
            }
            None => context.deviation(&what("without declaring it")).map(|()| None),
        }
    }

    /// Who asks. An answer that depends on it is shared with nobody.
    #[must_use]
    pub fn principal(&self) -> &Principal {
        self.caller.get()
    }

    /// What languages the answer may be in, best first. Caches keep an answer for each that depends on it.
    #[must_use]
    pub fn languages(&self) -> &Languages {
        self.languages.get()
    }

    /// A value that depends on when the request arrived, and the time for which it stays true. Caches keep the answer
    /// no longer; every relative time of an answer counts from the same moment.
    pub fn with_now<T>(&self, value: impl FnOnce(Timestamp) -> (T, Duration)) -> T {
        let (value, stays) = value(self.now);
        let mut true_for = self.true_for.lock().unwrap_or_else(PoisonError::into_inner);
        *true_for = Some(true_for.map_or(stays, |others| others.min(stays)));
        value
    }

    /// For how long what a resolver has told of the time stays true; none where none has.
    pub(crate) fn true_for(&self) -> Option<Duration> {
        *self.true_for.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a resolver has asked who asks.
    pub(crate) fn depends_on_caller(&self) -> bool {
        self.caller.was_read()
    }

    /// Whether a resolver has asked for the languages.
    pub(crate) fn depends_on_languages(&self) -> bool {
        self.languages.was_read()
    }

    /// Asks a question for the field at `path`, which must declare it.
    pub(crate) async fn fetch<F: Fetch>(
        &self,
        path: Option<&QueryPathNode<'_>>,
        key: F,
    ) -> Result<F::Value, Error> {
        let node = self.call_graph.node_at(path);
        let slot = node.and_then(|node| node.slot(F::name()));
        let what = |what: &str| format!("{} asks {} {what}", field_path(path), F::name());
        let answer = match slot {
            Some(slot) => self.fetches.fetch(slot, key).await.unwrap_or_else(|fetch::Undeclared| {
                Err(UpstreamError::new(FailureKind::Internal, what("in the slot of another question")))
            }),
            None => match self.fetches.context().deviation(&what("without declaring it")) {
                Ok(()) => self.fetches.fetch_unplanned(key).await,
                Err(refused) => Err(refused),
            },
        };
        answer.map_err(|fault| self.blamed(&fault, F::RPC, F::name(), F::ALIASES, path))
    }

    /// What the fault of a fetch or command is to the field at `path`.
    pub(crate) fn blamed(
        &self,
        fault: &UpstreamError,
        rpc: Rpc,
        name: &str,
        aliases: &[(&str, &str)],
        path: Option<&QueryPathNode<'_>>,
    ) -> Error {
        let step = self.call_graph.node_at(path).and_then(|node| node.step(name));
        // Whom an error is told to does not make an answer depend on them: no error is kept.
        let (caller, reasons) = (&self.caller.value, &self.reasons);
        let part = Part { rpc, step, aliases, caller, reasons };
        part.error(fault, &self.fetches.context().log).at(|| segments(path))
    }

    /// What an optional field does with its answer: what a service failed to give is noted and becomes `None`. Only
    /// what the client itself can mend stays an error.
    pub(crate) fn optional<T>(
        &self,
        path: Option<&QueryPathNode<'_>>,
        result: Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(Error::NotFound) => Ok(None),
            Err(error) if error.code() == Code::BadUserInput => Err(error),
            Err(error) => {
                let (path, code, retry_after) = (segments(path), error.code(), error.retry_after());
                self.notes().degraded.push(Degraded { path, code, retry_after });
                Ok(None)
            }
        }
    }

    /// Notes that the field at `path` has no value, because what its service says is not known here.
    pub(crate) fn unknown(&self, path: Option<&QueryPathNode<'_>>) {
        let code = Code::Internal;
        if let Some(left_out) = self.fetches.context().log.pass("value", code.as_str()) {
            let path = field_path(path);
            tracing::warn!(path, left_out, "a service said nothing, or what is not known here");
        }
        self.notes().degraded.push(Degraded { path: segments(path), code, retry_after: None });
    }

    /// Notes that the object at `path` is not there, so that nothing is told of what was asked beside it.
    pub(crate) fn absent(&self, path: Option<&QueryPathNode<'_>>) {
        self.notes().absent.push(segments(path));
    }

    /// Notes that the item at `path` was left out of its list.
    pub(crate) fn omitted(&self, path: Option<&QueryPathNode<'_>>) {
        let mut path = segments(path);
        if let Some(PathSegment::Index(index)) = path.pop() {
            self.notes().omitted.insert((key(&path), index));
        }
    }

    /// The errors that are still of account, at the paths of the finished answer, and in the order of the document:
    /// the same request is answered by the same bytes, whichever service was faster.
    pub(crate) fn settled(&self, errors: Vec<ServerError>) -> Vec<ServerError> {
        let mut notes = self.notes();
        let mut errors = errors;
        errors.append(&mut notes.failed);
        errors.retain(|error| !notes.is_absent(&error.path));
        for error in &mut errors {
            error.path = notes.renumbered(&error.path);
        }
        errors.sort_by_cached_key(|error| {
            let at = error.locations.first().map(|at| (at.line, at.column));
            (at, error.path.iter().map(PlaceKey::of).collect::<Vec<_>>())
        });
        errors
    }

    /// Every field that took its fallback, as `extensions.degraded` tells it; none when nothing did.
    pub(crate) fn degraded(&self) -> Option<Value> {
        let notes = self.notes();
        let mut entries = BTreeMap::<(String, &str), (u32, Option<Duration>)>::new();
        for Degraded { path, code, retry_after } in
            notes.degraded.iter().filter(|it| !notes.is_absent(&it.path))
        {
            let (count, after) = entries.entry((names(path), code.as_str())).or_default();
            *count += 1;
            *after = (*after).max(*retry_after);
        }
        let entry = |((path, code), (count, after)): (&(String, &str), &(u32, Option<Duration>))| {
            let mut entry = async_graphql::value!({ "path": path.as_str(), "code": *code, "count": *count });
            if let (Value::Object(entry), Some(after)) = (&mut entry, after) {
                entry.insert(Name::new("retryAfterMs"), millis(*after).into());
            }
            entry
        };
        (!entries.is_empty()).then(|| Value::List(entries.iter().map(entry).collect()))
    }

    /// The latest of the times after which services want to be asked again for what degraded.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        self.notes().degraded.iter().filter_map(|it| it.retry_after).max()
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Notes {
    /// Whether the path lies below an object that is not there.
    fn is_absent(&self, path: &[PathSegment]) -> bool {
        self.absent.iter().any(|absent| path.len() > absent.len() && path.starts_with(absent))
    }

    /// The path with its indices counted among the items that stayed.
    fn renumbered(&self, path: &[PathSegment]) -> Vec<PathSegment> {
        let renumber = |(at, segment): (usize, &PathSegment)| match segment {
            PathSegment::Index(index) if !self.omitted.is_empty() => {
                let list = key(&path[..at]);
                let before = self.omitted.range((list.clone(), 0)..(list, *index)).count();
                PathSegment::Index(index - before)
            }
            segment => segment.clone(),
        };
        path.iter().enumerate().map(renumber).collect()
    }
}

/// A segment of a path, as it is ordered.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum PlaceKey {
    Field(String),
    Index(usize),
}

impl PlaceKey {
    fn of(segment: &PathSegment) -> Self {
        match segment {
            PathSegment::Field(name) => Self::Field(name.clone()),
            PathSegment::Index(index) => Self::Index(*index),
        }
    }
}

/// The path as a key that can be ordered.
fn key(path: &[PathSegment]) -> String {
    path.iter().fold(String::new(), |mut key, segment| {
        key.push('.');
        match segment {
            PathSegment::Field(name) => key.push_str(name),
            PathSegment::Index(index) => key.push_str(&index.to_string()),
        }
        key
    })
}
