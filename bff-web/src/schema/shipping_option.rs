//! A shipping option of a product.

use bff_kit::object;
use proto::shipping;

use super::money::Money;

/// A shipping option of a product.
#[object(shipping::ShippingOption, part)]
pub(crate) struct ShippingOption {
    /// Value of `shippingOption` in an order, such as "express".
    #[read(id)]
    option: String,
    /// Name to show, such as "Express".
    #[read(name)]
    name: String,
    /// Price of the shipping. Null when unknown.
    #[read(price, known = Money::of)]
    price: Option<Money>,
    /// Shortest delivery time, in working days.
    #[read(min_days)]
    min_days: i32,
    /// Longest delivery time, in working days.
    #[read(max_days)]
    max_days: i32,
}
