//! A group of products.

use std::sync::Arc;

use async_graphql::{ID, Object};
use bff_kit::schema::reads;
use bff_kit::{Entity, Id};
use proto::catalog;

pub(crate) struct Category(pub(super) Arc<catalog::Category>);

impl Entity for Category {
    const NAME: &'static str = "Category";
}

/// A group of products.
#[Object]
impl Category {
    /// Id of the category.
    #[graphql(directive = reads::apply(["id"]))]
    pub(super) async fn id(&self) -> ID {
        Id::<Self>::new(&*self.0.id).to_id()
    }

    /// Name of the category.
    #[graphql(directive = reads::apply(["name"]))]
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Number of products listed in it.
    #[graphql(directive = reads::apply(["product_count"]))]
    async fn product_count(&self) -> i32 {
        self.0.product_count
    }
}
