//! A page of the list screen or the search screen.

use std::sync::Arc;

use async_graphql::Object;
use bff_kit::Page;
use downstream::catalog;

use super::product::Product;

pub(crate) struct ProductPage(pub(super) Page, pub(super) Arc<catalog::ProductPage>);

impl ProductPage {
    /// Upper bound on the products of a page.
    pub(super) const MAX: i32 = 20;
}

/// A page of products.
#[Object]
impl ProductPage {
    /// The products, in the order of the list, 20 at most.
    async fn items(&self) -> Vec<Product> {
        self.0.cut(self.1.products.iter().cloned().map(Product)).collect()
    }

    /// Number of products on all pages together.
    async fn total(&self) -> i32 {
        self.1.total_size
    }

    /// Value of `after` for the next page. Null on the last page.
    async fn end_cursor(&self) -> Option<String> {
        self.0.next(&self.1.tokens)
    }
}
