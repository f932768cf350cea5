//! An enum leaves out a value that the contract has.

use bff_kit::values;
use proto::orders;

/// State of an order.
#[values(orders::OrderState)]
pub enum OrderState {
    /// Placed.
    Placed,
    /// Packed.
    Packed,
    /// Shipped.
    Shipped,
    /// Delivered.
    Delivered,
}
