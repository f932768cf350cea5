//! The order screen.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object};
use bff_kit::schema::{bounds, items, reads};
use bff_kit::value::known;
use bff_kit::{ContextExt as _, Entity, Id, Page};
use downstream::orders;
use proto::orders::OrderState;

use crate::format;

/// Upper bound on the lines of an order: the screen has no room for more.
const MAX_LINES: i32 = 5;

pub(crate) struct OrderPage(pub(super) Page, pub(super) Arc<orders::OrderPage>);

impl OrderPage {
    /// Upper bound on the orders of a page.
    pub(super) const MAX: i32 = 20;
}

/// A page of the customer's orders.
#[Object]
impl OrderPage {
    /// The orders, newest first, 20 at most.
    async fn items(&self) -> Vec<Order> {
        self.0.cut(self.1.orders.iter().cloned().map(Order)).collect()
    }

    /// Number of orders on all pages together.
    async fn total(&self) -> i32 {
        self.1.total_size
    }

    /// Value of `after` for the next page. Null on the last page.
    async fn end_cursor(&self) -> Option<String> {
        self.0.next(&self.1.tokens)
    }
}

pub(crate) struct Order(pub(super) Arc<proto::orders::Order>);

impl Entity for Order {
    const NAME: &'static str = "Order";
}

/// An order of the signed-in customer.
#[Object]
impl Order {
    /// Id of the order.
    #[graphql(directive = reads::apply(["id"]))]
    async fn id(&self) -> ID {
        Id::<Self>::new(&*self.0.id).to_id()
    }

    /// State of the order. Null when unknown.
    #[graphql(directive = reads::apply(["state"]))]
    async fn state(&self, ctx: &Context<'_>) -> Option<OrderProgress> {
        ctx.known(known(self.0.state).and_then(OrderProgress::of))
    }

    /// Total price including shipping, as localised text. Null when unknown.
    #[graphql(directive = reads::apply(["total"]))]
    async fn total(&self, ctx: &Context<'_>) -> Option<String> {
        ctx.known(format::price(ctx.scope(), self.0.total.as_ref()))
    }

    /// Age of the order as localised text, such as "2 d ago". Null when unknown.
    #[graphql(directive = reads::apply(["create_time"]))]
    async fn when(&self, ctx: &Context<'_>) -> Option<String> {
        ctx.known(format::when(ctx.scope(), self.0.create_time.as_ref()))
    }

    /// Names of the first five products, each with its quantity, such as "2 × Travel Mug".
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

/// State of an order.
#[derive(Clone, Copy, Enum, PartialEq, Eq)]
pub(crate) enum OrderProgress {
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

impl OrderProgress {
    fn of(state: OrderState) -> Option<Self> {
        Some(match state {
            OrderState::Unspecified => return None,
            OrderState::Placed => Self::Placed,
            OrderState::Packed => Self::Packed,
            OrderState::Shipped => Self::Shipped,
            OrderState::Delivered => Self::Delivered,
            OrderState::Cancelled => Self::Cancelled,
        })
    }
}
