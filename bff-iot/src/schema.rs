//! The schema of the shelf devices. Root fields are in this file, each type is in a file of its own.

mod device;
mod report;
mod shelf;

use bff_kit::{Entity, Id, object};
use downstream::inventory::StockOf;
use downstream::telemetry::{DeviceById, ReportReadings};

use device::Device;
use report::{ReportInput, ReportReceipt};
use shelf::Shelf;

/// A product, of which a device knows only the id.
struct Product;

impl Entity for Product {
    const NAME: &'static str = "Product";
    type Raw = downstream::ProductId;
}

/// Queries of a shelf device.
#[object]
pub(crate) struct Query {
    /// True if the product can be bought now. Null when there is no such product.
    #[fetch(StockOf(product), take = available)]
    #[arg(product: Id<Product>, "Id of the product.")]
    in_stock: bool,
    /// Content of the label on a shelf. Null unless the device is the requesting one and is on a
    /// shelf.
    #[resolve(shelf::of(ctx, device), fetch(DeviceById(device), reads(product_id)))]
    #[arg(device: Id<Device>, "Id of the device on the shelf.")]
    shelf: Shelf,
    /// Configuration of a device. Null unless it is the requesting device.
    #[fetch(DeviceById(id))]
    #[arg(id: Id<Device>, "Id of the device.")]
    device: Device,
}

/// Mutations of a shelf device.
#[object]
pub(crate) struct Mutation {
    /// Stores readings permanently. A reading must be sent again until it is acknowledged. Null
    /// unless the device is the requesting one.
    #[resolve(
        report::run(ctx, input),
        send(ReportReadings(input)),
        most = report::MAX_READINGS, bounded_by = input.readings, of = [acks]
    )]
    #[requires(scopes = ["telemetry.write"])]
    #[arg(input: ReportInput, "Device and its readings.")]
    report: ReportReceipt,
}
