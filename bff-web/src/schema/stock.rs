//! How much of a product can be sold.

use std::sync::Arc;

use async_graphql::{Object, SimpleObject};
use bff_kit::schema::{bounds, items, reads};
use proto::inventory;

pub(crate) struct Stock(pub(super) Arc<inventory::Stock>);

/// How much of a product can be sold.
#[Object]
impl Stock {
    /// Whether you can buy it now.
    #[graphql(directive = reads::apply(["available"]))]
    async fn available(&self) -> bool {
        self.0.available
    }

    /// Items on hand in all warehouses together.
    #[graphql(directive = reads::apply(["total_quantity"]))]
    async fn total(&self) -> i64 {
        self.0.total_quantity
    }

    /// Items by warehouse, the fullest first.
    #[graphql(directive = reads::apply(["warehouses"]), directive = bounds::apply(items(20)))]
    async fn warehouses(&self) -> Vec<WarehouseStock> {
        self.0.warehouses.iter().map(WarehouseStock::from).collect()
    }

    /// When the count last changed, by RFC 3339.
    #[graphql(directive = reads::apply(["update_time"]))]
    async fn updated_at(&self) -> Option<String> {
        self.0.update_time.map(|time| time.to_string())
    }
}

/// Items of a product in one warehouse.
#[derive(SimpleObject)]
pub(crate) struct WarehouseStock {
    /// Name of the warehouse, such as "Lyon".
    warehouse: String,
    /// Items on hand.
    quantity: i64,
}

impl From<&inventory::WarehouseStock> for WarehouseStock {
    fn from(stock: &inventory::WarehouseStock) -> Self {
        Self { warehouse: stock.warehouse_name.clone(), quantity: stock.quantity }
    }
}
