//! The stock of a product.

use std::sync::Arc;

use async_graphql::{Context, Object};
use bff_kit::schema::{bounds, items, reads};
use bff_kit::value::{DateTime, int};
use bff_kit::{ContextExt as _, Error};
use proto::inventory;

pub(crate) struct Stock(pub(super) Arc<inventory::Stock>);

#[expect(clippy::unused_async, reason = "the macro requires it where a field may fail")]
/// Stock of a product.
#[Object]
impl Stock {
    /// True if the product can be bought now.
    #[graphql(directive = reads::apply(["available"]))]
    async fn available(&self) -> bool {
        self.0.available
    }

    /// Items on hand in all warehouses together.
    #[graphql(directive = reads::apply(["total_quantity"]))]
    async fn total(&self, ctx: &Context<'_>) -> Result<i32, Error> {
        ctx.required(int(self.0.total_quantity))
    }

    /// Items on hand by warehouse, the fullest first.
    #[graphql(directive = reads::apply(["warehouses"]), directive = bounds::apply(items(20)))]
    async fn warehouses(&self) -> Vec<WarehouseStock> {
        self.0.warehouses.iter().cloned().map(WarehouseStock).collect()
    }

    /// Time of the last change of the count. Null when unknown.
    #[graphql(directive = reads::apply(["update_time"]))]
    async fn updated_at(&self, ctx: &Context<'_>) -> Option<DateTime> {
        ctx.known(self.0.update_time.as_ref().and_then(DateTime::of))
    }
}

pub(crate) struct WarehouseStock(inventory::WarehouseStock);

#[expect(clippy::unused_async, reason = "the macro requires it where a field may fail")]
/// Items of a product in one warehouse.
#[Object]
impl WarehouseStock {
    /// Name of the warehouse, such as "Lyon".
    async fn warehouse(&self) -> &str {
        &self.0.warehouse_name
    }

    /// Items on hand.
    async fn quantity(&self, ctx: &Context<'_>) -> Result<i32, Error> {
        ctx.required(int(self.0.quantity))
    }
}
