//! What belongs to one request while it is answered.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_graphql::{PathSegment, QueryPathNode, ServerError, Value};
use fetch::{CallContext, Command, Fault, FaultKind, Fetch, Fetches};
use jiff::Timestamp;

use crate::code::Code;
use crate::error::Error;
use crate::identity::Caller;
use crate::language::Languages;
use crate::operation::{Failing, Outline};
use crate::path::{field_path, names, segments};
use crate::schema::StepInfo;

/// What belongs to one request: its loaders, who asks, what time it is, and what could not be answered.
pub struct RequestScope {
    caller: Read<Caller>,
    languages: Read<Languages>,
    /// When the request arrived. Every relative time of an answer counts from here.
    pub now: Timestamp,
    pub(crate) fetches: Fetches,
    pub(crate) outline: Arc<Outline>,
    notes: Mutex<Notes>,
    /// Whether each command of the outline was sent.
    sent: Box<[AtomicBool]>,
    failing: Vec<Failing>,
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
    degraded: Vec<(Vec<PathSegment>, Code)>,
    /// Objects that turned out not to be there. What was asked beside them is of no account.
    absent: Vec<Vec<PathSegment>>,
    /// Items that were left out of their list.
    omitted: BTreeSet<(String, usize)>,
    /// Errors of fields that failed before they ran.
    failed: Vec<ServerError>,
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
        let (caller, languages) = (Read::new(caller), Read::new(languages));
        let sent = outline.sends().iter().map(|_| AtomicBool::new(false)).collect();
        Self { caller, languages, now, fetches, outline, notes: Mutex::default(), sent, failing: Vec::new() }
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
    ) -> Result<Option<Duration>, Fault> {
        let found = self.outline.place(path).and_then(|place| place.send(C::name()));
        let what = |what: &str| format!("{} sends {} {what}", field_path(path), C::name());
        let context = self.fetches.context();
        match found {
            Some((index, send)) if !self.sent[index].swap(true, Ordering::Relaxed) => Ok(send.until),
            // Whatever the mode: nobody wants to have bought twice.
            Some(_) => {
                let what = what("more than once");
                context.violation(&what).and_then(|()| Err(Fault::new(FaultKind::Internal, what)))
            }
            None => context.violation(&what("without declaring it")).map(|()| None),
        }
    }

    /// Who asks. An answer that depends on it is shared with nobody.
    #[must_use]
    pub fn caller(&self) -> &Caller {
        self.caller.get()
    }

    /// What languages the answer may be in, best first. Caches keep an answer for each that depends on it.
    #[must_use]
    pub fn languages(&self) -> &Languages {
        self.languages.get()
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
        question: F,
    ) -> Result<F::Value, Error> {
        let place = self.outline.place(path);
        let slot = place.and_then(|place| place.slot(F::name()));
        let what = |what: &str| format!("{} asks {} {what}", field_path(path), F::name());
        let answer = match slot {
            Some(slot) => self.fetches.fetch(slot, question).await.unwrap_or_else(|fetch::Undeclared| {
                Err(Fault::new(FaultKind::Internal, what("in the slot of another question")))
            }),
            None => match self.fetches.context().violation(&what("without declaring it")) {
                Ok(()) => self.fetches.fetch_unplanned(question).await,
                Err(refused) => Err(refused),
            },
        };
        answer.map_err(|fault| {
            let step = place.and_then(|place| place.step(F::name()));
            in_arguments(fault, step, F::ALIASES).at(|| segments(path))
        })
    }

    /// What an optional field does with its answer: what a service failed to give is noted and becomes `None`.
    pub(crate) fn optional<T>(
        &self,
        path: Option<&QueryPathNode<'_>>,
        result: Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(Error::NotFound) => Ok(None),
            Err(error) if error.code().degrades() => {
                self.notes().degraded.push((segments(path), error.code()));
                Ok(None)
            }
            Err(error) => Err(error),
        }
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
        let mut counts = BTreeMap::<(String, &str), u32>::new();
        for (path, code) in notes.degraded.iter().filter(|(path, _)| !notes.is_absent(path)) {
            *counts.entry((names(path), code.as_str())).or_default() += 1;
        }
        let entry = |((path, code), count): (&(String, &str), &u32)| async_graphql::value!({ "path": path.as_str(), "code": *code, "count": *count });
        (!counts.is_empty()).then(|| Value::List(counts.iter().map(entry).collect()))
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The error of a fault, naming arguments of the field where the service named fields of its request.
pub(crate) fn in_arguments(fault: Fault, step: Option<&StepInfo>, aliases: &[(&str, &str)]) -> Error {
    let error = Error::from(fault);
    match step {
        Some(step) => error.renamed(|field| step.argument_path(field, aliases)),
        None => error,
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
