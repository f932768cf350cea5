//! A product of the shop.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use bff_kit::schema::{bounds, fetch, fetches, items, reads};
use bff_kit::value::Url;
use bff_kit::{ContextExt as _, Entity, Error, Id, Loaded, Nullable, Page};
use downstream::catalog::ProductById;
use downstream::inventory::StockOf;
use downstream::pricing::PriceOf;
use downstream::reviews::{RatingOf, ReviewsOf};
use proto::catalog;

use super::price::Price;
use super::review::Review;

/// Upper bound on the reviews of a product screen.
const MAX_REVIEWS: i32 = 3;

pub(crate) struct Product(pub(super) Arc<catalog::Product>);

impl Entity for Product {
    const NAME: &'static str = "Product";
}

impl Loaded for Product {
    type By = ProductById;

    fn from_loaded(_: &ProductById, product: Arc<catalog::Product>) -> Self {
        Self(product)
    }
}

/// A product of the shop.
#[Object]
impl Product {
    /// Id of the product.
    #[graphql(directive = reads::apply(["id"]))]
    async fn id(&self) -> ID {
        Id::<Self>::new(&*self.0.id).to_id()
    }

    /// Name of the product.
    #[graphql(directive = reads::apply(["name"]))]
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// URL of a small square picture for lists.
    #[graphql(directive = reads::apply(["thumbnail_url"]))]
    async fn thumbnail(&self) -> Url {
        self.0.thumbnail_url.as_str().into()
    }

    /// Price for the customer. Null when it cannot be loaded.
    #[graphql(directive = fetches::apply(fetch::<PriceOf>(["parent.id"]).or("null")))]
    async fn price(&self, ctx: &Context<'_>) -> Nullable<Price> {
        let price = ctx.fetch(PriceOf(self.0.id.as_str().into())).await;
        ctx.optional(price.map(Price)).transpose()
    }

    /// True if the product can be bought now. Null when the stock cannot be loaded.
    #[graphql(directive = fetches::apply(fetch::<StockOf>(["parent.id"]).reading(["available"]).or("null")))]
    async fn in_stock(&self, ctx: &Context<'_>) -> Nullable<bool> {
        let stock = ctx.fetch(StockOf(self.0.id.as_str().into())).await;
        ctx.optional(stock.map(|stock| stock.available)).transpose()
    }

    /// Mean of all stars, 1 to 5. Null when there is no review, or when it cannot be loaded.
    #[graphql(directive = fetches::apply(
        fetch::<RatingOf>(["parent.id"]).reading(["average", "review_count"]).or("null")
    ))]
    async fn rating(&self, ctx: &Context<'_>) -> Nullable<f64> {
        let rating = ctx.optional(ctx.fetch(RatingOf(self.0.id.as_str().into())).await);
        rating.map(|rating| rating.filter(|it| it.review_count > 0).map(|it| it.average)).transpose()
    }

    /// Reviews of the product, newest first. Empty when they cannot be loaded.
    #[graphql(
        directive = fetches::apply(fetch::<ReviewsOf>(["parent.id", "argument.first"]).or("[]")),
        directive = bounds::apply(items(MAX_REVIEWS).by("argument.first"))
    )]
    async fn reviews(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Reviews to return, 3 at most.", default = 3)] first: i32,
    ) -> Result<Vec<Review>, Error> {
        if Page::of(first, None, MAX_REVIEWS).map_err(|error| ctx.located(error))?.size == 0 {
            return Ok(Vec::new());
        }
        let question = ReviewsOf {
            product: self.0.id.as_str().into(),
            page_size: first,
            page_token: String::new(),
            skip: 0,
        };
        let page = ctx.optional(ctx.fetch(question).await)?;
        Ok(page.map(|page| page.reviews.iter().cloned().map(Review).collect()).unwrap_or_default())
    }
}
