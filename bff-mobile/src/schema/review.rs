//! A customer's review of a product.

use std::sync::Arc;

use async_graphql::{Context, Object};
use bff_kit::ContextExt as _;
use bff_kit::schema::{bounds, bytes, reads};
use proto::reviews;

use crate::format;

pub(crate) struct Review(pub(super) Arc<reviews::Review>);

/// A customer's review of a product.
#[Object]
impl Review {
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

    /// Age of the review as localised text, such as "5 min ago". Null when unknown.
    #[graphql(directive = reads::apply(["create_time"]))]
    async fn when(&self, ctx: &Context<'_>) -> Option<String> {
        ctx.known(format::when(ctx.scope(), self.0.create_time.as_ref()))
    }
}
