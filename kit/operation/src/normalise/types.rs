//! Sets of object types of an interface or union.

use std::rc::Rc;

use crate::schema::SchemaIndex;

/// Set of object types, in the order of the schema.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Types<'a>(Rc<[&'a str]>);

impl<'a> Types<'a> {
    /// Returns all object types that a value of this type may have.
    pub(super) fn of(schema_index: &'a SchemaIndex, type_name: &str) -> Self {
        Self(schema_index.possible(type_name).iter().map(String::as_str).collect())
    }

    /// Returns the subset of the object types that belong to this type as well.
    pub(super) fn within(&self, schema_index: &SchemaIndex, type_name: &str) -> Self {
        let possible = schema_index.possible(type_name);
        let is_one = |object: &&str| possible.iter().any(|it| it == object);
        if self.0.iter().all(is_one) {
            return self.clone();
        }
        Self(self.0.iter().copied().filter(is_one).collect())
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let names = self.0.clone();
        (0..names.len()).map(move |index| names[index])
    }

    pub(super) fn contains(&self, object: &str) -> bool {
        self.0.contains(&object)
    }

    pub(super) fn overlap(&self, other: &Self) -> bool {
        self.0.iter().any(|object| other.contains(object))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
