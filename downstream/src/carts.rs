//! The cart of the acting user or visitor.

use std::sync::Arc;

use fetch::{BatchResult, Call, Command, Fetch, Keyed, Rpc, UpstreamError};
use proto::carts::{
    AddItemRequest, AddItemResponse, AdoptCartRequest, AdoptCartResponse, Cart, GetCartRequest,
    GetCartResponse, RemoveItemRequest, RemoveItemResponse, SetQuantityRequest, SetQuantityResponse,
};

use crate::key_error;

/// Maximum number of different products in a cart, and so in an order.
pub const MAX_ITEMS: i32 = 50;

/// The cart of the acting user or visitor.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MyCart;

impl Fetch for MyCart {
    const RPC: Rpc = Rpc::read("shop.carts.v1.CartService/GetCart");
    const MAX_KEYS: usize = 1;
    const READS: &'static [&'static str] = &["item_count"];
    type Value = Arc<Cart>;

    async fn batch(keys: Vec<Self>, call: Call<'_>) -> BatchResult<Self> {
        let request = GetCartRequest { read_mask: call.mask() };
        call.batch(keys, request, |response: GetCartResponse| {
            [(Self, response.cart.map(Arc::new).ok_or_else(key_error::no_outcome))]
        })
        .await
    }
}

/// The key holds no field of the cart, which is identified by the principal alone.
impl Keyed for MyCart {
    const KEY: &'static [&'static str] = &[];

    fn known(&self) -> Arc<Cart> {
        Arc::default()
    }
}

/// Adds items of a product to the cart.
#[derive(Clone, Debug)]
pub struct AddToCart {
    /// Idempotency key: repeating the command with the same key changes nothing more.
    pub idempotency_key: String,
    /// The product.
    pub product: Arc<str>,
    /// Quantity to add, 1 to 20.
    pub quantity: i32,
}

impl Command for AddToCart {
    const RPC: Rpc = Rpc::idempotent_write("shop.carts.v1.CartService/AddItem");
    type Value = Arc<Cart>;

    async fn send(self, call: Call<'_>) -> Result<Self::Value, UpstreamError> {
        let Self { idempotency_key, product, quantity } = self;
        let request = AddItemRequest { idempotency_key, product_id: product.to_string(), quantity };
        let response: AddItemResponse = call.unary(request).await?;
        response.cart.map(Arc::new).ok_or_else(key_error::no_outcome)
    }
}

/// Sets the quantity of a product in the cart.
#[derive(Clone, Debug)]
pub struct SetCartQuantity {
    /// Idempotency key: repeating the command with the same key changes nothing more.
    pub idempotency_key: String,
    /// The product.
    pub product: Arc<str>,
    /// New quantity, 1 to 20.
    pub quantity: i32,
}

impl Command for SetCartQuantity {
    const RPC: Rpc = Rpc::idempotent_write("shop.carts.v1.CartService/SetQuantity");
    type Value = Arc<Cart>;

    async fn send(self, call: Call<'_>) -> Result<Self::Value, UpstreamError> {
        let Self { idempotency_key, product, quantity } = self;
        let request = SetQuantityRequest { idempotency_key, product_id: product.to_string(), quantity };
        let response: SetQuantityResponse = call.unary(request).await?;
        response.cart.map(Arc::new).ok_or_else(key_error::no_outcome)
    }
}

/// Removes a product from the cart.
#[derive(Clone, Debug)]
pub struct RemoveFromCart {
    /// Idempotency key: repeating the command with the same key changes nothing more.
    pub idempotency_key: String,
    /// The product.
    pub product: Arc<str>,
}

impl Command for RemoveFromCart {
    const RPC: Rpc = Rpc::idempotent_write("shop.carts.v1.CartService/RemoveItem");
    type Value = Arc<Cart>;

    async fn send(self, call: Call<'_>) -> Result<Self::Value, UpstreamError> {
        let Self { idempotency_key, product } = self;
        let request = RemoveItemRequest { idempotency_key, product_id: product.to_string() };
        let response: RemoveItemResponse = call.unary(request).await?;
        response.cart.map(Arc::new).ok_or_else(key_error::no_outcome)
    }
}

/// Moves what a visitor has put into their cart into that of the acting user.
#[derive(Clone, Debug)]
pub struct AdoptCart {
    /// Idempotency key: repeating the command with the same key changes nothing more.
    pub idempotency_key: String,
    /// The visitor that the user was before signing in; `None` if they were none, which changes nothing.
    pub visitor: Option<String>,
}

impl Command for AdoptCart {
    const RPC: Rpc = Rpc::idempotent_write("shop.carts.v1.CartService/AdoptCart");
    type Value = Arc<Cart>;

    async fn send(self, call: Call<'_>) -> Result<Self::Value, UpstreamError> {
        let Self { idempotency_key, visitor } = self;
        let request = AdoptCartRequest { idempotency_key, visitor_id: visitor.unwrap_or_default() };
        let response: AdoptCartResponse = call.unary(request).await?;
        response.cart.map(Arc::new).ok_or_else(key_error::no_outcome)
    }
}
