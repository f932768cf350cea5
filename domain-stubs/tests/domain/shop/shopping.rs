//! Actions of a customer: to fill a cart, and to order its items.

use proto::{
    carts::{AddItemRequest, AdoptCartRequest, Cart, GetCartRequest, RemoveItemRequest, SetQuantityRequest},
    common::Money,
    orders::{ListOrdersRequest, ListOrdersResponse, Order, PlaceOrderRequest},
};
use tonic::Status;

use super::Clients;

impl Clients {
    /// The whole cart.
    pub(crate) async fn cart(&self) -> Cart {
        self.carts().get_cart(GetCartRequest::default()).await.unwrap().into_inner().cart.unwrap()
    }

    pub(crate) async fn add(&self, key: &str, product: &str, quantity: i32) -> Result<Cart, Status> {
        let request = AddItemRequest { idempotency_key: key.into(), product_id: product.into(), quantity };
        Ok(self.carts().add_item(request).await?.into_inner().cart.unwrap())
    }

    pub(crate) async fn set_quantity(&self, key: &str, product: &str, quantity: i32) -> Result<Cart, Status> {
        let request =
            SetQuantityRequest { idempotency_key: key.into(), product_id: product.into(), quantity };
        Ok(self.carts().set_quantity(request).await?.into_inner().cart.unwrap())
    }

    pub(crate) async fn remove(&self, key: &str, product: &str) -> Result<Cart, Status> {
        let request = RemoveItemRequest { idempotency_key: key.into(), product_id: product.into() };
        Ok(self.carts().remove_item(request).await?.into_inner().cart.unwrap())
    }

    pub(crate) async fn adopt(&self, key: &str, visitor: &str) -> Result<Cart, Status> {
        let request = AdoptCartRequest { idempotency_key: key.into(), visitor_id: visitor.into() };
        Ok(self.carts().adopt_cart(request).await?.into_inner().cart.unwrap())
    }

    pub(crate) async fn place(&self, request: PlaceOrderRequest) -> Result<Order, Status> {
        Ok(self.orders().place_order(request).await?.into_inner().order.unwrap())
    }

    pub(crate) async fn list_orders(&self, request: ListOrdersRequest) -> Result<ListOrdersResponse, Status> {
        Ok(self.orders().list_orders(request).await?.into_inner())
    }
}

/// A request of a user to order the cart, paid with the user's first method and sent to France.
pub(crate) fn order_by(user: &str, key: &str) -> PlaceOrderRequest {
    PlaceOrderRequest {
        idempotency_key: key.into(),
        payment_method_id: format!("pay-{}-1", user.trim_start_matches("user-")),
        shipping_option_id: "standard".into(),
        country_code: "FR".into(),
    }
}

/// An amount in euros, which must be present, in cents.
pub(crate) fn cents(money: Option<&Money>) -> i64 {
    let money = money.unwrap();
    assert_eq!((money.currency_code.as_str(), money.nanos % 10_000_000), ("EUR", 0));
    money.units * 100 + i64::from(money.nanos / 10_000_000)
}
