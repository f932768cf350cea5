//! Runs operations as programs: without a resolver, a future and a tree of values for each field.
//!
//! A [`Program`] says which fields an answer has and which slots their values come from. The rows of a schema, one for each
//! field of an `#[object]` that is data, say how a key is made and what is written of a value. A run
//! alternates between two steps, until no slot is left:
//!
//! 1. The objects that are there are visited in the order of the document, to collect the keys of each slot whose producers
//!    are done. The keys of a field are kept in this order, so that its values are found again by counting.
//! 2. The keys of each such slot travel in one batch. Slots do not wait for one another beyond what their keys need.
//!
//! Then all objects are visited once more, and their fields are written as JSON.

mod probe;
mod run;
mod slot;
mod write;

use std::collections::HashMap;

use async_graphql::{InputType, QueryPathNode, ServerError, Variables};
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use operation::{Program, ProgramField, SlotSet};

use crate::error::Error;
use crate::reading::Reading;
use crate::scope::RequestScope;

pub use probe::{Probe, ProbeLeaf, ProbeObject, ProbeOther};
pub use run::{Or, Run, Step, Written};

/// An object whose fields programs can run. `#[object]` implements it, and `#[derive(Shown)]` for a `SimpleObject`; any other
/// object that is written by hand has no rows.
#[diagnostic::on_unimplemented(
    message = "programs do not know whether they can run the fields of `{Self}`",
    note = "`#[object]` says it, and `#[derive(Shown)]` for a `SimpleObject`; for any other object that is written by hand add `impl bff_kit::program::Shown for … {{}}`: its fields run by their resolvers"
)]
pub trait Shown: Send + Sync + 'static {
    /// Adds the rows of the object, and of the objects in its fields.
    fn add_rows(_rows: &mut Rows) {}

    /// Runs the row with this number: collects its keys, or writes its value.
    fn row(&self, _row: usize, at: At<'_>, run: &mut Run<'_>) -> Written {
        run.no_row(at)
    }
}

/// The rows of a schema: the fields that programs can run.
#[derive(Debug, Default)]
pub struct Rows {
    of_types: HashMap<String, HashMap<&'static str, usize>>,
    /// The type whose fields a type shows as its own, and the number of rows before them.
    flattened: HashMap<String, (String, usize)>,
}

impl Rows {
    /// Returns the rows of a schema with this root.
    #[must_use]
    pub fn of<T: Shown>() -> Self {
        let mut rows = Self::default();
        T::add_rows(&mut rows);
        rows
    }

    /// Returns true if no rows were added for a type yet.
    pub fn begins(&mut self, type_name: &str) -> bool {
        let is_new = !self.of_types.contains_key(type_name);
        if is_new {
            self.of_types.insert(type_name.to_owned(), HashMap::new());
        }
        is_new
    }

    /// Adds a row.
    pub fn add(&mut self, type_name: &str, field: &'static str, row: usize) {
        self.of_types.entry(type_name.to_owned()).or_default().insert(field, row);
    }

    /// Says that a type shows the fields of another as its own, behind this many of its own rows.
    pub(crate) fn flatten(&mut self, flattened: &str, type_name: &str, behind: usize) {
        self.flattened.insert(type_name.to_owned(), (flattened.to_owned(), behind));
    }

    /// Returns the number of the row of a field; `None` if it is no row. The name of a type is known for each with rows.
    #[must_use]
    pub fn number(&self, type_name: &str, field: &str) -> Option<usize> {
        let rows = self.of_types.get(type_name)?;
        if field == "__typename" {
            return Some(usize::MAX);
        }
        rows.get(field).copied().or_else(|| {
            let (flattened, behind) = self.flattened.get(type_name)?;
            Some(behind + self.of_types.get(flattened)?.get(field)?)
        })
    }
}

/// A field of a program, and its place in the answer.
#[derive(Clone, Copy)]
pub struct At<'a> {
    pub(crate) field: &'a ProgramField,
    pub(crate) path: &'a QueryPathNode<'a>,
}

/// The request and the place of a field, for functions over messages.
pub struct Place<'a> {
    scope: &'a RequestScope,
    variables: &'a Variables,
    at: At<'a>,
    /// True while fields are written. Until then nothing is noted of them: they are met several times, and may never be shown.
    writes: bool,
}

impl Reading for Place<'_> {
    fn scope(&self) -> &RequestScope {
        self.scope
    }

    fn place(&self) -> Option<&QueryPathNode<'_>> {
        Some(self.at.path)
    }

    fn known<T>(&self, said: Option<T>) -> Option<T> {
        if said.is_none() && self.writes {
            self.scope.unknown(self.place());
        }
        said
    }
}

impl Place<'_> {
    /// Returns the value of an argument; that of `default` if the document gives none.
    pub fn argument<T: InputType>(&self, name: &str, default: Option<T>) -> Result<T, Error> {
        let given = self.at.field.argument(name, self.variables);
        if let (None, Some(default)) = (&given, default) {
            return Ok(default);
        }
        // Its type may know values better than the check of variables does.
        T::parse(given).map_err(|_| self.located(Error::bad_input(name, "is not of its type")))
    }
}

/// Data and errors of a run.
#[derive(Debug)]
pub struct Ran {
    /// The data, as JSON.
    pub data: Vec<u8>,
    /// Errors of fields.
    pub errors: Vec<ServerError>,
}

/// Runs a program over the root of a schema.
pub(crate) async fn run<T: Shown>(
    root: &T,
    program: &Program,
    scope: &RequestScope,
    variables: &Variables,
) -> Ran {
    let mut run = Run::new(program, scope, variables);
    let mut loads = FuturesUnordered::new();
    let (mut begun, mut done) = (SlotSet::default(), SlotSet::default());
    loop {
        let waiting = (0..program.slots.len()).map(|slot| (slot, SlotSet::of(slot)));
        let ready: Vec<_> =
            waiting.filter(|(slot, set)| !set.meets(begun) && program.slots[*slot].is_within(done)).collect();
        if !ready.is_empty() {
            let set = ready.iter().fold(SlotSet::default(), |all, (_, set)| all.with(*set));
            run.collect(root, &program.fields, set);
            begun = begun.with(set);
            for (slot, set) in ready {
                match run.load(slot) {
                    Some(load) => loads.push(async move { (slot, set, load.await) }),
                    None => done = done.with(set),
                }
            }
            continue;
        }
        let Some((slot, set, loaded)) = loads.next().await else { break };
        run.loaded(slot, loaded);
        done = done.with(set);
    }
    run.write(root, &program.fields)
}
