//! A way to send an order.

use async_graphql::{Context, Object};
use bff_kit::ContextExt as _;
use bff_kit::schema::{bounds, bytes};
use proto::shipping;

use crate::format::{self, MONEY};

pub(crate) struct ShippingOption(pub(super) shipping::ShippingOption);

/// One way to send what is in your cart.
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

    /// What it costs, as text. Null when that is not known.
    #[graphql(directive = bounds::apply(bytes(MONEY)))]
    async fn price(&self, ctx: &Context<'_>) -> Option<String> {
        ctx.known(format::price(ctx.scope(), self.0.price.as_ref()))
    }

    /// Working days it takes at most.
    async fn days(&self) -> i32 {
        self.0.max_days
    }
}
