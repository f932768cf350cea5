//! Tells by its type how a value is shown: as an object, as a leaf, or not at all.
//!
//! A macro sees the name of a type and not its traits. It calls a method of `&&Probe<T>`, and the compiler takes the first of the
//! three that fits: that of an object needs no further reference, that of a leaf one more, and that of all others one less.

use std::marker::PhantomData;

use async_graphql::InputType;

use super::run::{Run, Written};
use super::{At, Rows, Shown};

/// Stands for a type.
pub struct Probe<T>(PhantomData<fn() -> T>);

impl<T> Probe<T> {
    /// Creates the probe of a type.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "only macros create it")]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

/// Shows objects.
pub trait ProbeObject<T> {
    /// Adds the rows of the type. Returns true if programs can show it.
    fn add_rows(&self, rows: &mut Rows) -> bool;

    /// Shows a value.
    fn show(&self, value: &T, at: At<'_>, run: &mut Run<'_>) -> Written;
}

impl<T: Shown> ProbeObject<T> for &Probe<T> {
    fn add_rows(&self, rows: &mut Rows) -> bool {
        T::add_rows(rows);
        true
    }

    fn show(&self, value: &T, at: At<'_>, run: &mut Run<'_>) -> Written {
        run.object(value, at)
    }
}

/// Shows scalars and enums, and lists of them.
pub trait ProbeLeaf<T> {
    /// Adds the rows of the type. Returns true if programs can show it.
    fn add_rows(&self, rows: &mut Rows) -> bool;

    /// Shows a value.
    fn show(&self, value: &T, at: At<'_>, run: &mut Run<'_>) -> Written;
}

impl<T: InputType + 'static> ProbeLeaf<T> for &&Probe<T> {
    fn add_rows(&self, _: &mut Rows) -> bool {
        true
    }

    fn show(&self, value: &T, _: At<'_>, run: &mut Run<'_>) -> Written {
        run.leaf(value);
        Ok(())
    }
}

/// Stands for all other types.
pub trait ProbeOther<T> {
    /// Adds the rows of the type. Returns true if programs can show it.
    fn add_rows(&self, rows: &mut Rows) -> bool;

    /// Shows a value.
    fn show(&self, value: &T, at: At<'_>, run: &mut Run<'_>) -> Written;
}

impl<T> ProbeOther<T> for Probe<T> {
    fn add_rows(&self, _: &mut Rows) -> bool {
        false
    }

    fn show(&self, _: &T, at: At<'_>, run: &mut Run<'_>) -> Written {
        run.no_row(at)
    }
}
