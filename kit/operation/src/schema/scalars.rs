//! The scalars of a schema's own.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use async_graphql::OutputType;
use async_graphql::registry::{MetaType, Registry};
use async_graphql_value::ConstValue;

type IsValid = Arc<dyn Fn(&ConstValue) -> bool + Send + Sync>;

/// What tells whether a value is one of a scalar, by the scalar's name: `ScalarType::is_valid`.
#[derive(Clone, Default)]
pub struct Scalars(HashMap<String, IsValid>);

impl Scalars {
    /// The scalars that queries and mutations take.
    #[must_use]
    pub fn of<Query: OutputType, Mutation: OutputType>() -> Self {
        let mut registry = Registry::default();
        Query::create_type_info(&mut registry);
        Mutation::create_type_info(&mut registry);
        let scalars = registry.types.into_values().filter_map(|declared| match declared {
            MetaType::Scalar { name, is_valid, .. } => Some((name, is_valid?)),
            _ => None,
        });
        Self(scalars.collect())
    }

    /// Whether the value may be one of the scalar. One that does not say takes any.
    pub fn takes(&self, scalar: &str, value: &ConstValue) -> bool {
        self.0.get(scalar).is_none_or(|is_valid| is_valid(value))
    }
}

impl fmt::Debug for Scalars {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}
