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

/// What a page of orders knows besides its orders.
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

/// Something you bought.
#[Object]
impl Order {
    /// Id of the order.
    #[graphql(directive = reads::apply(["id"]))]
    pub(super) async fn id(&self) -> ID {
        Id::<Self>::new(&*self.0.id).to_id()
    }

    /// How far it has come. Null when that is not known.
    #[graphql(directive = reads::apply(["state"]))]
    async fn state(&self, ctx: &Context<'_>) -> Option<OrderState> {
        ctx.known(known(self.0.state).and_then(OrderState::of))
    }

    /// What all of it costs, shipping included. Null when that is not known.
    #[graphql(directive = reads::apply(["total"]))]
    async fn total(&self, ctx: &Context<'_>) -> Option<Money> {
        ctx.known(Money::of(self.0.total.as_ref()))
    }

    /// What was bought, at the price of that moment.
    #[graphql(directive = reads::apply(["items"]), directive = bounds::apply(items(MAX_ITEMS)))]
    async fn items(&self) -> Vec<OrderItem> {
        self.0.items.iter().cloned().map(OrderItem).collect()
    }

    /// How it is sent, such as "express".
    #[graphql(directive = reads::apply(["shipping_option_id"]))]
    async fn shipping(&self) -> &str {
        &self.0.shipping_option_id
    }

    /// Country it is sent to.
    #[graphql(directive = reads::apply(["country_code"]))]
    async fn country(&self) -> CountryCode {
        self.0.country_code.as_str().into()
    }

    /// When it was placed. Null when that is not known.
    #[graphql(directive = reads::apply(["create_time"]))]
    async fn placed_at(&self, ctx: &Context<'_>) -> Option<DateTime> {
        ctx.known(self.0.create_time.as_ref().and_then(DateTime::of))
    }

    /// When its state last changed. Null when that is not known.
    #[graphql(directive = reads::apply(["update_time"]))]
    async fn updated_at(&self, ctx: &Context<'_>) -> Option<DateTime> {
        ctx.known(self.0.update_time.as_ref().and_then(DateTime::of))
    }
}

pub(crate) struct OrderItem(orders::OrderItem);

/// One product of an order.
#[Object]
impl OrderItem {
    /// Its name at that moment.
    async fn name(&self) -> &str {
        &self.0.product_name
    }

    /// How many of it.
    async fn quantity(&self) -> i32 {
        self.0.quantity
    }

    /// What one of it cost. Null when that is not known.
    async fn unit_price(&self, ctx: &Context<'_>) -> Option<Money> {
        ctx.known(Money::of(self.0.unit_price.as_ref()))
    }

    /// What all of it cost. Null when that is not known.
    async fn price(&self, ctx: &Context<'_>) -> Option<Money> {
        ctx.known(Money::of(self.0.line_price.as_ref()))
    }

    /// The product as it is now. Null when it is no longer sold, or not to be had right now.
    #[graphql(directive = fetches::apply(hoist::<Product>(["parent.items"]).or("null")))]
    async fn product(&self) -> Ref<Product> {
        Ref::by(Ok(ProductById(self.0.product_id.as_str().into())))
    }
}

/// How far an order has come.
#[derive(Clone, Copy, Enum, PartialEq, Eq)]
pub(crate) enum OrderState {
    /// Placed, and its payment authorised.
    Placed,
    /// Packed in a warehouse.
    Packed,
    /// On its way.
    Shipped,
    /// With you.
    Delivered,
    /// Called off, and the payment released.
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
