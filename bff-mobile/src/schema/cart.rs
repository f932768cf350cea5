//! The cart screen.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use bff_kit::schema::{bounds, bytes, fetch, fetches, hoist, items, reads};
use bff_kit::{ContextExt as _, Entity, Error, Id, Loaded, Nullable, Ref};
use downstream::carts::{MAX_ITEMS, MyCart};
use downstream::catalog::ProductById;
use downstream::payments::{MAX_METHODS, MyPaymentMethods};
use downstream::shipping::{MAX_OPTIONS, ParcelOf};
use proto::carts;

use super::payment_method::PaymentMethod;
use super::product::Product;
use super::shipping_option::ShippingOption;
use crate::format::{self, MONEY};

pub(crate) struct Cart(pub(super) Arc<carts::Cart>);

impl Loaded for Cart {
    type By = MyCart;

    fn from_loaded(_: &MyCart, cart: Arc<carts::Cart>) -> Self {
        Self(cart)
    }
}

impl Entity for Cart {
    const NAME: &'static str = "Cart";
}

#[expect(clippy::unused_async, reason = "the macro requires it where a field may fail")]
/// Cart of the signed-in customer.
#[Object]
impl Cart {
    /// Id of the cart. Every customer has one.
    async fn id(&self, ctx: &Context<'_>) -> Result<ID, Error> {
        let owner = ctx.required(ctx.scope().principal().user())?;
        Ok(Id::<Self>::new(owner).to_id())
    }

    /// Number of items in the cart: the sum of all quantities.
    #[graphql(directive = reads::apply(["item_count"]))]
    async fn count(&self) -> i32 {
        self.0.item_count
    }

    /// Sum of all line prices without shipping, as localised text. Null for an empty cart, or when
    /// unknown.
    #[graphql(directive = reads::apply(["subtotal", "items"]), directive = bounds::apply(bytes(MONEY)))]
    async fn total(&self, ctx: &Context<'_>) -> Option<String> {
        if self.0.items.is_empty() {
            return None;
        }
        ctx.known(format::price(ctx.scope(), self.0.subtotal.as_ref()))
    }

    /// Products in the cart, in the order they were added, 50 at most.
    #[graphql(directive = reads::apply(["items"]), directive = bounds::apply(items(MAX_ITEMS)))]
    async fn lines(&self) -> Vec<CartLine> {
        self.0.items.iter().cloned().map(CartLine).collect()
    }

    /// The customer's payment methods, the default one first. Empty when they cannot be loaded.
    #[graphql(
        directive = fetches::apply(fetch::<MyPaymentMethods>(["caller"]).or("[]")),
        directive = bounds::apply(items(MAX_METHODS))
    )]
    async fn payment_methods(&self, ctx: &Context<'_>) -> Result<Vec<PaymentMethod>, Error> {
        let methods = ctx.optional(ctx.fetch(MyPaymentMethods).await)?.unwrap_or_default();
        Ok(methods.iter().cloned().map(PaymentMethod).collect())
    }

    /// Shipping options of the whole cart to a country, the cheapest first; empty when there are
    /// none. Null when they cannot be loaded.
    #[graphql(
        directive = fetches::apply(fetch::<ParcelOf>(["parent.items", "argument.country"]).or("null")),
        directive = bounds::apply(items(MAX_OPTIONS))
    )]
    async fn shipping_options(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Country by ISO 3166-1 alpha-2, such as \"FR\".")] country: String,
    ) -> Nullable<Vec<ShippingOption>> {
        let products = self.0.items.iter().map(|item| item.product_id.as_str().into()).collect();
        let options = ctx.fetch(ParcelOf { products, country: country.into() }).await;
        ctx.optional(options.map(|it| it.options.iter().cloned().map(ShippingOption).collect())).transpose()
    }
}

pub(crate) struct CartLine(carts::CartItem);

/// One product in the cart.
#[Object]
impl CartLine {
    /// Quantity of the product, 1 to 20.
    async fn quantity(&self) -> i32 {
        self.0.quantity
    }

    /// Price of all items of the product, as localised text. Null when unknown.
    #[graphql(directive = bounds::apply(bytes(MONEY)))]
    async fn price(&self, ctx: &Context<'_>) -> Option<String> {
        ctx.known(format::price(ctx.scope(), self.0.line_price.as_ref()))
    }

    /// The product. Null when it cannot be loaded.
    #[graphql(directive = fetches::apply(hoist::<Product>(["parent.items"]).or("null")))]
    async fn product(&self) -> Ref<Product> {
        Ref::by(Ok(ProductById(self.0.product_id.as_str().into())))
    }
}
