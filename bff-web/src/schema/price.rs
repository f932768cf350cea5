//! What a product costs.

use std::sync::Arc;

use async_graphql::{Object, SimpleObject};
use bff_kit::schema::{bounds, items, reads};
use proto::pricing;

use super::money::Money;

pub(crate) struct Price(pub(super) Arc<pricing::Price>);

/// What a product costs.
#[Object]
impl Price {
    /// What it costs you now.
    #[graphql(directive = reads::apply(["customer_price"]))]
    async fn current(&self) -> Option<Money> {
        self.0.customer_price.as_ref().map(Money::from)
    }

    /// What it costs without any promotion.
    #[graphql(directive = reads::apply(["list_price"]))]
    async fn list(&self) -> Option<Money> {
        self.0.list_price.as_ref().map(Money::from)
    }

    /// The promotions that lead from the list price to yours.
    #[graphql(directive = reads::apply(["promotions"]), directive = bounds::apply(items(10)))]
    async fn promotions(&self) -> Vec<Promotion> {
        self.0.promotions.iter().map(Promotion::from).collect()
    }
}

/// A reason why a product costs less than its list price.
#[derive(SimpleObject)]
pub(crate) struct Promotion {
    /// Text to show, such as "Spring sale".
    label: String,
    /// Percent taken off.
    percent_off: i32,
    /// When it ends, by RFC 3339. Null when it has no end.
    ends_at: Option<String>,
}

impl From<&pricing::Promotion> for Promotion {
    fn from(promotion: &pricing::Promotion) -> Self {
        Self {
            label: promotion.label.clone(),
            percent_off: promotion.percent_off,
            ends_at: promotion.end_time.map(|time| time.to_string()),
        }
    }
}
