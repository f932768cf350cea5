//! One way to send a product.

use async_graphql::SimpleObject;
use proto::shipping;

use super::money::Money;

/// One way to send a product.
#[derive(SimpleObject)]
pub(crate) struct ShippingOption {
    /// What to name it by in an order, such as "express".
    option: String,
    /// Name to show, such as "Express".
    name: String,
    /// What it costs.
    price: Option<Money>,
    /// Working days it takes at least.
    min_days: i32,
    /// Working days it takes at most.
    max_days: i32,
}

impl From<&shipping::ShippingOption> for ShippingOption {
    fn from(option: &shipping::ShippingOption) -> Self {
        Self {
            option: option.id.clone(),
            name: option.name.clone(),
            price: option.price.as_ref().map(Money::from),
            min_days: option.min_days,
            max_days: option.max_days,
        }
    }
}
