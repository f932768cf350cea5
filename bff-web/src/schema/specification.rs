//! One line of technical data.

use async_graphql::SimpleObject;
use proto::catalog;

/// One line of technical data.
#[derive(SimpleObject)]
pub(crate) struct Specification {
    /// Heading under which lines are grouped, such as "Dimensions".
    group: String,
    /// Name of the property, such as "Height".
    name: String,
    /// Value with its unit, such as "24 cm".
    value: String,
}

impl From<&catalog::Specification> for Specification {
    fn from(line: &catalog::Specification) -> Self {
        let catalog::Specification { group, name, value } = line.clone();
        Self { group, name, value }
    }
}
