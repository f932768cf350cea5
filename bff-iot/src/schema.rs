//! The schema of the shelf devices. Root fields are in this file, each type is in a file of its own.

mod device;
mod report;
mod shelf;

use async_graphql::{Context, ID, Object};
use bff_kit::schema::{bounds, fetch, fetches, items, requires, scopes, send};
use bff_kit::{ContextExt as _, Entity, Error, Id, Nullable, OrNull as _};
use downstream::inventory::StockOf;
use downstream::telemetry::{DeviceById, ReportReadings};

use device::Device;
use report::{ReportInput, ReportReceipt};
use shelf::Shelf;

/// Root type of the queries of a device.
#[derive(Debug, Default)]
pub(crate) struct Query;

/// A product, of which a device knows only the id.
struct Product;

impl Entity for Product {
    const NAME: &'static str = "Product";
}

/// Queries of a shelf device.
#[Object]
impl Query {
    /// True if the product can be bought now. Null when there is no such product.
    #[graphql(directive = fetches::apply(fetch::<StockOf>(["argument.product"]).reading(["available"])))]
    async fn in_stock(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the product.")] product: ID,
    ) -> Nullable<bool> {
        let in_stock = async {
            let id = Id::<Product>::parse(&product, "product")?;
            ctx.fetch(StockOf(id.raw())).await.map(|stock| stock.available)
        };
        in_stock.await.or_null()
    }

    /// Content of the label on a shelf. Null unless the device is the requesting one and is on a
    /// shelf.
    #[graphql(directive = fetches::apply(fetch::<DeviceById>(["argument.device"]).reading(["product_id"])))]
    async fn shelf(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the device on the shelf.")] device: ID,
    ) -> Nullable<Shelf> {
        let shelf = async {
            let id = Id::<Device>::parse(&device, "device")?;
            let device = ctx.fetch(DeviceById(id.raw())).await?;
            if device.product_id.is_empty() { Err(Error::NotFound) } else { Ok(Shelf(device)) }
        };
        shelf.await.or_null()
    }

    /// Configuration of a device. Null unless it is the requesting device.
    #[graphql(directive = fetches::apply(fetch::<DeviceById>(["argument.id"])))]
    async fn device(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the device.")] id: ID,
    ) -> Nullable<Device> {
        let device = async {
            let id = Id::<Device>::parse(&id, "id")?;
            ctx.fetch(DeviceById(id.raw())).await.map(Device)
        };
        device.await.or_null()
    }
}

/// Root type of the mutations of a device.
#[derive(Debug, Default)]
pub(crate) struct Mutation;

/// Mutations of a shelf device.
#[Object]
impl Mutation {
    /// Stores readings permanently. A reading must be sent again until it is acknowledged. Null
    /// unless the device is the requesting one.
    #[graphql(
        directive = requires::apply(scopes(["telemetry.write"])),
        directive = fetches::apply(send::<ReportReadings>(["argument.input"])),
        directive = bounds::apply(items(report::MAX_READINGS).by("argument.input.readings").of(["acks"]))
    )]
    async fn report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Device and its readings.")] input: ReportInput,
    ) -> Nullable<ReportReceipt> {
        report::run(ctx, input).await.or_null()
    }
}
