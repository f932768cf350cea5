//! Something somebody bought.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use bff_kit::schema::{bounds, fetches, hoist, items, reads};
use bff_kit::{Connection, ContextExt as _, Entity, Error, Hoisted, Id, Page};
use downstream::carts::MAX_ITEMS;
use downstream::catalog::ProductById;
use downstream::orders::MyOrders;
use proto::orders;

use super::money::Money;
use super::product::Product;

/// Orders one page may hold.
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

/// A page of the orders of whoever asks.
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
    Ok(page.connection(orders, &answer.next_page_token, fields))
}

/// Something you bought.
#[Object]
impl Order {
    /// Id of the order.
    #[graphql(directive = reads::apply(["id"]))]
    pub(super) async fn id(&self) -> ID {
        Id::<Self>::new(&*self.0.id).to_id()
    }

    /// How far it has come.
    #[graphql(directive = reads::apply(["state"]))]
    async fn state(&self) -> OrderState {
        match self.0.state() {
            orders::OrderState::Placed | orders::OrderState::Unspecified => OrderState::Placed,
            orders::OrderState::Packed => OrderState::Packed,
            orders::OrderState::Shipped => OrderState::Shipped,
            orders::OrderState::Delivered => OrderState::Delivered,
            orders::OrderState::Cancelled => OrderState::Cancelled,
        }
    }

    /// What all of it costs, shipping included.
    #[graphql(directive = reads::apply(["total"]))]
    async fn total(&self) -> Option<Money> {
        self.0.total.as_ref().map(Money::from)
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

    /// Country it is sent to, by ISO 3166-1.
    #[graphql(directive = reads::apply(["country_code"]))]
    async fn country(&self) -> &str {
        &self.0.country_code
    }

    /// When it was placed, by RFC 3339.
    #[graphql(directive = reads::apply(["create_time"]))]
    async fn placed_at(&self) -> Option<String> {
        self.0.create_time.map(|time| time.to_string())
    }

    /// When its state last changed, by RFC 3339.
    #[graphql(directive = reads::apply(["update_time"]))]
    async fn updated_at(&self) -> Option<String> {
        self.0.update_time.map(|time| time.to_string())
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

    /// What one of it cost.
    async fn unit_price(&self) -> Option<Money> {
        self.0.unit_price.as_ref().map(Money::from)
    }

    /// What all of it cost.
    async fn price(&self) -> Option<Money> {
        self.0.line_price.as_ref().map(Money::from)
    }

    /// The product as it is now. Null when it is no longer sold, or not to be had right now.
    #[graphql(directive = fetches::apply(hoist::<Product>(["parent.items"]).or("null")))]
    async fn product(&self) -> Hoisted<Product> {
        Hoisted::by(Ok(ProductById(self.0.product_id.as_str().into())))
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
