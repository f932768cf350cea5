//! Policy table of the web shop. A page shows much, so its calls may take longer than the phone's;
//! writes get the most time.

use downstream::carts::{AddToCart, AdoptCart, MyCart, RemoveFromCart, SetCartQuantity};
use downstream::catalog::{AllCategories, ProductById, ProductsIn, ProductsMatching};
use downstream::inventory::StockOf;
use downstream::notifications::{MarkRead, MyNotifications, NotificationById};
use downstream::orders::{MyOrders, OrderById, PlaceOrder};
use downstream::payments::MyPaymentMethods;
use downstream::pricing::PriceOf;
use downstream::recommendations::{Recommended, RelatedTo};
use downstream::reviews::{CreateReview, RatingOf, ReviewById, ReviewsOf};
use downstream::shipping::ShippingOf;
use downstream::users::{AccountOf, MyPreferences, UpdatePreferences, UserById};
use fetch::{Policies, Policy, PolicyTable as _};

pub(crate) fn table() -> Policies {
    Policies::new()
        .fetch::<AccountOf>(Policy::within_ms(800))
        .fetch::<AllCategories>(Policy::within_ms(800).fresh_s(600).revalidate_s(600).stale_s(3_600))
        .fetch::<MyCart>(Policy::within_ms(1_000))
        .fetch::<MyNotifications>(Policy::within_ms(800))
        .fetch::<MyOrders>(Policy::within_ms(1_000))
        .fetch::<MyPaymentMethods>(Policy::within_ms(800))
        .fetch::<MyPreferences>(Policy::within_ms(800))
        .fetch::<NotificationById>(Policy::within_ms(800))
        .fetch::<OrderById>(Policy::within_ms(1_000))
        .fetch::<PriceOf>(Policy::within_ms(800).hedge_after_ms(20).fresh_s(60).stale_s(600))
        .fetch::<ProductById>(Policy::within_ms(1_000).hedge_after_ms(20).fresh_s(60).stale_s(600))
        .fetch::<ProductsIn>(Policy::within_ms(1_200).hedge_after_ms(20).fresh_s(60).stale_s(600))
        .fetch::<ProductsMatching>(Policy::within_ms(1_200).fresh_s(60).stale_s(600))
        .fetch::<RatingOf>(Policy::within_ms(800).fresh_s(60).stale_s(600).first_to_go())
        .fetch::<Recommended>(Policy::within_ms(800).first_to_go())
        .fetch::<RelatedTo>(Policy::within_ms(800).fresh_s(300).stale_s(600).first_to_go())
        .fetch::<ReviewById>(Policy::within_ms(800).fresh_s(60).stale_s(600))
        .fetch::<ReviewsOf>(Policy::within_ms(1_000).fresh_s(60).stale_s(600).first_to_go())
        .fetch::<ShippingOf>(Policy::within_ms(800).fresh_s(300).stale_s(600))
        .fetch::<StockOf>(Policy::within_ms(500))
        .fetch::<UserById>(Policy::within_ms(800))
        .command::<AddToCart>(Policy::within_ms(2_000))
        .command::<AdoptCart>(Policy::within_ms(2_000))
        .command::<CreateReview>(Policy::within_ms(2_500))
        .command::<MarkRead>(Policy::within_ms(2_000))
        .command::<PlaceOrder>(Policy::within_ms(2_000))
        .command::<RemoveFromCart>(Policy::within_ms(2_000))
        .command::<SetCartQuantity>(Policy::within_ms(2_000))
        .command::<UpdatePreferences>(Policy::within_ms(2_000))
}
