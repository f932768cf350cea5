//! One way to send a product.

use async_graphql::{Context, Object};
use bff_kit::ContextExt as _;
use proto::shipping;

use super::money::Money;

pub(crate) struct ShippingOption(pub(super) shipping::ShippingOption);

/// One way to send a product.
#[Object]
impl ShippingOption {
    /// What to name it by in an order, such as "express".
    async fn option(&self) -> &str {
        &self.0.id
    }

    /// Name to show, such as "Express".
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What it costs. Null when that is not known.
    async fn price(&self, ctx: &Context<'_>) -> Option<Money> {
        ctx.known(Money::of(self.0.price.as_ref()))
    }

    /// Working days it takes at least.
    async fn min_days(&self) -> i32 {
        self.0.min_days
    }

    /// Working days it takes at most.
    async fn max_days(&self) -> i32 {
        self.0.max_days
    }
}
