//! How the web shop's calls behave. A page shows much and can wait a little for it; a write is worth waiting for.

use std::time::Duration;

use downstream::carts::{AddToCart, MyCart, RemoveFromCart, SetCartQuantity};
use downstream::catalog::{AllCategories, ProductById, ProductsIn, ProductsMatching};
use downstream::inventory::StockOf;
use downstream::notifications::{MarkRead, MyNotifications};
use downstream::orders::{MyOrders, OrderById, PlaceOrder};
use downstream::payments::MyPaymentMethods;
use downstream::pricing::PriceOf;
use downstream::recommendations::{Recommended, RelatedTo};
use downstream::reviews::{CreateReview, RatingOf, ReviewsOf};
use downstream::shipping::ShippingOf;
use downstream::users::{MyPreferences, UpdatePreferences, UserById};
use fetch::{Policies, Policy};

pub(crate) fn table() -> Policies {
    Policies::new()
        .fetch::<AllCategories>(within_ms(800))
        .fetch::<MyCart>(within_ms(1_000))
        .fetch::<MyNotifications>(within_ms(800))
        .fetch::<MyOrders>(within_ms(1_000))
        .fetch::<MyPaymentMethods>(within_ms(800))
        .fetch::<MyPreferences>(within_ms(800))
        .fetch::<OrderById>(within_ms(1_000))
        .fetch::<PriceOf>(within_ms(800))
        .fetch::<ProductById>(within_ms(1_500))
        .fetch::<ProductsIn>(within_ms(1_500))
        .fetch::<ProductsMatching>(within_ms(1_500))
        .fetch::<RatingOf>(within_ms(800))
        .fetch::<Recommended>(within_ms(800))
        .fetch::<RelatedTo>(within_ms(800))
        .fetch::<ReviewsOf>(within_ms(1_000))
        .fetch::<ShippingOf>(within_ms(800))
        .fetch::<StockOf>(within_ms(500))
        .fetch::<UserById>(within_ms(800))
        .command::<AddToCart>(within_ms(2_000))
        .command::<CreateReview>(within_ms(2_500))
        .command::<MarkRead>(within_ms(2_000))
        .command::<PlaceOrder>(within_ms(2_500))
        .command::<RemoveFromCart>(within_ms(2_000))
        .command::<SetCartQuantity>(within_ms(2_000))
        .command::<UpdatePreferences>(within_ms(2_000))
}

const fn within_ms(timeout: u64) -> Policy {
    Policy { timeout: Duration::from_millis(timeout) }
}
