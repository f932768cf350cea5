//! A shipping option of a product.

use async_graphql::{Context, Object};
use bff_kit::ContextExt as _;
use proto::shipping;

use super::money::Money;

pub(crate) struct ShippingOption(pub(super) shipping::ShippingOption);

/// A shipping option of a product.
#[Object]
impl ShippingOption {
    /// Value of `shippingOption` in an order, such as "express".
    async fn option(&self) -> &str {
        &self.0.id
    }

    /// Name to show, such as "Express".
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Price of the shipping. Null when unknown.
    async fn price(&self, ctx: &Context<'_>) -> Option<Money> {
        ctx.known(Money::of(self.0.price.as_ref()))
    }

    /// Shortest delivery time, in working days.
    async fn min_days(&self) -> i32 {
        self.0.min_days
    }

    /// Longest delivery time, in working days.
    async fn max_days(&self) -> i32 {
        self.0.max_days
    }
}
