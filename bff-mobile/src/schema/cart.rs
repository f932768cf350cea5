//! The cart screen.

use std::sync::Arc;

use async_graphql::ID;
use bff_kit::{Id, Reading, Ref, object, user};
use downstream::carts::{MAX_ITEMS, MyCart};
use downstream::catalog::ProductById;
use downstream::payments::{MAX_METHODS, MyPaymentMethods};
use downstream::shipping::{MAX_OPTIONS, ParcelOf};
use downstream::{CartId, ProductId};
use proto::carts::{self, CartItem};
use proto::common::Money;

use super::payment_method::PaymentMethod;
use super::product::Product;
use super::shipping_option::ShippingOption;
use crate::format::{self, MONEY};

/// Cart of the signed-in customer.
#[object(carts::Cart, by = MyCart, id = CartId)]
pub(crate) struct Cart {
    /// Id of the cart. Every customer has one.
    #[read(known = id(ctx))]
    id: ID,
    /// Number of items in the cart: the sum of all quantities.
    #[read(item_count)]
    count: i32,
    /// Sum of all line prices without shipping, as localised text. Null for an empty cart, or when
    /// unknown.
    #[read(with = total(ctx, subtotal, items), bytes = MONEY)]
    total: Option<String>,
    /// Products in the cart, in the order they were added, 50 at most.
    #[read(items, most = MAX_ITEMS)]
    lines: Vec<CartLine>,
    /// The customer's payment methods, the default one first. Empty when they cannot be loaded.
    #[fetch(MyPaymentMethods, take = payment_methods, or = [], most = MAX_METHODS)]
    payment_methods: Vec<PaymentMethod>,
    /// Shipping options of the whole cart to a country, the cheapest first; empty when there are
    /// none. Null when they cannot be loaded.
    #[fetch(
        ParcelOf { product_ids: products(self.items), country_code: country },
        take = options, or = null, most = MAX_OPTIONS
    )]
    #[arg(country: String, "Country by ISO 3166-1 alpha-2, such as \"FR\".")]
    shipping_options: Vec<ShippingOption>,
}

fn id(ctx: &impl Reading) -> Option<ID> {
    user(ctx).map(|owner| Id::<Cart>::of(&owner))
}

fn total(ctx: &impl Reading, subtotal: Option<&Money>, items: &[CartItem]) -> Option<String> {
    if items.is_empty() { None } else { ctx.known(format::price(ctx, subtotal)) }
}

fn products(items: &[CartItem]) -> Arc<[ProductId]> {
    items.iter().map(|item| item.product_id.as_str().into()).collect()
}

/// One product in the cart.
#[object(CartItem, part_of = items)]
pub(crate) struct CartLine {
    /// Quantity of the product, 1 to 20.
    #[read(quantity)]
    quantity: i32,
    /// Price of all items of the product, as localised text. Null when unknown.
    #[read(known = format::price(ctx, line_price), bytes = MONEY)]
    price: Option<String>,
    /// The product. Null when it cannot be loaded.
    #[fetch(ProductById(self.product_id), or = null)]
    product: Ref<Product>,
}
