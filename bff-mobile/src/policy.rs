//! How the phone app's calls behave. A phone on a poor network has waited long before we are asked: what is not
//! essential gets little time.

use std::time::Duration;

use downstream::catalog::{AllCategories, ProductById, ProductsIn};
use downstream::inventory::StockOf;
use downstream::pricing::PriceOf;
use downstream::reviews::{RatingOf, ReviewsOf};
use fetch::{Policies, Policy};

pub(crate) fn table() -> Policies {
    Policies::new()
        .fetch::<AllCategories>(within_ms(500))
        .fetch::<PriceOf>(within_ms(400))
        .fetch::<ProductById>(within_ms(800))
        .fetch::<ProductsIn>(within_ms(800))
        .fetch::<RatingOf>(within_ms(300))
        .fetch::<ReviewsOf>(within_ms(300))
        .fetch::<StockOf>(within_ms(400))
}

const fn within_ms(timeout: u64) -> Policy {
    Policy { timeout: Duration::from_millis(timeout) }
}
