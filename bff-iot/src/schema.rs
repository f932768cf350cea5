//! What a device can ask.

use async_graphql::{Context, ID, Object};
use bff_kit::schema::{ask, fetches};
use bff_kit::{ContextExt as _, Entity, Error, Id, OrNull as _};
use downstream::inventory::StockOf;

/// What a device can ask.
#[derive(Debug, Default)]
pub struct Query;

/// A product, of which a device knows the id alone.
struct Product;

impl Entity for Product {
    const NAME: &'static str = "Product";
}

/// What a device can ask.
#[Object]
impl Query {
    /// Whether a product can be sold now. Null when there is no such product.
    #[graphql(directive = fetches::apply(ask::<StockOf>(["argument.product"]).reading(["available"])))]
    async fn in_stock(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the product.")] product: ID,
    ) -> Option<Result<bool, Error>> {
        let in_stock = async {
            let id = Id::<Product>::parse(&product, "product")?;
            ctx.fetch(StockOf(id.raw())).await.map(|stock| stock.available)
        };
        in_stock.await.or_null()
    }
}
