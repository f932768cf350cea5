//! A group of products.

use bff_kit::{Id, object};
use downstream::CategoryId;
use proto::catalog;

/// A group of products.
#[object(catalog::Category, id = CategoryId)]
pub(crate) struct Category {
    /// Id of the category.
    #[read(id)]
    id: Id<Self>,
    /// Name of the category.
    #[read(name)]
    name: String,
}
