//! A product of the shop.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use bff_kit::schema::{bounds, bytes, fetch, fetches, items, reads};
use bff_kit::value::Url;
use bff_kit::{Connection, ContextExt as _, Entity, Error, Id, Loaded, Nullable, Page, RefList};
use downstream::catalog::{ProductById, ProductPage};
use downstream::inventory::StockOf;
use downstream::pricing::PriceOf;
use downstream::recommendations::{Recommended, RelatedTo};
use downstream::reviews::{RatingOf, ReviewsOf};
use downstream::shipping::{MAX_OPTIONS, ShippingOf};
use proto::catalog;

use super::image::Image;
use super::price::Price;
use super::rating::Rating;
use super::review::{Review, ReviewConnectionFields};
use super::shipping_option::ShippingOption;
use super::specification::Specification;
use super::stock::Stock;

/// Upper bound on the reviews of one page.
const MAX_REVIEWS: i32 = 50;

/// Upper bound on the related products of one product.
const MAX_RELATED: i32 = 8;

/// Upper bound on recommended products.
pub(super) const MAX_RECOMMENDED: i32 = 20;

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

/// Fields of a page of products beside its items.
#[derive(SimpleObject)]
pub(crate) struct ProductConnectionFields {
    /// Number of products on all pages together.
    total_count: i32,
}

/// A product of the shop.
#[Object]
impl Product {
    /// Id of the product.
    #[graphql(directive = reads::apply(["id"]))]
    pub(super) async fn id(&self) -> ID {
        Id::<Self>::new(&*self.0.id).to_id()
    }

    /// Name of the product.
    #[graphql(directive = reads::apply(["name"]))]
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Maker of the product.
    #[graphql(directive = reads::apply(["brand"]))]
    async fn brand(&self) -> &str {
        &self.0.brand
    }

    /// Summary of one sentence.
    #[graphql(directive = reads::apply(["summary"]), directive = bounds::apply(bytes(400)))]
    async fn summary(&self) -> &str {
        &self.0.summary
    }

    /// Full description: paragraphs of plain text, separated by blank lines.
    #[graphql(directive = reads::apply(["description"]), directive = bounds::apply(bytes(8_000)))]
    async fn description(&self) -> &str {
        &self.0.description
    }

    /// Technical data, in the order to show it.
    #[graphql(directive = reads::apply(["specifications"]), directive = bounds::apply(items(60)))]
    async fn specifications(&self) -> Vec<Specification> {
        self.0.specifications.iter().map(Specification::from).collect()
    }

    /// Pictures, the main one first.
    #[graphql(directive = reads::apply(["images"]), directive = bounds::apply(items(20)))]
    async fn images(&self) -> Vec<Image> {
        self.0.images.iter().map(Image::from).collect()
    }

    /// URL of a small square picture for lists.
    #[graphql(directive = reads::apply(["thumbnail_url"]))]
    async fn thumbnail_url(&self) -> Url {
        self.0.thumbnail_url.as_str().into()
    }

    /// Price for the customer. Null when it cannot be loaded.
    #[graphql(directive = fetches::apply(fetch::<PriceOf>(["parent.id"]).or("null")))]
    async fn price(&self, ctx: &Context<'_>) -> Nullable<Price> {
        let price = ctx.fetch(PriceOf(self.0.id.as_str().into())).await;
        ctx.optional(price.map(Price)).transpose()
    }

    /// Stock of the product. Null when it cannot be loaded.
    #[graphql(directive = fetches::apply(fetch::<StockOf>(["parent.id"]).or("null")))]
    async fn stock(&self, ctx: &Context<'_>) -> Nullable<Stock> {
        let stock = ctx.fetch(StockOf(self.0.id.as_str().into())).await;
        ctx.optional(stock.map(Stock)).transpose()
    }

    /// Rating over all reviews. Null when it cannot be loaded.
    #[graphql(directive = fetches::apply(fetch::<RatingOf>(["parent.id"]).or("null")))]
    async fn rating(&self, ctx: &Context<'_>) -> Nullable<Rating> {
        let rating = ctx.fetch(RatingOf(self.0.id.as_str().into())).await;
        ctx.optional(rating.map(Rating)).transpose()
    }

    /// Reviews of the product, newest first. Null when they cannot be loaded.
    #[graphql(
        directive = fetches::apply(
            fetch::<ReviewsOf>(["parent.id", "argument.first", "argument.after"]).or("null")
        ),
        directive = bounds::apply(items(MAX_REVIEWS).by("argument.first").of(["edges", "nodes"]))
    )]
    async fn reviews(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Reviews per page, 50 at most.", default = 10)] first: i32,
        #[graphql(desc = "Cursor of the review to continue after.")] after: Option<String>,
    ) -> Nullable<Connection<Review, ReviewConnectionFields>> {
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
            Ok(page.connection(reviews, &answer.tokens, fields))
        };
        ctx.optional(reviews.await).transpose()
    }

    /// Related products to show beside it, best first. Empty when they cannot be loaded.
    #[graphql(
        directive = fetches::apply(
            fetch::<RelatedTo>(["parent.id", "argument.first"]).then_hoist::<Self>().or("[]")
        ),
        directive = bounds::apply(items(MAX_RELATED).by("argument.first"))
    )]
    async fn related(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Products to return, 8 at most.", default = 4)] first: i32,
    ) -> Result<RefList<Product>, Error> {
        let page_size = at_most(ctx, first, MAX_RELATED)?;
        if page_size == 0 {
            return Ok(RefList::default());
        }
        let question = RelatedTo { product: self.0.id.as_str().into(), page_size };
        let related = ctx.optional(ctx.fetch(question).await)?.unwrap_or_default();
        Ok(related.product_ids.iter().map(|id| ProductById(id.as_str().into())).collect())
    }

    /// Shipping options of the product to a country, the cheapest first; empty when there are none.
    /// Null when they cannot be loaded.
    #[graphql(
        directive = fetches::apply(fetch::<ShippingOf>(["parent.id", "argument.country"]).or("null")),
        directive = bounds::apply(items(MAX_OPTIONS))
    )]
    async fn shipping_options(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Country by ISO 3166-1 alpha-2, such as \"FR\".")] country: String,
    ) -> Nullable<Vec<ShippingOption>> {
        let question = ShippingOf { product: self.0.id.as_str().into(), country: country.into() };
        let shipping = ctx.fetch(question).await;
        ctx.optional(shipping.map(|it| it.options.iter().cloned().map(ShippingOption).collect())).transpose()
    }
}

/// Returns a page of products as a connection.
pub(super) fn connection(page: &Page, answer: &ProductPage) -> Connection<Product, ProductConnectionFields> {
    let products = answer.products.iter().cloned().map(Product).collect();
    let fields = ProductConnectionFields { total_count: answer.total_size };
    page.connection(products, &answer.tokens, fields)
}

/// Fetches the products that are recommended to the principal.
pub(super) async fn recommended(ctx: &Context<'_>, first: i32) -> Result<RefList<Product>, Error> {
    let page_size = at_most(ctx, first, MAX_RECOMMENDED)?;
    if page_size == 0 {
        return Ok(RefList::default());
    }
    let ids = ctx.optional(ctx.fetch(Recommended { page_size }).await)?.unwrap_or_default();
    Ok(ids.iter().cloned().map(ProductById).collect())
}

fn at_most(ctx: &Context<'_>, first: i32, max: i32) -> Result<i32, Error> {
    let page = Page::of(first, None, max).map_err(|error| ctx.located(error))?;
    Ok(page.size)
}
