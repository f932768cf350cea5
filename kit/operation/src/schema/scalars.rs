//! The custom scalars of a schema.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use async_graphql::OutputType;
use async_graphql::registry::{MetaType, Registry};
use async_graphql_value::ConstValue;

type IsValid = Arc<dyn Fn(&ConstValue) -> bool + Send + Sync>;

/// Checks of scalar values (`ScalarType::is_valid`), by the name of the scalar.
#[derive(Clone, Default)]
pub struct Scalars(HashMap<String, IsValid>);

impl Scalars {
    /// Collects the scalars that queries and mutations use.
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

    /// Returns true if the scalar takes the value. A scalar without a check takes any value.
    pub fn takes(&self, scalar: &str, value: &ConstValue) -> bool {
        self.0.get(scalar).is_none_or(|is_valid| is_valid(value))
    }
}

impl fmt::Debug for Scalars {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}
