//! Writing of values: objects, lists, leaves, and the outcomes of fetches.

use async_graphql::{InputType, QueryPathNode, QueryPathSegment};

use super::super::{At, Place, Shown, write};
use super::{Or, Pass, Run, Step, Written, server_error};
use crate::error::Error;

impl Run<'_> {
    /// Shows an object in a field.
    pub fn object<T: Shown>(&mut self, object: &T, at: At<'_>) -> Written {
        self.fields(object, &at.field.fields, Some(at.path))
    }

    /// Shows a value that is read of the object.
    pub fn read<T>(
        &mut self,
        at: At<'_>,
        value: impl FnOnce(&Place<'_>) -> T,
        show: impl FnOnce(T, At<'_>, &mut Self) -> Written,
    ) -> Written {
        if !self.goes_below(at.field) {
            return Ok(());
        }
        show(value(&self.place(at)), at, self)
    }

    /// Shows a value that is read of the object and may not be missing.
    pub fn required<T>(
        &mut self,
        at: At<'_>,
        value: impl FnOnce(&Place<'_>) -> Result<T, Error>,
        show: impl FnOnce(T, At<'_>, &mut Self) -> Written,
    ) -> Written {
        if !self.goes_below(at.field) {
            return Ok(());
        }
        match value(&self.place(at)) {
            Ok(value) => show(value, at, self),
            Err(error) => self.broken(at, error),
        }
    }

    /// Shows the items of a list.
    pub fn list<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        at: At<'_>,
        mut show: impl FnMut(T, At<'_>, &mut Self) -> Written,
    ) -> Written {
        let (told, mut broken) = (self.errors.len(), None::<Box<_>>);
        if self.writes() {
            self.out.push(b'[');
        }
        for (index, item) in items.into_iter().enumerate() {
            if self.writes() && index > 0 {
                self.out.push(b',');
            }
            let path = QueryPathNode { parent: Some(at.path), segment: QueryPathSegment::Index(index) };
            if let Err(error) = show(item, At { path: &path, ..at }, self) {
                broken = Some(error);
                self.pass = Pass::Skip;
            }
        }
        self.end(b']', told, broken)
    }

    /// Shows a value that may be missing alone. An object that breaks is null with the error beside it.
    pub fn option<T>(
        &mut self,
        value: Option<T>,
        at: At<'_>,
        show: impl FnOnce(T, At<'_>, &mut Self) -> Written,
    ) -> Written {
        match value {
            Some(value) => self.nullable(|run| show(value, at, run)),
            None => self.null(),
        }
    }

    /// Shows a leaf.
    pub fn leaf<T: InputType + 'static>(&mut self, value: &T) {
        if self.writes() {
            write::leaf(&mut self.out, value);
        }
    }

    /// Shows a text.
    pub fn text(&mut self, text: &str) {
        if self.writes() {
            write::text(&mut self.out, text);
        }
    }

    /// Fails a field that is no row. No program has one.
    pub fn no_row(&mut self, at: At<'_>) -> Written {
        self.broken(at, Error::internal("the field is no row"))
    }

    /// Returns the error of a field that may not be null.
    fn broken(&self, at: At<'_>, error: Error) -> Written {
        if self.writes() { Err(Box::new(server_error(at, error))) } else { Ok(()) }
    }

    /// Shows null with an error beside it.
    pub(super) fn failed(&mut self, at: At<'_>, error: Error) -> Written {
        self.errors.push(server_error(at, error));
        self.null()
    }

    /// Shows a field that may be null: if it breaks, it is null with the error beside it.
    pub(super) fn nullable(&mut self, show: impl FnOnce(&mut Self) -> Written) -> Written {
        let start = self.out.len();
        if let Err(error) = show(self) {
            self.out.truncate(start);
            self.errors.push(*error);
            return self.null();
        }
        Ok(())
    }

    /// Shows a field of a fetched value.
    pub fn finish<V>(
        &mut self,
        at: At<'_>,
        step: Step<V>,
        or: Or,
        show: impl FnOnce(V, At<'_>, &mut Self) -> Written,
    ) -> Written {
        match step {
            Step::Value(value) if or == Or::Empty => show(value, at, self),
            Step::Value(value) => self.nullable(|run| show(value, at, run)),
            _ if !self.writes() => Ok(()),
            Step::Wait | Step::Null => self.null(),
            Step::Empty => {
                self.out.extend_from_slice(b"[]");
                Ok(())
            }
            Step::Failed(error) => self.finish_failed(at, error, or),
        }
    }

    fn finish_failed(&mut self, at: At<'_>, error: Error, or: Or) -> Written {
        match or {
            Or::Error if matches!(error, Error::NotFound) => self.null(),
            Or::Error => self.failed(at, error),
            Or::Null | Or::Empty => match self.scope.optional::<()>(Some(at.path), Err(error)) {
                Ok(_) if or == Or::Null => self.null(),
                Ok(_) => {
                    self.out.extend_from_slice(b"[]");
                    Ok(())
                }
                Err(error) if or == Or::Null => self.failed(at, error),
                Err(error) => self.broken(at, error),
            },
        }
    }
}
