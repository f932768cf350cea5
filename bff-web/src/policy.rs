//! How the web shop's calls behave. A page shows much and can wait a little for it; a write is worth waiting for.

use std::time::Duration;

use downstream::catalog::{AllCategories, ProductById, ProductsIn};
use downstream::inventory::StockOf;
use downstream::pricing::PriceOf;
use downstream::reviews::{CreateReview, RatingOf, ReviewsOf};
use fetch::{Policies, Policy};

pub(crate) fn table() -> Policies {
    Policies::new()
        .fetch::<AllCategories>(within_ms(800))
        .fetch::<PriceOf>(within_ms(800))
        .fetch::<ProductById>(within_ms(1_500))
        .fetch::<ProductsIn>(within_ms(1_500))
        .fetch::<RatingOf>(within_ms(800))
        .fetch::<ReviewsOf>(within_ms(1_000))
        .fetch::<StockOf>(within_ms(500))
        .command::<CreateReview>(within_ms(2_500))
}

const fn within_ms(timeout: u64) -> Policy {
    Policy { timeout: Duration::from_millis(timeout) }
}
