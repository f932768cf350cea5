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

#[expect(clippy::unused_async, reason = "the macro asks for it where a field may fail")]
/// What you are about to buy.
#[Object]
impl Cart {
    /// Id of the cart. Everybody has one.
    async fn id(&self, ctx: &Context<'_>) -> Result<ID, Error> {
        let owner = ctx.required(ctx.scope().principal().user())?;
        Ok(Id::<Self>::new(owner).to_id())
    }

    /// Number of things in it, quantities counted.
    #[graphql(directive = reads::apply(["item_count"]))]
    async fn count(&self) -> i32 {
        self.0.item_count
    }

    /// What all of it costs, as text. Null for an empty cart, or when that is not known.
    #[graphql(directive = reads::apply(["subtotal", "items"]), directive = bounds::apply(bytes(MONEY)))]
    async fn total(&self, ctx: &Context<'_>) -> Option<String> {
        if self.0.items.is_empty() {
            return None;
        }
        ctx.known(format::price(ctx.scope(), self.0.subtotal.as_ref()))
    }

    /// What is in it, in the order it was put there.
    #[graphql(directive = reads::apply(["items"]), directive = bounds::apply(items(MAX_ITEMS)))]
    async fn lines(&self) -> Vec<CartLine> {
        self.0.items.iter().cloned().map(CartLine).collect()
    }

    /// What you can pay with, the default one first. Empty when that is not known right now.
    #[graphql(
        directive = fetches::apply(fetch::<MyPaymentMethods>(["caller"]).or("[]")),
        directive = bounds::apply(items(MAX_METHODS))
    )]
    async fn payment_methods(&self, ctx: &Context<'_>) -> Result<Vec<PaymentMethod>, Error> {
        let methods = ctx.optional(ctx.fetch(MyPaymentMethods).await)?.unwrap_or_default();
        Ok(methods.iter().cloned().map(PaymentMethod).collect())
    }

    /// How all of it can be sent to a country, the cheapest way first; empty when it cannot be. Null when that is not
    /// known right now.
    #[graphql(
        directive = fetches::apply(fetch::<ParcelOf>(["parent.items", "argument.country"]).or("null")),
        directive = bounds::apply(items(MAX_OPTIONS))
    )]
    async fn shipping_options(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Country by ISO 3166-1, such as \"FR\".")] country: String,
    ) -> Nullable<Vec<ShippingOption>> {
        let products = self.0.items.iter().map(|item| item.product_id.as_str().into()).collect();
        let options = ctx.fetch(ParcelOf { products, country: country.into() }).await;
        ctx.optional(options.map(|it| it.options.iter().cloned().map(ShippingOption).collect())).transpose()
    }
}

pub(crate) struct CartLine(carts::CartItem);

/// One product in your cart.
#[Object]
impl CartLine {
    /// How many of it.
    async fn quantity(&self) -> i32 {
        self.0.quantity
    }

    /// What all of it costs, as text. Null when that is not known.
    #[graphql(directive = bounds::apply(bytes(MONEY)))]
    async fn price(&self, ctx: &Context<'_>) -> Option<String> {
        ctx.known(format::price(ctx.scope(), self.0.line_price.as_ref()))
    }

    /// The product. Null when it is not to be had right now.
    #[graphql(directive = fetches::apply(hoist::<Product>(["parent.items"]).or("null")))]
    async fn product(&self) -> Ref<Product> {
        Ref::by(Ok(ProductById(self.0.product_id.as_str().into())))
    }
}
