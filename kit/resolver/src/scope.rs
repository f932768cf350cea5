//! State of one request while it is answered.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_graphql::{PathSegment, QueryPathNode, ServerError, Value};
use fetch::{CallContext, Command, FailureKind, Fetch, Fetched, Fetches, Reasons, Rpc, Stale, UpstreamError};
use jiff::Timestamp;
use operation::Code;
use operation::path::{field_path, segments};
use operation::{CallGraph, Failing};

use crate::blame::Part;
use crate::degraded::{self, Degraded};
use crate::error::Error;
use crate::language::Languages;
use identity::Principal;

/// State of one request: its fetches, its principal, its time, and notes on fields that could not be answered.
pub struct RequestScope {
    principal: Read<Principal>,
    languages: Read<Languages>,
    now: Timestamp,
    /// Time for which all values that depend on the time stay true; `None` if there are none.
    true_for: Mutex<Option<Duration>>,
    pub(crate) fetches: Fetches,
    pub(crate) call_graph: Arc<CallGraph>,
    notes: Mutex<Notes>,
    /// A flag for each command of the call graph, set once the command was sent.
    sent: Box<[AtomicBool]>,
    failing: Vec<Failing>,
    reasons: Reasons,
}

/// A value of the request that records reads, since the answer then depends on it.
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

/// Notes on parts of the answer.
#[derive(Default)]
struct Notes {
    /// Fields that took their fallback, or an old value.
    degraded: Vec<Degraded>,
    /// Objects that turned out not to exist. Errors and fallbacks of fields below them do not count.
    absent: Vec<Vec<PathSegment>>,
    /// Items that were left out, by the path of their list and their index.
    omitted: BTreeSet<(String, usize)>,
    /// Errors of fields that failed before they ran.
    failed: Vec<ServerError>,
}

/// Parts of which the scope of a request is made.
#[derive(Debug)]
pub struct Parts {
    /// The principal of the request.
    pub principal: Principal,
    /// Languages that the client accepts.
    pub languages: Languages,
    /// The time of the request.
    pub now: Timestamp,
    /// The call graph of its operation.
    pub call_graph: Arc<CallGraph>,
    /// State that its calls share.
    pub context: Arc<CallContext>,
    /// Fields that fail before they run.
    pub failing: Vec<Failing>,
    /// Reasons by which services speak of the principal.
    pub reasons: Reasons,
}

impl RequestScope {
    pub(crate) fn new(parts: Parts) -> Self {
        let Parts { principal, languages, now, call_graph, context, failing, reasons } = parts;
        Self {
            principal: Read::new(principal),
            languages: Read::new(languages),
            now,
            true_for: Mutex::default(),
            fetches: Fetches::new(context, call_graph.slots().clone()),
            sent: call_graph.commands().iter().map(|_| AtomicBool::new(false)).collect(),
            call_graph,
            notes: Mutex::default(),
            failing,
            reasons,
        }
    }

    pub(crate) fn failing(&self) -> &[Failing] {
        &self.failing
    }

    /// Notes the error of a field that failed before it ran. The call may be repeated for the same field.
    pub(crate) fn failed(&self, error: ServerError) {
        let mut notes = self.notes();
        if notes.failed.iter().all(|it| it.path != error.path) {
            notes.failed.push(error);
        }
    }

    /// Returns the principal of the request. The answer then depends on the principal, and is shared with nobody else.
    #[must_use]
    pub fn principal(&self) -> &Principal {
        self.principal.get()
    }

    /// Returns the languages that the answer may be in, best first. The answer then depends on them, and caches keep
    /// one for each.
    #[must_use]
    pub fn languages(&self) -> &Languages {
        self.languages.get()
    }

    /// Returns a value that depends on the time at which the request arrived. `value` also returns the time for which
    /// its value stays true: caches keep the answer no longer. All relative times of an answer count from the same
    /// moment.
    pub fn with_now<T>(&self, value: impl FnOnce(Timestamp) -> (T, Duration)) -> T {
        let (value, stays) = value(self.now);
        let mut true_for = self.true_for.lock().unwrap_or_else(PoisonError::into_inner);
        *true_for = Some(true_for.map_or(stays, |others| others.min(stays)));
        value
    }

    /// Returns the time for which all values that depend on the time stay true; `None` if no resolver has made one.
    pub(crate) fn true_for(&self) -> Option<Duration> {
        *self.true_for.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns true if a resolver has read the principal.
    pub(crate) fn depends_on_principal(&self) -> bool {
        self.principal.was_read()
    }

    /// Returns true if a resolver has read the languages.
    pub(crate) fn depends_on_languages(&self) -> bool {
        self.languages.was_read()
    }

    /// Fetches the value of a key for the field at `path`, which must declare the fetch.
    pub(crate) async fn fetch<F: Fetch>(
        &self,
        path: Option<&QueryPathNode<'_>>,
        key: F,
    ) -> Result<F::Value, Error> {
        let node = self.call_graph.node_at(path);
        let slot = node.and_then(|node| node.slot(F::NAME));
        let what = |what: &str| format!("{} fetches {} {what}", field_path(path), F::NAME);
        let response = match slot {
            Some(slot) => self.fetches.fetch(slot, key).await.unwrap_or_else(|fetch::Undeclared| {
                Err(UpstreamError::new(FailureKind::Internal, what("in the slot of another fetch")))
            }),
            None => match self.fetches.context().deviation(&what("without declaring it")) {
                Ok(()) => self.fetches.fetch_unplanned(key).await,
                Err(deviation) => Err(deviation),
            },
        };
        self.taken::<F>(path, response)
    }

    /// Takes the response to the fetch of the field at `path`: notes that a value is old, and tells the error of the field.
    pub(crate) fn taken<F: Fetch>(
        &self,
        path: Option<&QueryPathNode<'_>>,
        response: Result<Fetched<F::Value>, UpstreamError>,
    ) -> Result<F::Value, Error> {
        let blamed = |failure: &UpstreamError| self.blamed(failure, F::RPC, F::NAME, F::ALIASES, path);
        let Fetched { value, stale } = response.map_err(|failure| blamed(&failure))?;
        if let Some(Stale { age, failure }) = stale {
            self.notes().degraded.push(Degraded::by(&blamed(&failure), segments(path), Some(age)));
        }
        Ok(value)
    }

    /// Sends a command for the field at `path`, which must declare it.
    pub(crate) async fn send<C: Command>(
        &self,
        path: Option<&QueryPathNode<'_>>,
        command: C,
    ) -> Result<C::Value, Error> {
        let response = match self.planned::<C>(path) {
            Ok(until) => self.fetches.command(command, until).await,
            Err(failure) => Err(failure),
        };
        response.map_err(|failure| self.blamed(&failure, C::RPC, C::NAME, C::ALIASES, path))
    }

    /// Sends a command for the field at `path`, which must declare it, and does not wait for it.
    pub(crate) fn send_later<C: Command>(&self, path: Option<&QueryPathNode<'_>>, command: C) {
        if self.planned::<C>(path).is_ok() {
            self.fetches.command_later(command);
        }
    }

    /// Marks the command `C` of the field at `path` as sent. Returns the offset from the start of the request by which
    /// the command must have ended; an error if the field may not send it, or has sent it before.
    fn planned<C: Command>(
        &self,
        path: Option<&QueryPathNode<'_>>,
    ) -> Result<Option<Duration>, UpstreamError> {
        let found = self.call_graph.node_at(path).and_then(|node| node.send(C::NAME));
        let what = |what: &str| format!("{} sends {} {what}", field_path(path), C::NAME);
        let context = self.fetches.context();
        match found {
            Some((index, send)) if !self.sent[index].swap(true, Ordering::Relaxed) => Ok(send.until),
            // This is an error even if deviations are tolerated: nobody wants to buy twice.
            Some(_) => {
                let what = what("more than once");
                context.deviation(&what).and_then(|()| Err(UpstreamError::new(FailureKind::Internal, what)))
            }
            None => context.deviation(&what("without declaring it")).map(|()| None),
        }
    }

    /// Returns the error of the field at `path` for the upstream error of its fetch or command.
    fn blamed(
        &self,
        failure: &UpstreamError,
        rpc: Rpc,
        name: &str,
        aliases: &[(&str, &str)],
        path: Option<&QueryPathNode<'_>>,
    ) -> Error {
        let step = self.call_graph.node_at(path).and_then(|node| node.step(name));
        // This read is not recorded: answers with errors are not kept, so they need not depend on the principal.
        let (principal, reasons) = (&self.principal.value, &self.reasons);
        let part = Part { rpc, step, aliases, principal, reasons };
        part.error(failure, self.fetches.context().log()).at(|| segments(path))
    }

    /// Makes the result of a field optional: the failure of a service is noted and becomes `None`. Only bad input,
    /// which the client can correct, stays an error.
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
                self.notes().degraded.push(Degraded::by(&error, segments(path), None));
                Ok(None)
            }
        }
    }

    /// Notes that the field at `path` has no value, because its service sent none that is known here.
    pub(crate) fn unknown(&self, path: Option<&QueryPathNode<'_>>) {
        let code = Code::Internal;
        if let Some(left_out) = self.fetches.context().log().pass("value", code.as_str()) {
            let path = field_path(path);
            tracing::warn!(path, left_out, "a service sent no value, or one that is not known here");
        }
        self.notes().degraded.push(Degraded::unknown(segments(path), code));
    }

    /// Notes that the object at `path` does not exist, so that the answer reports nothing about the fields below it.
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

    /// Returns the errors that still count, at the paths of the finished answer and in the order of the document: the
    /// same request gets the same bytes, whichever service was faster.
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

    /// Returns the fields that took their fallback or an old value, in the form of `extensions.degraded`; `None` if no
    /// field did.
    pub(crate) fn degraded(&self) -> Option<Value> {
        let notes = self.notes();
        degraded::extension(notes.degraded.iter().filter(|it| !notes.is_absent(&it.path)))
    }

    /// Returns the longest delay that a service wants before a retry of a degraded field; `None` if no service named
    /// one.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        let notes = self.notes();
        let shown = notes.degraded.iter().filter(|it| !notes.is_absent(&it.path));
        shown.filter_map(|it| it.retry_after).max()
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Notes {
    /// Returns true if the path lies below an object that does not exist.
    fn is_absent(&self, path: &[PathSegment]) -> bool {
        self.absent.iter().any(|absent| path.len() > absent.len() && path.starts_with(absent))
    }

    /// Returns the path with its indices counted among the items that stayed.
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

/// A segment of a path with an order.
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

/// Returns the path as a key that can be ordered.
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
