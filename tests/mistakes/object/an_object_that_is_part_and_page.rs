//! An object is said to be a part and a page.

use bff_kit::object;
use proto::catalog;

/// Products.
#[object(catalog::ListProductsResponse, part, page)]
pub struct Products {
    /// Number of products.
    #[read(total_size)]
    total: i32,
}
