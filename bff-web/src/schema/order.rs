//! An order of a customer.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use bff_kit::schema::{bounds, fetches, hoist, items, reads};
use bff_kit::value::{CountryCode, DateTime, known};
use bff_kit::{Connection, ContextExt as _, Entity, Error, Id, Page, Ref};
use downstream::carts::MAX_ITEMS;
use downstream::catalog::ProductById;
use downstream::orders::MyOrders;
use proto::orders;

use super::money::Money;
use super::product::Product;

/// Upper bound on the orders of one page.
pub(super) const MAX_ORDERS: i32 = 50;

pub(crate) struct Order(pub(super) Arc<orders::Order>);

impl Entity for Order {
    const NAME: &'static str = "Order";
}

/// Fields of a page of orders beside its items.
#[derive(SimpleObject)]
pub(crate) struct OrderConnectionFields {
    /// Number of orders on all pages together.
    total_count: i32,
}

/// Fetches a page of the principal's orders.
pub(super) async fn mine(
    ctx: &Context<'_>,
    first: i32,
    after: Option<String>,
) -> Result<Connection<Order, OrderConnectionFields>, Error> {
    let page = Page::of(first, after.as_deref(), MAX_ORDERS).map_err(|error| ctx.located(error))?;
    let question = MyOrders { page_size: page.size, page_token: page.token.clone(), skip: page.skip };
    let answer = ctx.fetch(question).await?;
    let orders = answer.orders.iter().cloned().map(Order).collect();
    let fields = OrderConnectionFields { total_count: answer.total_size };
    Ok(page.connection(orders, &answer.tokens, fields))
}

/// An order of the signed-in customer.
#[Object]
impl Order {
    /// Id of the order.
    #[graphql(directive = reads::apply(["id"]))]
    pub(super) async fn id(&self) -> ID {
        Id::<Self>::new(&*self.0.id).to_id()
    }

    /// State of the order. Null when unknown.
    #[graphql(directive = reads::apply(["state"]))]
    async fn state(&self, ctx: &Context<'_>) -> Option<OrderState> {
        ctx.known(known(self.0.state).and_then(OrderState::of))
    }

    /// Total price including shipping. Null when unknown.
    #[graphql(directive = reads::apply(["total"]))]
    async fn total(&self, ctx: &Context<'_>) -> Option<Money> {
        ctx.known(Money::of(self.0.total.as_ref()))
    }

    /// Products of the order, at the prices when it was placed.
    #[graphql(directive = reads::apply(["items"]), directive = bounds::apply(items(MAX_ITEMS)))]
    async fn items(&self) -> Vec<OrderItem> {
        self.0.items.iter().cloned().map(OrderItem).collect()
    }

    /// Shipping option of the order, such as "express".
    #[graphql(directive = reads::apply(["shipping_option_id"]))]
    async fn shipping(&self) -> &str {
        &self.0.shipping_option_id
    }

    /// Destination country.
    #[graphql(directive = reads::apply(["country_code"]))]
    async fn country(&self) -> CountryCode {
        self.0.country_code.as_str().into()
    }

    /// Time when the order was placed. Null when unknown.
    #[graphql(directive = reads::apply(["create_time"]))]
    async fn placed_at(&self, ctx: &Context<'_>) -> Option<DateTime> {
        ctx.known(self.0.create_time.as_ref().and_then(DateTime::of))
    }

    /// Time of the last change of state. Null when unknown.
    #[graphql(directive = reads::apply(["update_time"]))]
    async fn updated_at(&self, ctx: &Context<'_>) -> Option<DateTime> {
        ctx.known(self.0.update_time.as_ref().and_then(DateTime::of))
    }
}

pub(crate) struct OrderItem(orders::OrderItem);

/// One product of an order.
#[Object]
impl OrderItem {
    /// Name when the order was placed.
    async fn name(&self) -> &str {
        &self.0.product_name
    }

    /// Quantity of the product.
    async fn quantity(&self) -> i32 {
        self.0.quantity
    }

    /// Price of one item when the order was placed. Null when unknown.
    async fn unit_price(&self, ctx: &Context<'_>) -> Option<Money> {
        ctx.known(Money::of(self.0.unit_price.as_ref()))
    }

    /// Price of all items of the product. Null when unknown.
    async fn price(&self, ctx: &Context<'_>) -> Option<Money> {
        ctx.known(Money::of(self.0.line_price.as_ref()))
    }

    /// The product as it is now. Null when it is no longer sold, or cannot be loaded.
    #[graphql(directive = fetches::apply(hoist::<Product>(["parent.items"]).or("null")))]
    async fn product(&self) -> Ref<Product> {
        Ref::by(Ok(ProductById(self.0.product_id.as_str().into())))
    }
}

/// State of an order.
#[derive(Clone, Copy, Enum, PartialEq, Eq)]
pub(crate) enum OrderState {
    /// Placed, and its payment authorised.
    Placed,
    /// Packed in a warehouse.
    Packed,
    /// On its way.
    Shipped,
    /// Delivered to the customer.
    Delivered,
    /// Cancelled, and the payment released.
    Cancelled,
}

impl OrderState {
    fn of(state: orders::OrderState) -> Option<Self> {
        Some(match state {
            orders::OrderState::Unspecified => return None,
            orders::OrderState::Placed => Self::Placed,
            orders::OrderState::Packed => Self::Packed,
            orders::OrderState::Shipped => Self::Shipped,
            orders::OrderState::Delivered => Self::Delivered,
            orders::OrderState::Cancelled => Self::Cancelled,
        })
    }
}
