//! The home screen.

use bff_kit::value::Url;
use bff_kit::{Page, RefList, object, user};
use downstream::carts::MyCart;
use downstream::catalog::ProductById;
use downstream::notifications::MyNotifications;
use downstream::recommendations::Recommended;
use downstream::users::UserById;

use super::product::Product;

/// The home screen. Fields that need an account are null when nobody is signed in.
#[object]
pub(crate) struct Home {
    /// Given name of the customer, such as "Ada". Null when it cannot be loaded.
    #[fetch(UserById(user), take = given_name, or = null)]
    name: String,
    /// URL of the customer's picture. Null when it cannot be loaded.
    #[fetch(UserById(user), take = avatar_url, or = null)]
    avatar: Url,
    /// Number of items in the cart: the sum of all quantities. Null when it cannot be loaded.
    #[fetch(MyCart, take = item_count, only = user, or = null)]
    cart_count: i32,
    /// Number of unread notifications. Null when it cannot be loaded.
    #[fetch(MyNotifications { page: Page::first(1) }, take = unread_count, only = user, or = null)]
    unread_count: i32,
    /// Products recommended to the customer, best first. Empty when they cannot be loaded.
    #[fetch(Recommended { page_size: first }, then = ProductById(product_ids), or = [], most = 5)]
    #[arg(first: i32 = 5, "Products to return, 5 at most.")]
    recommended: RefList<Product>,
}
