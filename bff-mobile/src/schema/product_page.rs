//! A page of the list screen or the search screen.

use bff_kit::object;
use proto::catalog;

use super::product::Product;

/// Upper bound on the products of a page.
pub(super) const MAX: i32 = 20;

/// A page of products.
#[object(page_of = catalog::Product)]
pub(crate) struct ProductPage {
    /// The products, in the order of the list, 20 at most.
    #[read(items)]
    items: Vec<Product>,
    /// Number of products on all pages together.
    #[read(total_size)]
    total: i32,
    /// Value of `after` for the next page. Null on the last page.
    #[read(end_cursor)]
    end_cursor: Option<String>,
}
