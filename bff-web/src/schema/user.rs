//! A user with an account, the principal's own account, and the dashboard.

use bff_kit::value::{DateTime, Url};
use bff_kit::{Connection, Id, Ref, RefList, object, user};
use downstream::UserId;
use downstream::carts::MyCart;
use downstream::catalog::ProductById;
use downstream::notifications::MyNotifications;
use downstream::orders::MyOrders;
use downstream::payments::{MAX_METHODS, MyPaymentMethods};
use downstream::recommendations::Recommended;
use downstream::users::{AccountOf, MyPreferences};
use proto::users;

use super::cart::Cart;
use super::notification::{MAX_NOTIFICATIONS, Notification, NotificationConnectionFields};
use super::order::{MAX_ORDERS, Order, OrderConnectionFields};
use super::payment_method::PaymentMethod;
use super::preferences::Preferences;
use super::product::Product;

/// A user with an account, as other users see them. The account of the signed-in customer is a
/// `Viewer`.
#[object(users::User, id = UserId)]
pub(crate) struct User {
    /// Id of the user.
    #[read(id)]
    pub(super) id: Id<Self>,
    /// Display name the user chose, such as "Ada L.".
    #[read(display_name)]
    name: String,
    /// URL of the user's picture.
    #[read(avatar_url)]
    avatar_url: Url,
}

/// Account of the signed-in customer.
#[object(users::User, by = AccountOf, id = UserId)]
pub(crate) struct Viewer {
    /// Id of the account. It differs from the id of the same person as a `User`.
    #[read(id)]
    pub(super) id: Id<Self>,
    /// Display name the customer chose, such as "Ada L.".
    #[read(display_name)]
    name: String,
    /// Given name of the customer, such as "Ada".
    #[read(given_name)]
    given_name: String,
    /// E-mail address of the customer.
    #[read(email)]
    email: String,
    /// URL of the customer's picture.
    #[read(avatar_url)]
    avatar_url: Url,
    /// Time when the account was opened. Null when unknown.
    #[read(create_time, known = DateTime::of)]
    member_since: Option<DateTime>,
    /// Preferences of the customer. Null when they cannot be loaded.
    #[fetch(MyPreferences, or = null)]
    preferences: Preferences,
    /// The customer's payment methods, the default one first. Empty when they cannot be loaded.
    #[fetch(MyPaymentMethods, take = payment_methods, or = [], most = MAX_METHODS)]
    payment_methods: Vec<PaymentMethod>,
}

/// Dashboard of the signed-in customer. Each field can fail alone, and is then null or empty;
/// fields that need an account are null when nobody is signed in.
#[object]
pub(crate) struct Dashboard {
    /// Account of the signed-in customer.
    #[fetch(AccountOf(user), or = null)]
    viewer: Ref<Viewer>,
    /// Cart of the signed-in customer.
    #[fetch(MyCart, only = user, or = null)]
    cart: Cart,
    /// Products recommended to the customer, best first. Empty when they cannot be loaded.
    #[fetch(Recommended { page_size: first }, then = ProductById(product_ids), or = [], most = 20)]
    #[arg(first: i32 = 10, "Products to return, 20 at most.")]
    recommendations: RefList<Product>,
    /// Notifications of the signed-in customer, newest first.
    #[fetch(MyNotifications { page }, only = user, or = null, most = MAX_NOTIFICATIONS)]
    #[arg(first: i32 = 5, "Notifications per page, 50 at most.")]
    #[arg(after: Option<String>, "Cursor of the notification to continue after.")]
    notifications: Connection<Notification, NotificationConnectionFields>,
    /// Orders of the signed-in customer, newest first.
    #[fetch(MyOrders { page }, only = user, or = null, most = MAX_ORDERS)]
    #[arg(first: i32 = 5, "Orders per page, 50 at most.")]
    #[arg(after: Option<String>, "Cursor of the order to continue after.")]
    orders: Connection<Order, OrderConnectionFields>,
}
