//! How the phone app's calls behave. A phone on a poor network has waited long before we are asked: what is not
//! essential gets little time.

use std::time::Duration;

use downstream::analytics::RecordEvents;
use downstream::carts::{AddToCart, MyCart, RemoveFromCart, SetCartQuantity};
use downstream::catalog::{AllCategories, ProductById, ProductsIn, ProductsMatching};
use downstream::inventory::StockOf;
use downstream::notifications::{MarkRead, MyNotifications};
use downstream::orders::{MyOrders, PlaceOrder};
use downstream::payments::MyPaymentMethods;
use downstream::pricing::PriceOf;
use downstream::recommendations::Recommended;
use downstream::reviews::{RatingOf, ReviewsOf};
use downstream::users::{MyPreferences, UserById};
use fetch::{Policies, Policy};

pub(crate) fn table() -> Policies {
    Policies::new()
        .fetch::<AllCategories>(within_ms(500))
        .fetch::<MyCart>(within_ms(500))
        .fetch::<MyNotifications>(within_ms(500))
        .fetch::<MyOrders>(within_ms(800))
        .fetch::<MyPaymentMethods>(within_ms(500))
        .fetch::<MyPreferences>(within_ms(300))
        .fetch::<PriceOf>(within_ms(400))
        .fetch::<ProductById>(within_ms(800))
        .fetch::<ProductsIn>(within_ms(800))
        .fetch::<ProductsMatching>(within_ms(800))
        .fetch::<RatingOf>(within_ms(300))
        .fetch::<Recommended>(within_ms(400))
        .fetch::<ReviewsOf>(within_ms(300))
        .fetch::<StockOf>(within_ms(400))
        .fetch::<UserById>(within_ms(300))
        .command::<AddToCart>(within_ms(1_500))
        .command::<MarkRead>(within_ms(1_000))
        .command::<PlaceOrder>(within_ms(2_000))
        .command::<RecordEvents>(within_ms(1_000))
        .command::<RemoveFromCart>(within_ms(1_500))
        .command::<SetCartQuantity>(within_ms(1_500))
}

const fn within_ms(timeout: u64) -> Policy {
    Policy { timeout: Duration::from_millis(timeout) }
}
