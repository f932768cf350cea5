//! Objects with an id of their own, by which Relay refetches them.

use std::sync::Arc;

use async_graphql::{Context, ID, Interface};
use bff_kit::schema::{Steps, fetch};
use bff_kit::{ContextExt as _, Entity, Error, Id};
use downstream::carts::MyCart;
use downstream::catalog::{AllCategories, ProductById};
use downstream::notifications::NotificationById;
use downstream::orders::OrderById;
use downstream::payments::MyPaymentMethods;
use downstream::reviews::ReviewById;
use downstream::users::{AccountOf, UserById};

use super::cart::{self, Cart};
use super::category::Category;
use super::notification::Notification;
use super::order::Order;
use super::payment_method::PaymentMethod;
use super::product::Product;
use super::review::Review;
use super::user::{User, Viewer};

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

/// Returns the calls behind a node whose id comes from `by`: one for each type.
pub(super) fn steps(by: &'static str) -> Steps {
    fetch::<ProductById>([by])
        .on(Product::NAME)
        .or_on::<OrderById>(Order::NAME, [by])
        .or_on::<UserById>(User::NAME, [by])
        .or_on::<ReviewById>(Review::NAME, [by])
        .or_on::<NotificationById>(Notification::NAME, [by])
        .or_on::<AllCategories>(Category::NAME, [])
        .or_on::<MyPaymentMethods>(PaymentMethod::NAME, ["caller"])
        .or_on::<MyCart>(Cart::NAME, ["caller"])
        .or_on::<AccountOf>(Viewer::NAME, ["caller"])
}

/// Fetches the object of an id that was sent in `argument`.
pub(super) async fn find(ctx: &Context<'_>, id: &ID, argument: &str) -> Result<Node, Error> {
    match bff_kit::kind_of(id).as_deref() {
        Some(Product::NAME) => {
            let id = Id::<Product>::parse(id, argument)?;
            ctx.fetch(ProductById(id.raw())).await.map(|product| Node::Product(Product(product)))
        }
        Some(Order::NAME) => {
            let id = Id::<Order>::parse(id, argument)?;
            ctx.fetch(OrderById(id.raw())).await.map(|order| Node::Order(Order(order)))
        }
        Some(User::NAME) => {
            let id = Id::<User>::parse(id, argument)?;
            ctx.fetch(UserById(id.raw())).await.map(|user| Node::User(User(user)))
        }
        Some(Review::NAME) => {
            let id = Id::<Review>::parse(id, argument)?;
            ctx.fetch(ReviewById(id.raw())).await.map(|review| Node::Review(Review(review)))
        }
        Some(Notification::NAME) => {
            let id = Id::<Notification>::parse(id, argument)?;
            let notification = ctx.fetch(NotificationById(id.raw())).await;
            notification.map(|notification| Node::Notification(Notification(notification)))
        }
        Some(Category::NAME) => {
            let id = Id::<Category>::parse(id, argument)?.raw();
            let all = ctx.fetch(AllCategories).await?;
            let category = all.iter().find(|category| *category.id == *id);
            category.cloned().map(|category| Node::Category(Category(category))).ok_or(Error::NotFound)
        }
        Some(PaymentMethod::NAME) => {
            let id = Id::<PaymentMethod>::parse(id, argument)?.raw();
            let mine = ctx.fetch(MyPaymentMethods).await?;
            let method = mine.iter().find(|method| *method.id == *id);
            method.cloned().map(|it| Node::PaymentMethod(PaymentMethod(it))).ok_or(Error::NotFound)
        }
        Some(Cart::NAME) => {
            yours(cart::owner(ctx), &Id::<Cart>::parse(id, argument)?)?;
            ctx.fetch(MyCart).await.map(|cart| Node::Cart(Cart(cart)))
        }
        Some(Viewer::NAME) => {
            let id = Id::<Viewer>::parse(id, argument)?;
            yours(ctx.scope().principal().user(), &id)?;
            ctx.fetch(AccountOf(id.raw())).await.map(|account| Node::Viewer(Viewer(account)))
        }
        Some(_) => Err(Error::NotFound),
        None => Err(ctx.located(Error::bad_input(argument, "not an id"))),
    }
}

/// Checks that an id is that of what the principal owns; for anybody else the object does not exist.
fn yours<E: Entity>(owner: Option<Arc<str>>, id: &Id<E>) -> Result<(), Error> {
    let is_yours = owner.is_some_and(|owner| owner == id.raw());
    if is_yours { Ok(()) } else { Err(Error::NotFound) }
}
