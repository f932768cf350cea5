//! Policy table of the phone app. On a poor network much time passes before a request arrives, so
//! calls that are not essential get little time.

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
use downstream::shipping::ParcelOf;
use downstream::users::{MyPreferences, UserById};
use fetch::{Policies, Policy, PolicyTable as _};

pub(crate) fn table() -> Policies {
    Policies::new()
        .fetch::<AllCategories>(Policy::within_ms(500).fresh_s(3600).revalidate_s(3600).stale_s(86_400))
        .fetch::<MyCart>(Policy::within_ms(500))
        .fetch::<MyNotifications>(Policy::within_ms(500))
        .fetch::<MyOrders>(Policy::within_ms(800))
        .fetch::<MyPaymentMethods>(Policy::within_ms(500))
        .fetch::<MyPreferences>(Policy::within_ms(300))
        .fetch::<ParcelOf>(Policy::within_ms(400).fresh_s(300).stale_s(600))
        .fetch::<PriceOf>(Policy::within_ms(400).hedge_after_ms(20).fresh_s(60).stale_s(86_400))
        .fetch::<ProductById>(Policy::within_ms(800).hedge_after_ms(30).fresh_s(3600).stale_s(86_400))
        .fetch::<ProductsIn>(Policy::within_ms(800).hedge_after_ms(30).fresh_s(3600).stale_s(86_400))
        .fetch::<ProductsMatching>(Policy::within_ms(800).fresh_s(60).stale_s(86_400))
        .fetch::<RatingOf>(Policy::within_ms(300).fresh_s(300).stale_s(86_400).first_to_go())
        .fetch::<Recommended>(Policy::within_ms(400).first_to_go())
        .fetch::<ReviewsOf>(Policy::within_ms(300).fresh_s(300).stale_s(86_400).first_to_go())
        .fetch::<StockOf>(Policy::within_ms(400).fresh_s(30).stale_s(300))
        .fetch::<UserById>(Policy::within_ms(300))
        .command::<AddToCart>(Policy::within_ms(1_500))
        .command::<MarkRead>(Policy::within_ms(1_000))
        .command::<PlaceOrder>(Policy::within_ms(2_000))
        .command::<RecordEvents>(Policy::within_ms(1_000))
        .command::<RemoveFromCart>(Policy::within_ms(1_500))
        .command::<SetCartQuantity>(Policy::within_ms(1_500))
}
