//! A shelf with a label.

use std::sync::Arc;

use async_graphql::{Context, Object};
use bff_kit::schema::{ask, bounds, bytes, fetches};
use bff_kit::{ContextExt as _, Nullable};
use downstream::catalog::ProductById;
use downstream::inventory::StockOf;
use downstream::money::decimal;
use downstream::pricing::PriceOf;
use proto::telemetry;

/// Characters a label has room for.
const LABEL_CHARACTERS: i32 = 24;

pub(crate) struct Shelf(pub(super) Arc<telemetry::Device>);

/// What the label of a shelf shows.
#[Object]
impl Shelf {
    /// Name of the product, 24 characters at most. Null when it is not known right now.
    #[graphql(
        directive = fetches::apply(ask::<ProductById>(["parent.product_id"]).reading(["name"]).or("null")),
        directive = bounds::apply(bytes(4 * LABEL_CHARACTERS))
    )]
    async fn label(&self, ctx: &Context<'_>) -> Nullable<String> {
        let product = ctx.fetch(ProductById(self.product())).await;
        ctx.optional(
            product
                .map(|product| product.name.chars().take(LABEL_CHARACTERS.unsigned_abs() as usize).collect()),
        )
        .transpose()
    }

    /// Price of the product, such as "89.00 EUR". Null when it is not known right now.
    #[graphql(
        directive = fetches::apply(
            ask::<PriceOf>(["parent.product_id"]).reading(["customer_price"]).or("null")
        ),
        directive = bounds::apply(bytes(24))
    )]
    async fn price(&self, ctx: &Context<'_>) -> Nullable<String> {
        let price = ctx.optional(ctx.fetch(PriceOf(self.product())).await);
        let text = price.map(|price| {
            let money = price?.customer_price.clone()?;
            Some(format!("{} {}", decimal(&money), money.currency_code))
        });
        text.transpose()
    }

    /// Whether the product can be sold now. Null when it is not known right now.
    #[graphql(directive = fetches::apply(
        ask::<StockOf>(["parent.product_id"]).reading(["available"]).or("null")
    ))]
    async fn in_stock(&self, ctx: &Context<'_>) -> Nullable<bool> {
        let stock = ctx.fetch(StockOf(self.product())).await;
        ctx.optional(stock.map(|stock| stock.available)).transpose()
    }
}

impl Shelf {
    fn product(&self) -> Arc<str> {
        self.0.product_id.as_str().into()
    }
}
