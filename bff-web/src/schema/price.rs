//! The price of a product.

use bff_kit::object;
use bff_kit::value::DateTime;
use proto::pricing;

use super::money::Money;

/// Price of a product for the customer.
#[object(pricing::Price)]
pub(crate) struct Price {
    /// Current price for the customer. Null when unknown.
    #[read(customer_price, known = Money::of)]
    current: Option<Money>,
    /// Price without any promotion. Null when unknown.
    #[read(list_price, known = Money::of)]
    list: Option<Money>,
    /// The promotions that lead from the list price to the current price.
    #[read(promotions, most = 10)]
    promotions: Vec<Promotion>,
}

/// A reason why a product costs less than its list price.
#[object(pricing::Promotion, part)]
pub(crate) struct Promotion {
    /// Text to show, such as "Spring sale".
    #[read(label)]
    label: String,
    /// Reduction, in percent.
    #[read(percent_off)]
    percent_off: i32,
    /// Time when the promotion ends. Null when it has no end, or when unknown.
    #[read(with = DateTime::if_any(ctx, end_time))]
    ends_at: Option<DateTime>,
}
