//! The stock of a product.

use bff_kit::object;
use bff_kit::value::{DateTime, int};
use proto::inventory;

/// Stock of a product.
#[object(inventory::Stock)]
pub(crate) struct Stock {
    /// True if the product can be bought now.
    #[read(available)]
    available: bool,
    /// Items on hand in all warehouses together.
    #[read(total_quantity, known = int)]
    total: i32,
    /// Items on hand by warehouse, the fullest first.
    #[read(warehouses, most = 20)]
    warehouses: Vec<WarehouseStock>,
    /// Time of the last change of the count. Null when unknown.
    #[read(update_time, known = DateTime::of)]
    updated_at: Option<DateTime>,
}

/// Items of a product in one warehouse.
#[object(inventory::WarehouseStock, part)]
pub(crate) struct WarehouseStock {
    /// Name of the warehouse, such as "Lyon".
    #[read(warehouse_name)]
    warehouse: String,
    /// Items on hand.
    #[read(quantity, known = int)]
    quantity: i32,
}
