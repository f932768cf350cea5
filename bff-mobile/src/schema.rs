//! The schema of the phone app. Root fields are in this file, each type is in a file of its own.

mod cart;
mod category;
mod home;
mod mutation;
mod notifications;
mod order;
mod payment_method;
mod price;
mod product;
mod product_page;
mod review;
mod shipping_option;
mod user_error;

use bff_kit::{Id, Ref, object};
use downstream::carts::MyCart;
use downstream::catalog::{AllCategories, ProductById, ProductsIn, ProductsMatching};
use downstream::notifications::MyNotifications;
use downstream::orders::MyOrders;

pub(crate) use mutation::Mutation;

use cart::Cart;
use category::Category;
use home::Home;
use notifications::Notifications;
use order::OrderPage;
use product::Product;
use product_page::ProductPage;

/// Queries of the phone app: one field per screen. Localised texts are in English, French or
/// German, as `Accept-Language` prefers; English by default.
#[object]
pub(crate) struct Query {
    /// The home screen.
    #[resolve(Home)]
    home: Home,
    /// The product screen. Null when there is no such product.
    #[fetch(ProductById(id))]
    #[arg(id: Id<Product>, "Id of the product.")]
    product: Ref<Product>,
    /// The list screen: products of a category by name, a page at a time. Null when there is no such category.
    #[fetch(ProductsIn { category_id: category, page }, most = product_page::MAX, of = [items])]
    #[arg(category: Option<Id<Category>>, "Id of the category; all products when omitted.")]
    #[arg(first: i32 = 10, "Products per page, 20 at most.")]
    #[arg(after: Option<String>, "`endCursor` of the previous page.")]
    products: ProductPage,
    /// The search screen: products that match every word, best match first, a page at a time.
    #[fetch(ProductsMatching { query, page }, most = product_page::MAX, of = [items])]
    #[arg(query: String, "Words to search for; each matches the beginning of a word.")]
    #[arg(first: i32 = 10, "Products per page, 20 at most.")]
    #[arg(after: Option<String>, "`endCursor` of the previous page.")]
    search: ProductPage,
    /// The cart screen. Null with error `UNAUTHENTICATED` when nobody is signed in.
    #[fetch(MyCart)]
    #[requires(signed_in)]
    cart: Ref<Cart>,
    /// The notification screen. Null with error `UNAUTHENTICATED` when nobody is signed in.
    #[fetch(MyNotifications { page }, most = notifications::MAX, of = [items])]
    #[arg(first: i32 = 3, "Notifications per page, 20 at most.")]
    #[arg(after: Option<String>, "`endCursor` of the previous page.")]
    notifications: Ref<Notifications>,
    /// The order screen. Null with error `UNAUTHENTICATED` when nobody is signed in.
    #[fetch(MyOrders { page }, most = order::MAX, of = [items])]
    #[requires(signed_in)]
    #[arg(first: i32 = 10, "Orders per page, 20 at most.")]
    #[arg(after: Option<String>, "`endCursor` of the previous page.")]
    orders: OrderPage,
    /// All categories, by name.
    #[fetch(AllCategories, take = categories, most = 100)]
    categories: Vec<Category>,
}
