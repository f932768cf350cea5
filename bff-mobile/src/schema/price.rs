//! What a product costs.

use std::sync::Arc;

use async_graphql::{Context, Object};
use bff_kit::ContextExt as _;
use bff_kit::schema::{bounds, bytes, reads};
use downstream::money::decimal;
use proto::pricing;

use crate::format::{self, Language, MONEY};

pub(crate) struct Price(pub(super) Arc<pricing::Price>);

/// What a product costs the person who asks.
#[Object]
impl Price {
    /// The price as text, such as "€89.00".
    #[graphql(directive = reads::apply(["customer_price"]), directive = bounds::apply(bytes(MONEY)))]
    async fn text(&self, ctx: &Context<'_>) -> String {
        self.shown(ctx)
    }

    /// The price as text, such as "€89.00".
    #[graphql(
        deprecation = "Use `text`, which is the same. Goes on 2027-06-01, with the last release before 5.1.0.",
        directive = reads::apply(["customer_price"]),
        directive = bounds::apply(bytes(MONEY))
    )]
    async fn formatted(&self, ctx: &Context<'_>) -> String {
        self.shown(ctx)
    }

    /// The price as a decimal number, such as "89.00".
    #[graphql(directive = reads::apply(["customer_price"]), directive = bounds::apply(bytes(MONEY)))]
    async fn amount(&self) -> String {
        self.0.customer_price.as_ref().map(decimal).unwrap_or_default()
    }

    /// Currency of the amount, by ISO 4217, such as "EUR".
    #[graphql(directive = reads::apply(["customer_price"]), directive = bounds::apply(bytes(3)))]
    async fn currency(&self) -> &str {
        self.0.customer_price.as_ref().map(|money| money.currency_code.as_str()).unwrap_or_default()
    }

    /// What it cost before it was reduced, as text. Null when it is not reduced.
    #[graphql(directive = reads::apply(["list_price", "customer_price"]), directive = bounds::apply(bytes(MONEY)))]
    async fn was(&self, ctx: &Context<'_>) -> Option<String> {
        let list = self.0.list_price.as_ref()?;
        let reduced = self.0.customer_price.as_ref() != Some(list);
        reduced.then(|| format::money(list, Language::of(ctx.scope())))
    }
}

impl Price {
    fn shown(&self, ctx: &Context<'_>) -> String {
        let language = Language::of(ctx.scope());
        self.0.customer_price.as_ref().map(|price| format::money(price, language)).unwrap_or_default()
    }
}
