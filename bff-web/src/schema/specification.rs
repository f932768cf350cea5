//! One line of technical data.

use bff_kit::object;
use proto::catalog;

/// One line of technical data.
#[object(catalog::Specification, part)]
pub(crate) struct Specification {
    /// Heading under which lines are grouped, such as "Dimensions".
    #[read(group)]
    group: String,
    /// Name of the property, such as "Height".
    #[read(name)]
    name: String,
    /// Value with its unit, such as "24 cm".
    #[read(value)]
    value: String,
}
