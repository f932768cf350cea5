//! One run of a program.

mod references;
mod show;

use std::any::Any;

use async_graphql::{QueryPathNode, QueryPathSegment, ServerError, Variables};
use fetch::Fetch;
use futures_util::future::BoxFuture;
use operation::path::segments;
use operation::{Program, ProgramField, ProgramRow, SlotSet};

use super::slot::{AnySlot, Slot};
use super::{At, Place, Ran, Shown};
use crate::error::{Error, Nullable};
use crate::scope::RequestScope;

/// The outcome of a field: written, or an error of a field that may not be null, which is that of the object around it.
pub type Written = Result<(), Box<ServerError>>;

/// The state of a run.
pub struct Run<'a> {
    scope: &'a RequestScope,
    variables: &'a Variables,
    pass: Pass,
    /// Keys of each fetching field, in the order of the document.
    keys: Box<[Vec<KeyOf>]>,
    /// The next key of each fetching field, in this pass.
    next: Box<[usize]>,
    slots: Box<[Option<Box<dyn AnySlot>>]>,
    out: Vec<u8>,
    errors: Vec<ServerError>,
}

/// Purpose of one visit of all objects.
#[derive(Clone, Copy)]
enum Pass {
    /// Keys of these slots are collected.
    Collect(SlotSet),
    /// Nothing but to count the keys of objects that are not written.
    Skip,
    /// Fields are written.
    Write,
}

/// The key of one field of one object.
#[derive(Clone)]
enum KeyOf {
    /// The key at this place of the slot.
    Place(usize),
    /// There is none, and the field is null.
    Null,
    /// There is none, and the field is empty.
    Empty,
    /// It could not be made.
    Failed(Error),
}

/// State of a call of a field, as one pass meets it.
pub enum Step<V> {
    /// Nothing to go on with in this pass.
    Wait,
    /// The value.
    Value(V),
    /// There was nothing to fetch, and the field is null.
    Null,
    /// There was nothing to fetch, and the field is empty.
    Empty,
    /// It failed.
    Failed(Error),
}

impl<V> Step<V> {
    /// Returns the step with another value.
    pub fn map<T>(self, with: impl FnOnce(V) -> T) -> Step<T> {
        match self {
            Self::Wait => Step::Wait,
            Self::Value(value) => Step::Value(with(value)),
            Self::Null => Step::Null,
            Self::Empty => Step::Empty,
            Self::Failed(error) => Step::Failed(error),
        }
    }
}

/// Value that a field takes when its calls fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Or {
    /// Null with an error beside it.
    Error,
    /// Null.
    Null,
    /// An empty list.
    Empty,
}

impl<'a> Run<'a> {
    pub(super) fn new(program: &Program, scope: &'a RequestScope, variables: &'a Variables) -> Self {
        Self {
            scope,
            variables,
            pass: Pass::Skip,
            keys: (0..program.fetching).map(|_| Vec::new()).collect(),
            next: vec![0; program.fetching].into(),
            slots: program.slots.iter().map(|_| None).collect(),
            out: Vec::with_capacity(4096),
            errors: Vec::new(),
        }
    }

    /// Collects the keys of these slots.
    pub(super) fn collect<T: Shown>(&mut self, root: &T, fields: &[ProgramField], slots: SlotSet) {
        self.begin(Pass::Collect(slots));
        // Only writing breaks.
        let _visited = self.fields(root, fields, None);
    }

    /// Writes the answer.
    pub(super) fn write<T: Shown>(mut self, root: &T, fields: &[ProgramField]) -> Ran {
        self.begin(Pass::Write);
        if let Err(error) = self.fields(root, fields, None) {
            self.errors.push(*error);
            self.out.clear();
            self.out.extend_from_slice(b"null");
        }
        Ran { data: self.out, errors: self.errors }
    }

    /// Returns the future that loads the keys of a slot; `None` if it has none.
    pub(super) fn load(&self, slot: usize) -> Option<BoxFuture<'a, Box<dyn Any + Send>>> {
        Some(self.slots[slot].as_ref()?.load(&self.scope.fetches, slot))
    }

    /// Takes the values of a slot.
    pub(super) fn loaded(&mut self, slot: usize, values: Box<dyn Any + Send>) {
        if let Some(slot) = &mut self.slots[slot] {
            slot.loaded(values);
        }
    }

    fn begin(&mut self, pass: Pass) {
        self.pass = pass;
        self.next.fill(0);
    }

    /// Returns true if the pass has something to do in a field.
    fn visits(&self, field: &ProgramField) -> bool {
        let slots = field.own.with(field.below);
        match self.pass {
            Pass::Collect(set) => slots.meets(set),
            Pass::Skip => !slots.is_empty(),
            Pass::Write => true,
        }
    }

    /// Returns true if the pass has something to do below a field.
    fn goes_below(&self, field: &ProgramField) -> bool {
        match self.pass {
            Pass::Collect(set) => field.below.meets(set),
            Pass::Skip => !field.below.is_empty(),
            Pass::Write => true,
        }
    }

    fn writes(&self) -> bool {
        matches!(self.pass, Pass::Write)
    }

    /// Returns the request and the place of a field.
    #[must_use]
    pub fn place<'p>(&self, at: At<'p>) -> Place<'p>
    where
        'a: 'p,
    {
        Place { scope: self.scope, variables: self.variables, at, writes: self.writes() }
    }

    /// Shows null. It is an outcome like all others, and never an error.
    #[expect(clippy::unnecessary_wraps, reason = "an outcome, as those that may fail")]
    fn null(&mut self) -> Written {
        if self.writes() {
            self.out.extend_from_slice(b"null");
        }
        Ok(())
    }

    fn fields<T: Shown>(
        &mut self,
        object: &T,
        fields: &[ProgramField],
        above: Option<&QueryPathNode<'_>>,
    ) -> Written {
        self.fields_of(object, fields.iter(), above)
    }

    /// Runs fields of an object. A field that may not be null and fails breaks the object: the keys of the fields behind it are
    /// counted, and nothing more is told of the object than this error.
    fn fields_of<'f, T: Shown>(
        &mut self,
        object: &T,
        fields: impl Iterator<Item = &'f ProgramField>,
        above: Option<&QueryPathNode<'_>>,
    ) -> Written {
        let (told, mut broken) = (self.errors.len(), None);
        let mut is_first = true;
        if self.writes() {
            self.out.push(b'{');
        }
        for field in fields {
            if !self.visits(field) {
                continue;
            }
            if self.writes() {
                if !std::mem::take(&mut is_first) {
                    self.out.push(b',');
                }
                self.out.extend_from_slice(field.text.as_bytes());
            }
            let path = QueryPathNode { parent: above, segment: QueryPathSegment::Name(&field.key) };
            let written = match &field.row {
                ProgramRow::Row(row) => object.row(*row, At { field, path: &path }, self),
                ProgramRow::Typename(name) => {
                    self.out.extend_from_slice(name.as_bytes());
                    Ok(())
                }
            };
            if let Err(error) = written {
                broken = Some(error);
                self.pass = Pass::Skip;
            }
        }
        self.end(b'}', told, broken)
    }

    /// Ends an object or a list. If it is broken, only the error that broke it is told.
    fn end(&mut self, bracket: u8, told: usize, broken: Option<Box<ServerError>>) -> Written {
        if let Some(error) = broken {
            // Only writing breaks.
            self.pass = Pass::Write;
            self.errors.truncate(told);
            return Err(error);
        }
        if self.writes() {
            self.out.push(bracket);
        }
        Ok(())
    }

    /// Fetches the value of a field. `key` makes its key: `None` for a field that is null, and `Ok(None)` for a list of which
    /// nothing is wanted.
    pub fn fetched<F: Fetch>(
        &mut self,
        at: At<'_>,
        key: impl FnOnce(&Place<'_>) -> Nullable<Option<F>>,
    ) -> Step<F::Value> {
        match self.key(at, 0, key) {
            KeyOf::Place(place) => self.value::<F>(at, 0, place),
            KeyOf::Null => Step::Null,
            KeyOf::Empty => Step::Empty,
            KeyOf::Failed(error) => Step::Failed(error),
        }
    }

    /// Returns the next key of a field's call: one that `key` makes, if keys of its slot are collected in this pass.
    fn key<F: Fetch>(
        &mut self,
        at: At<'_>,
        call: usize,
        key: impl FnOnce(&Place<'_>) -> Nullable<Option<F>>,
    ) -> KeyOf {
        let (number, slot) = (at.field.fetching + call, at.field.slots[call]);
        if let Pass::Collect(set) = self.pass
            && set.meets(SlotSet::of(slot))
        {
            let key = match key(&self.place(at)) {
                None => KeyOf::Null,
                Some(Ok(None)) => KeyOf::Empty,
                Some(Ok(Some(key))) => match self.slot::<F>(slot) {
                    Some(slot) => KeyOf::Place(slot.add(key)),
                    None => {
                        KeyOf::Failed(Error::internal(format!("{} is in the slot of another fetch", F::NAME)))
                    }
                },
                Some(Err(error)) => KeyOf::Failed(error),
            };
            self.keys[number].push(key.clone());
            return key;
        }
        let next = self.next[number];
        self.next[number] += 1;
        self.keys[number].get(next).cloned().unwrap_or(KeyOf::Null)
    }

    /// Returns the slot of a fetch. Plan and rows are made of the same words, so it is never that of another.
    fn slot<F: Fetch>(&mut self, slot: usize) -> Option<&mut Slot<F>> {
        let slot = self.slots[slot].get_or_insert_with(|| Box::new(Slot::<F>::default()));
        slot.as_any().downcast_mut()
    }

    /// Returns the value at a place of a slot, if the pass needs it.
    fn value<F: Fetch>(&mut self, at: At<'_>, call: usize, place: usize) -> Step<F::Value> {
        if !self.goes_below(at.field) && call + 1 == at.field.slots.len() {
            return Step::Wait;
        }
        let (scope, writes) = (self.scope, self.writes());
        let slot = self.slot::<F>(at.field.slots[call]);
        let Some(values) = slot.and_then(|slot| slot.values.as_ref()) else { return Step::Wait };
        match &values[place] {
            Ok(value) if !writes => Step::Value(value.value.clone()),
            Err(_) if !writes => Step::Wait,
            result => match scope.taken::<F>(Some(at.path), result.clone()) {
                Ok(value) => Step::Value(value),
                Err(error) => Step::Failed(error),
            },
        }
    }
}

/// Returns an error at the place of a field.
fn server_error(at: At<'_>, error: Error) -> ServerError {
    let error = error.at(|| segments(Some(at.path)));
    let error = async_graphql::Error::from(error).into_server_error(at.field.pos);
    ServerError { path: segments(Some(at.path)), ..error }
}
