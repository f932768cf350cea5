//! The schema of the web shop. Root fields are in this file, each type is in a file of its own.

mod cart;
mod category;
mod image;
mod money;
mod mutation;
mod node;
mod notification;
mod order;
mod payment_method;
mod preferences;
mod price;
mod product;
mod rating;
mod review;
mod shipping_option;
mod specification;
mod stock;
mod user;
mod user_error;

use async_graphql::ID;
use bff_kit::{Connection, Id, Nullable, Ref, object, user};
use downstream::carts::MyCart;
use downstream::catalog::{AllCategories, ProductById, ProductsIn, ProductsMatching};
use downstream::notifications::MyNotifications;
use downstream::orders::{MyOrders, OrderById};
use downstream::users::AccountOf;

pub(crate) use mutation::Mutation;

use cart::Cart;
use category::Category;
use node::Node;
use notification::{MAX_NOTIFICATIONS, Notification, NotificationConnectionFields};
use order::{MAX_ORDERS, Order, OrderConnectionFields};
use product::{Product, ProductConnectionFields};
use user::{Dashboard, Viewer};

/// Upper bound on the products of one page.
const MAX_PRODUCTS: i32 = 50;

/// Queries of the web shop.
#[object]
pub(crate) struct Query {
    /// A product. Null when there is no such product.
    #[fetch(ProductById(id))]
    #[arg(id: Id<Product>, "Id of the product.")]
    product: Ref<Product>,
    /// Products of a category, or all products, by name. Several pages fit in one request: select
    /// the field once per page, with the same `after` and increasing `skip`. Null when there is no
    /// such category.
    #[fetch(ProductsIn { category_id: category, page }, most = MAX_PRODUCTS)]
    #[arg(category: Option<Id<Category>>, "Id of the category; all products when omitted.")]
    #[arg(first: i32 = 20, "Products per page, 50 at most.")]
    #[arg(after: Option<String>, "Cursor of the product to continue after.")]
    #[arg(skip: i32 = 0, "Products to skip, counted from `after`.")]
    products: Connection<Product, ProductConnectionFields>,
    /// Products that match every word, best match first. Several pages fit in one request, as with
    /// `products`.
    #[fetch(ProductsMatching { query, page }, most = MAX_PRODUCTS)]
    #[arg(query: String, "Words to search for; each matches the beginning of a word.")]
    #[arg(first: i32 = 20, "Products per page, 50 at most.")]
    #[arg(after: Option<String>, "Cursor of the product to continue after.")]
    #[arg(skip: i32 = 0, "Products to skip, counted from `after`.")]
    search: Connection<Product, ProductConnectionFields>,
    /// Account of the signed-in customer. Null when nobody is signed in.
    #[fetch(AccountOf(user))]
    viewer: Ref<Viewer>,
    /// Dashboard of the signed-in customer.
    #[resolve(Dashboard)]
    dashboard: Dashboard,
    /// Cart of the signed-in customer, or of the visitor whom `POST /auth/visit` has made known. Null for anybody else.
    #[fetch(MyCart, only = cart::owner)]
    cart: Cart,
    /// Orders of the signed-in customer, newest first. Null with error `UNAUTHENTICATED` when
    /// nobody is signed in.
    #[fetch(MyOrders { page }, most = MAX_ORDERS)]
    #[requires(signed_in)]
    #[arg(first: i32 = 10, "Orders per page, 50 at most.")]
    #[arg(after: Option<String>, "Cursor of the order to continue after.")]
    orders: Connection<Order, OrderConnectionFields>,
    /// An order of the signed-in customer. Null when there is none with this id.
    #[fetch(OrderById(id))]
    #[arg(id: Id<Order>, "Id of the order.")]
    order: Order,
    /// Notifications of the signed-in customer, newest first. Null when nobody is signed in.
    #[fetch(MyNotifications { page }, only = user, most = MAX_NOTIFICATIONS)]
    #[arg(first: i32 = 10, "Notifications per page, 50 at most.")]
    #[arg(after: Option<String>, "Cursor of the notification to continue after.")]
    notifications: Connection<Notification, NotificationConnectionFields>,
    /// The object with this id. Null when there is none, or when it is another customer's.
    #[resolve(node::find(ctx, id), steps = node::steps(id))]
    #[arg(id: ID, "Id of the object.")]
    node: Node,
    /// The objects with these ids, in the order of the ids, 50 at most. An item is null when there
    /// is no such object, or when it is another customer's.
    #[resolve(node::find_all(ctx, ids), steps = node::steps(ids), most = node::MAX, bounded_by = ids)]
    #[arg(ids: Vec<ID>, "Ids of the objects, 50 at most.")]
    nodes: Vec<Nullable<Node>>,
    /// All categories, by name.
    #[fetch(AllCategories, take = categories, most = 100)]
    categories: Vec<Category>,
}
