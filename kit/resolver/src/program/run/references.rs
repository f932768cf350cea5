//! Objects that are known by their keys.

use async_graphql::{QueryPathNode, QueryPathSegment, ServerError};
use fetch::Keyed;

use super::super::{At, Place, Shown};
use super::{KeyOf, Or, Pass, Run, Step, Written, server_error};
use crate::error::{Error, Nullable};
use crate::reference::Loaded;

impl Run<'_> {
    /// Shows an object that is known by its key.
    pub fn reference<T: Loaded + Shown>(
        &mut self,
        at: At<'_>,
        key: impl FnOnce(&Place<'_>) -> Nullable<T::By>,
    ) -> Written {
        match self.key(at, 0, |place| key(place).map(|key| key.map(Some))) {
            KeyOf::Place(place) => {
                self.nullable(|run| if run.referred::<T>(at, 0, place)? { Ok(()) } else { run.null() })
            }
            KeyOf::Failed(error) if self.writes() => self.failed(at, error),
            _ => self.null(),
        }
    }

    /// Shows the objects of a list of keys, in the order of the keys. Those that are not there are left out.
    pub fn references<T: Loaded + Shown>(&mut self, at: At<'_>, step: Step<Vec<T::By>>, or: Or) -> Written {
        self.finish(at, step, or, |keys, at, run| {
            if run.writes() {
                run.out.push(b'[');
            }
            let (mut separator, mut index) = (false, 0);
            let (told, mut broken) = (run.errors.len(), None::<Box<_>>);
            for key in keys {
                let path = QueryPathNode { parent: Some(at.path), segment: QueryPathSegment::Index(index) };
                let at = At { path: &path, ..at };
                let KeyOf::Place(place) = run.key(at, 1, |_| Some(Ok(Some(key)))) else { continue };
                let start = run.out.len();
                if run.writes() && separator {
                    run.out.push(b',');
                }
                match run.referred::<T>(at, 1, place) {
                    Ok(true) => {
                        index += 1;
                        separator = true;
                    }
                    Ok(false) => run.out.truncate(start),
                    Err(error) => {
                        broken = Some(error);
                        run.pass = Pass::Skip;
                    }
                }
            }
            run.end(b']', told, broken)
        })
    }

    /// Shows the object of a key. Returns false if there is none, and nothing was written.
    fn referred<T: Loaded + Shown>(
        &mut self,
        at: At<'_>,
        call: usize,
        place: usize,
    ) -> Result<bool, Box<ServerError>> {
        let Some(key) =
            self.slot::<T::By>(at.field.slots[call]).and_then(|slot| slot.keys.get(place).cloned())
        else {
            return Ok(false);
        };
        if !self.writes() {
            return self.visit::<T>(at, call, place, &key).map(|()| true);
        }
        let value = match self.value::<T::By>(at, call, place) {
            Step::Value(value) => Ok(Some(value)),
            Step::Failed(Error::NotFound) | Step::Wait | Step::Null | Step::Empty => Ok(None),
            Step::Failed(error) if at.field.optional => self.scope.optional(Some(at.path), Err(error)),
            Step::Failed(error) => Err(error),
        };
        match value {
            Ok(Some(value)) => self.object(&T::from_loaded(&key, value), at).map(|()| true),
            other => {
                self.skip::<T>(at, &key)?;
                match other {
                    Err(error) => Err(Box::new(server_error(at, error))),
                    Ok(_) => Ok(false),
                }
            }
        }
    }

    /// Visits an object: the fields that need only its key, and all others if it is there.
    fn visit<T: Loaded + Shown>(&mut self, at: At<'_>, call: usize, place: usize, key: &T::By) -> Written {
        if !self.goes_below(at.field) {
            return Ok(());
        }
        let known = T::from_loaded(key, key.known());
        let hoisted = at.field.fields.iter().filter(|field| field.hoisted);
        self.fields_of(&known, hoisted, Some(at.path))?;
        let slot = self.slot::<T::By>(at.field.slots[call]);
        let value =
            slot.and_then(|slot| slot.values.as_ref()?.get(place)?.as_ref().ok().map(|it| it.value.clone()));
        let Some(value) = value else { return Ok(()) };
        let others = at.field.fields.iter().filter(|field| !field.hoisted);
        self.fields_of(&T::from_loaded(key, value), others, Some(at.path))
    }

    /// Counts the keys of an object that is not there: those of the fields that need only its key.
    fn skip<T: Loaded + Shown>(&mut self, at: At<'_>, key: &T::By) -> Written {
        self.pass = Pass::Skip;
        let known = T::from_loaded(key, key.known());
        let hoisted = at.field.fields.iter().filter(|field| field.hoisted);
        let skipped = self.fields_of(&known, hoisted, Some(at.path));
        self.pass = Pass::Write;
        skipped
    }
}
