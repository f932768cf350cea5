//! The price of a product.

use std::sync::Arc;

use async_graphql::{Context, Object};
use bff_kit::schema::{bounds, bytes, reads};
use bff_kit::value::{CurrencyCode, Decimal};
use bff_kit::{ContextExt as _, Error};
use downstream::money::{decimal, known};
use proto::common::Money;
use proto::pricing;

use crate::format::{self, Language, MONEY};

pub(crate) struct Price(pub(super) Arc<pricing::Price>);

#[expect(clippy::unused_async, reason = "the macro requires it where a field may fail")]
/// Price of a product for the customer.
#[Object]
impl Price {
    /// Price as localised text, such as "€89.00".
    #[graphql(directive = reads::apply(["customer_price"]), directive = bounds::apply(bytes(MONEY)))]
    async fn text(&self, ctx: &Context<'_>) -> Result<String, Error> {
        self.shown(ctx)
    }

    /// Price as localised text, such as "€89.00".
    #[graphql(
        deprecation = "Use `text`, which is equal. Removal on 2027-06-01, with the last release before 5.1.0.",
        directive = reads::apply(["customer_price"]),
        directive = bounds::apply(bytes(MONEY))
    )]
    async fn formatted(&self, ctx: &Context<'_>) -> Result<String, Error> {
        self.shown(ctx)
    }

    /// Decimal amount, such as "89.00".
    #[graphql(directive = reads::apply(["customer_price"]), directive = bounds::apply(bytes(MONEY)))]
    async fn amount(&self, ctx: &Context<'_>) -> Result<Decimal, Error> {
        self.now(ctx).map(|price| decimal(price).into())
    }

    /// Currency of the amount, such as "EUR".
    #[graphql(directive = reads::apply(["customer_price"]))]
    async fn currency(&self, ctx: &Context<'_>) -> Result<CurrencyCode, Error> {
        self.now(ctx).map(|price| price.currency_code.as_str().into())
    }

    /// List price as localised text. Null when it equals the current price, or when unknown.
    #[graphql(directive = reads::apply(["list_price", "customer_price"]), directive = bounds::apply(bytes(MONEY)))]
    async fn was(&self, ctx: &Context<'_>) -> Option<String> {
        let (list, now) = (known(self.0.list_price.as_ref())?, known(self.0.customer_price.as_ref())?);
        (now != list).then(|| format::money(list, Language::of(ctx.scope())))
    }
}

impl Price {
    /// Returns the current price; an error if the service sent none.
    fn now(&self, ctx: &Context<'_>) -> Result<&Money, Error> {
        ctx.required(known(self.0.customer_price.as_ref()))
    }

    fn shown(&self, ctx: &Context<'_>) -> Result<String, Error> {
        self.now(ctx).map(|price| format::money(price, Language::of(ctx.scope())))
    }
}
