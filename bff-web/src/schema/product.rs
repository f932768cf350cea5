//! Something the shop sells.

use std::sync::Arc;

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, Object, SimpleObject};
use bff_kit::schema::{ask, fetches, reads};
use bff_kit::{ContextExt as _, Entity, Error, Id, Page};
use downstream::catalog::ProductById;
use downstream::inventory::StockOf;
use downstream::pricing::PriceOf;
use downstream::reviews::{RatingOf, ReviewsOf};
use proto::catalog;

use super::image::Image;
use super::price::Price;
use super::rating::Rating;
use super::review::{Review, ReviewConnectionFields};
use super::specification::Specification;
use super::stock::Stock;

/// Reviews one page may hold.
const MAX_REVIEWS: i32 = 50;

/// Related products there is room for.
const MAX_RELATED: i32 = 8;

pub(crate) struct Product(pub(super) Arc<catalog::Product>);

impl Entity for Product {
    const NAME: &'static str = "Product";
}

/// What a page of products knows besides its products.
#[derive(SimpleObject)]
pub(crate) struct ProductConnectionFields {
    /// Number of products on all pages together.
    pub(super) total_count: i32,
}

/// Something the shop sells.
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

    /// Who makes it.
    #[graphql(directive = reads::apply(["brand"]))]
    async fn brand(&self) -> &str {
        &self.0.brand
    }

    /// One sentence that says what it is.
    #[graphql(directive = reads::apply(["summary"]))]
    async fn summary(&self) -> &str {
        &self.0.summary
    }

    /// Full description: paragraphs of plain text, separated by blank lines.
    #[graphql(directive = reads::apply(["description"]))]
    async fn description(&self) -> &str {
        &self.0.description
    }

    /// Technical data, in the order to show it.
    #[graphql(directive = reads::apply(["specifications"]))]
    async fn specifications(&self) -> Vec<Specification> {
        self.0.specifications.iter().map(Specification::from).collect()
    }

    /// Pictures, the main one first.
    #[graphql(directive = reads::apply(["images"]))]
    async fn images(&self) -> Vec<Image> {
        self.0.images.iter().map(Image::from).collect()
    }

    /// Small square picture for lists.
    #[graphql(directive = reads::apply(["thumbnail_url"]))]
    async fn thumbnail_url(&self) -> &str {
        &self.0.thumbnail_url
    }

    /// What it costs. Null when that is not known right now.
    #[graphql(directive = fetches::apply(ask::<PriceOf>(["parent.id"]).or("null")))]
    async fn price(&self, ctx: &Context<'_>) -> Option<Result<Price, Error>> {
        let price = ctx.fetch(PriceOf(self.0.id.as_str().into())).await;
        ctx.optional(price.map(Price)).transpose()
    }

    /// How much of it can be sold. Null when that is not known right now.
    #[graphql(directive = fetches::apply(ask::<StockOf>(["parent.id"]).or("null")))]
    async fn stock(&self, ctx: &Context<'_>) -> Option<Result<Stock, Error>> {
        let stock = ctx.fetch(StockOf(self.0.id.as_str().into())).await;
        ctx.optional(stock.map(Stock)).transpose()
    }

    /// What all reviews say together. Null when that is not known right now.
    #[graphql(directive = fetches::apply(ask::<RatingOf>(["parent.id"]).or("null")))]
    async fn rating(&self, ctx: &Context<'_>) -> Option<Result<Rating, Error>> {
        let rating = ctx.fetch(RatingOf(self.0.id.as_str().into())).await;
        ctx.optional(rating.map(Rating)).transpose()
    }

    /// What customers say of it, newest first. Null when that is not to be had right now.
    #[graphql(directive = fetches::apply(
        ask::<ReviewsOf>(["parent.id", "argument.first", "argument.after"]).or("null")
    ))]
    async fn reviews(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Reviews on the page, 50 at most.", default = 10)] first: i32,
        #[graphql(desc = "Cursor of the review to go on behind.")] after: Option<String>,
    ) -> Option<Result<Connection<String, Review, ReviewConnectionFields>, Error>> {
        let reviews = async {
            let page = Page::of(first, after.as_deref(), MAX_REVIEWS).map_err(|error| ctx.located(error))?;
            let question = ReviewsOf {
                product: self.0.id.as_str().into(),
                page_size: page.size,
                page_token: page.token.clone(),
                skip: page.skip,
            };
            let answer = ctx.fetch(question).await?;
            let reviews = answer.reviews.iter().cloned().map(Review).collect();
            let fields = ReviewConnectionFields { total_count: answer.total_size };
            Ok(page.connection(reviews, &answer.next_page_token, fields))
        };
        ctx.optional(reviews.await).transpose()
    }

    /// Products to show beside it, best first. Empty when they are not to be had right now.
    #[graphql(directive = fetches::apply(
        ask::<ProductById>(["parent.related_product_ids", "argument.first"]).or("[]")
    ))]
    async fn related(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Products to answer, 8 at most.", default = 4)] first: i32,
    ) -> Result<Vec<Product>, Error> {
        let page = Page::of(first, None, MAX_RELATED).map_err(|error| ctx.located(error))?;
        let ids = self.0.related_product_ids.iter().take(usize::try_from(page.size).unwrap_or(0));
        let products = ctx.fetch_all(ids.map(|id| ProductById(id.as_str().into()))).await;
        Ok(ctx.optional_each(products)?.into_iter().map(Product).collect())
    }
}
