//! A customer's review of a product.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use bff_kit::schema::{bounds, bytes, reads};
use bff_kit::value::DateTime;
use bff_kit::{ContextExt as _, Entity, Id};
use proto::reviews;

pub(crate) struct Review(pub(super) Arc<reviews::Review>);

impl Entity for Review {
    const NAME: &'static str = "Review";
}

/// Fields of a page of reviews beside its items.
#[derive(SimpleObject)]
pub(crate) struct ReviewConnectionFields {
    /// Number of reviews on all pages together.
    pub(super) total_count: i32,
}

/// A customer's review of a product.
#[Object]
impl Review {
    /// Id of the review.
    #[graphql(directive = reads::apply(["id"]))]
    pub(super) async fn id(&self) -> ID {
        Id::<Self>::new(&*self.0.id).to_id()
    }

    /// Display name of the author, such as "Ada L.".
    #[graphql(directive = reads::apply(["author_name"]))]
    async fn author(&self) -> &str {
        &self.0.author_name
    }

    /// Stars, 1 to 5.
    #[graphql(directive = reads::apply(["rating"]))]
    async fn rating(&self) -> i32 {
        self.0.rating
    }

    /// Text of the review, plain text.
    #[graphql(directive = reads::apply(["text"]), directive = bounds::apply(bytes(4_000)))]
    async fn text(&self) -> &str {
        &self.0.text
    }

    /// Time of creation. Null when unknown.
    #[graphql(directive = reads::apply(["create_time"]))]
    async fn created_at(&self, ctx: &Context<'_>) -> Option<DateTime> {
        ctx.known(self.0.create_time.as_ref().and_then(DateTime::of))
    }
}
