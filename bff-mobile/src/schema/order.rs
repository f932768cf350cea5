//! The order screen.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object};
use bff_kit::schema::{bounds, items, reads};
use bff_kit::{ContextExt as _, Entity, Id, Page};
use downstream::orders;
use proto::orders::OrderState;

use crate::format::{self, Language};

/// Lines of an order that the screen has room for.
const MAX_LINES: i32 = 5;

pub(crate) struct OrderPage(pub(super) Arc<orders::OrderPage>);

impl OrderPage {
    /// Orders a page may hold.
    pub(super) const MAX: i32 = 20;
}

/// A page of your orders.
#[Object]
impl OrderPage {
    /// The orders, newest first, 20 at most.
    async fn items(&self) -> Vec<Order> {
        self.0.orders.iter().cloned().map(Order).collect()
    }

    /// Number of orders on all pages together.
    async fn total(&self) -> i32 {
        self.0.total_size
    }

    /// What `after` takes for the next page. Null on the last page.
    async fn end_cursor(&self) -> Option<String> {
        Page::next_cursor(&self.0.next_page_token)
    }
}

pub(crate) struct Order(pub(super) Arc<proto::orders::Order>);

impl Entity for Order {
    const NAME: &'static str = "Order";
}

/// Something you bought.
#[Object]
impl Order {
    /// Id of the order.
    #[graphql(directive = reads::apply(["id"]))]
    async fn id(&self) -> ID {
        Id::<Self>::new(&*self.0.id).to_id()
    }

    /// How far it has come.
    #[graphql(directive = reads::apply(["state"]))]
    async fn state(&self) -> OrderProgress {
        match self.0.state() {
            OrderState::Placed | OrderState::Unspecified => OrderProgress::Placed,
            OrderState::Packed => OrderProgress::Packed,
            OrderState::Shipped => OrderProgress::Shipped,
            OrderState::Delivered => OrderProgress::Delivered,
            OrderState::Cancelled => OrderProgress::Cancelled,
        }
    }

    /// What it costs, as text.
    #[graphql(directive = reads::apply(["total"]))]
    async fn total(&self, ctx: &Context<'_>) -> String {
        let total = self.0.total.as_ref();
        total.map(|total| format::money(total, Language::of(ctx.scope()))).unwrap_or_default()
    }

    /// How long ago you placed it, such as "2 d ago".
    #[graphql(directive = reads::apply(["create_time"]))]
    async fn when(&self, ctx: &Context<'_>) -> String {
        let placed = self.0.create_time.as_ref().map_or(0, |time| time.seconds);
        format::ago(placed, ctx.scope().now.as_second(), Language::of(ctx.scope()))
    }

    /// Names of what you bought, each with its quantity, such as "2 × Travel Mug"; the first five.
    #[graphql(directive = reads::apply(["items"]), directive = bounds::apply(items(MAX_LINES)))]
    async fn lines(&self) -> Vec<String> {
        self.0
            .items
            .iter()
            .take(MAX_LINES.unsigned_abs() as usize)
            .map(|item| format!("{} × {}", item.quantity, item.product_name))
            .collect()
    }
}

/// How far an order has come.
#[derive(Clone, Copy, Enum, PartialEq, Eq)]
pub(crate) enum OrderProgress {
    /// Placed and paid.
    Placed,
    /// Packed in a warehouse.
    Packed,
    /// On its way.
    Shipped,
    /// With you.
    Delivered,
    /// Called off.
    Cancelled,
}
