//! The price of a product.

use std::sync::Arc;

use async_graphql::{Context, Object};
use bff_kit::ContextExt as _;
use bff_kit::schema::{bounds, items, reads};
use bff_kit::value::DateTime;
use proto::pricing;

use super::money::Money;

pub(crate) struct Price(pub(super) Arc<pricing::Price>);

/// Price of a product for the customer.
#[Object]
impl Price {
    /// Current price for the customer. Null when unknown.
    #[graphql(directive = reads::apply(["customer_price"]))]
    async fn current(&self, ctx: &Context<'_>) -> Option<Money> {
        ctx.known(Money::of(self.0.customer_price.as_ref()))
    }

    /// Price without any promotion. Null when unknown.
    #[graphql(directive = reads::apply(["list_price"]))]
    async fn list(&self, ctx: &Context<'_>) -> Option<Money> {
        ctx.known(Money::of(self.0.list_price.as_ref()))
    }

    /// The promotions that lead from the list price to the current price.
    #[graphql(directive = reads::apply(["promotions"]), directive = bounds::apply(items(10)))]
    async fn promotions(&self) -> Vec<Promotion> {
        self.0.promotions.iter().cloned().map(Promotion).collect()
    }
}

pub(crate) struct Promotion(pricing::Promotion);

/// A reason why a product costs less than its list price.
#[Object]
impl Promotion {
    /// Text to show, such as "Spring sale".
    async fn label(&self) -> &str {
        &self.0.label
    }

    /// Reduction, in percent.
    async fn percent_off(&self) -> i32 {
        self.0.percent_off
    }

    /// Time when the promotion ends. Null when it has no end, or when unknown.
    async fn ends_at(&self, ctx: &Context<'_>) -> Option<DateTime> {
        self.0.end_time.as_ref().and_then(|time| ctx.known(DateTime::of(time)))
    }
}
