//! A shipping option of a cart.

use bff_kit::object;
use proto::shipping;

use crate::format::{self, MONEY};

/// A shipping option of the cart.
#[object(shipping::ShippingOption, part)]
pub(crate) struct ShippingOption {
    /// Value of `shippingOption` in an order, such as "express".
    #[read(id)]
    option: String,
    /// Name to show, such as "Express".
    #[read(name)]
    name: String,
    /// Price of the shipping, as localised text. Null when unknown.
    #[read(known = format::price(ctx, price), bytes = MONEY)]
    price: Option<String>,
    /// Longest delivery time, in working days.
    #[read(max_days)]
    days: i32,
}
