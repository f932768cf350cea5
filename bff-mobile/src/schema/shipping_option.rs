//! A shipping option of a cart.

use async_graphql::{Context, Object};
use bff_kit::ContextExt as _;
use bff_kit::schema::{bounds, bytes};
use proto::shipping;

use crate::format::{self, MONEY};

pub(crate) struct ShippingOption(pub(super) shipping::ShippingOption);

/// A shipping option of the cart.
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

    /// Price of the shipping, as localised text. Null when unknown.
    #[graphql(directive = bounds::apply(bytes(MONEY)))]
    async fn price(&self, ctx: &Context<'_>) -> Option<String> {
        ctx.known(format::price(ctx.scope(), self.0.price.as_ref()))
    }

    /// Longest delivery time, in working days.
    async fn days(&self) -> i32 {
        self.0.max_days
    }
}
