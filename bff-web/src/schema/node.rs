//! Whatever has an id of its own, as Relay refetches it.

use async_graphql::{Context, ID, Interface};
use bff_kit::{ContextExt as _, Entity, Error, Id};
use downstream::catalog::ProductById;
use downstream::orders::OrderById;
use downstream::users::UserById;

use super::order::Order;
use super::product::Product;
use super::user::User;

/// Whatever has an id of its own.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Id of the object."))]
pub(crate) enum Node {
    /// A product.
    Product(Product),
    /// An order of yours.
    Order(Order),
    /// A user.
    User(User),
}

/// The object behind an id, which stands in `argument`.
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
        Some(_) => Err(Error::NotFound),
        None => Err(ctx.located(Error::bad_input(argument, "not an id"))),
    }
}
