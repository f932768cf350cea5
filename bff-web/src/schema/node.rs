//! Objects with an id of their own, by which Relay refetches them.

use std::sync::Arc;

use async_graphql::{Context, ID, Interface};
use bff_kit::schema::{Steps, fetch};
use bff_kit::{ContextExt as _, Entity, Error, Id, Nullable, OrNull as _, Part, Reading as _, user};
use downstream::carts::MyCart;
use downstream::catalog::{AllCategories, ProductById};
use downstream::notifications::NotificationById;
use downstream::orders::OrderById;
use downstream::payments::MyPaymentMethods;
use downstream::reviews::ReviewById;
use downstream::users::{AccountOf, UserById};
use fetch::Fetch;

use super::cart::{self, Cart};
use super::category::Category;
use super::notification::Notification;
use super::order::Order;
use super::payment_method::PaymentMethod;
use super::product::Product;
use super::review::Review;
use super::user::{User, Viewer};

/// Upper bound on the objects that one `nodes` field may name.
pub(super) const MAX: i32 = 50;

/// An object with an id of its own.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Id of the object."))]
pub(crate) enum Node {
    /// Cart of the signed-in customer or the visitor.
    Cart(Cart),
    /// A group of products.
    Category(Category),
    /// A notification from the shop to the customer.
    Notification(Notification),
    /// An order of the signed-in customer.
    Order(Order),
    /// A payment method of the signed-in customer.
    PaymentMethod(PaymentMethod),
    /// A product of the shop.
    Product(Product),
    /// A customer's review of a product.
    Review(Review),
    /// A user with an account, as other users see them.
    User(User),
    /// Account of the signed-in customer.
    Viewer(Viewer),
}

/// Returns the calls behind a node whose id comes from `by`: one for each type. What is the principal's own is found by the
/// principal.
pub(super) fn steps(by: &'static str) -> Steps {
    fetch::<ProductById>([by])
        .on(Product::NAME)
        .or_on::<OrderById>(Order::NAME, [by])
        .or_on::<UserById>(User::NAME, [by])
        .or_on::<ReviewById>(Review::NAME, [by])
        .or_on::<NotificationById>(Notification::NAME, [by])
        .or_on::<AllCategories>(Category::NAME, [])
        .or_on::<MyPaymentMethods>(PaymentMethod::NAME, [])
        .or_on::<MyCart>(Cart::NAME, [])
        .or_on::<AccountOf>(Viewer::NAME, ["caller"])
}

/// Fetches the object of an id.
pub(super) async fn find(ctx: &Context<'_>, id: ID) -> Result<Node, Error> {
    object(ctx, &id, "id").await
}

/// Fetches the objects of several ids, in the order of the ids.
pub(super) async fn find_all(ctx: &Context<'_>, ids: Vec<ID>) -> Result<Vec<Nullable<Node>>, Error> {
    if ids.len() > MAX.unsigned_abs() as usize {
        return Err(Error::bad_input("ids", format!("names more than {MAX}")));
    }
    let find = async |(index, id)| object(ctx, id, &format!("ids.{index}")).await.or_null();
    Ok(futures_util::future::join_all(ids.iter().enumerate().map(find)).await)
}

/// Fetches the object of an id that was sent in `argument`.
async fn object(ctx: &Context<'_>, id: &ID, argument: &str) -> Result<Node, Error> {
    match bff_kit::kind_of(id).as_deref() {
        Some(Product::NAME) => by::<Product, _>(ctx, id, argument, ProductById).await.map(Node::Product),
        Some(Order::NAME) => by::<Order, _>(ctx, id, argument, OrderById).await.map(Node::Order),
        Some(User::NAME) => by::<User, _>(ctx, id, argument, UserById).await.map(Node::User),
        Some(Review::NAME) => by::<Review, _>(ctx, id, argument, ReviewById).await.map(Node::Review),
        Some(Notification::NAME) => {
            by::<Notification, _>(ctx, id, argument, NotificationById).await.map(Node::Notification)
        }
        Some(Category::NAME) => {
            let id = Id::<Category>::parse(id, argument)?.raw();
            let all = ctx.fetch(AllCategories).await?;
            let mut all = Part::items(all, |all| &all.categories);
            all.find(|it| it.id == id.as_str()).map(|it| Node::Category(it.into())).ok_or(Error::NotFound)
        }
        Some(PaymentMethod::NAME) => {
            let id = Id::<PaymentMethod>::parse(id, argument)?.raw();
            let mine = ctx.fetch(MyPaymentMethods).await?;
            let mut mine = Part::items(mine, |mine| &mine.payment_methods);
            mine.find(|it| it.id == id.as_str())
                .map(|it| Node::PaymentMethod(it.into()))
                .ok_or(Error::NotFound)
        }
        Some(Cart::NAME) => {
            yours(cart::owner(ctx), Id::<Cart>::parse(id, argument)?.raw().as_str())?;
            ctx.fetch(MyCart).await.map(|cart| Node::Cart(cart.into()))
        }
        Some(Viewer::NAME) => {
            let id = Id::<Viewer>::parse(id, argument)?.raw();
            yours(user(ctx), id.as_str())?;
            ctx.fetch(AccountOf(id)).await.map(|account| Node::Viewer(account.into()))
        }
        Some(_) => Err(Error::NotFound),
        None => Err(ctx.located(Error::bad_input(argument, "not an id"))),
    }
}

/// Fetches an object by the key that its id becomes.
async fn by<T: Entity + From<F::Value>, F: Fetch>(
    ctx: &Context<'_>,
    id: &ID,
    argument: &str,
    key: fn(T::Raw) -> F,
) -> Result<T, Error> {
    let key = key(Id::<T>::parse(id, argument)?.raw());
    ctx.fetch(key).await.map(T::from)
}

/// Checks that an id is that of what the principal owns; for anybody else the object does not exist.
fn yours(owner: Option<Arc<str>>, id: &str) -> Result<(), Error> {
    let is_yours = owner.is_some_and(|owner| &*owner == id);
    if is_yours { Ok(()) } else { Err(Error::NotFound) }
}
