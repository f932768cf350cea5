//! A cart and an order have one currency each.

use proto::{
    carts::{AddItemRequest, Cart, GetCartRequest},
    common::Money,
    orders::PlaceOrderRequest,
    shipping::{BatchGetShippingOptionsRequest, ShippingOption, ShippingQuery, shipping_result::Outcome},
};
use tonic::{Code, Status};

use crate::{
    imports::{Data, line},
    shop::{Clients, failure, ids, only},
};

/// A customer with a payment method, a cart, and a promotion for loyal customers.
const USER: &str = "user-ada-lindqvist";

#[tokio::test]
async fn a_cart_takes_no_second_currency_and_stays_as_it_was() {
    let data = Data::new();
    data.import(line("A-1", "Tent", "SEK", "1000.00") + &line("A-2", "Stove", "USD", "20.00"));
    let shop = data.serve().await;
    for product in ["a-1", "a-2"] {
        shop.domain.set_stock(product, "lyon", 100).await.unwrap();
    }
    let clients = shop.user("user-new");
    assert_eq!(
        cart(&clients).await.subtotal,
        Some(money("EUR", 0)),
        "an empty cart has the shop's own currency"
    );
    let held = add(&clients, "a-1", 2).await.unwrap();
    assert_eq!(held.subtotal, Some(money("SEK", 2_000)));
    for product in ["a-2", "tent-ridge-2"] {
        let status = add(&clients, product, 1).await.unwrap_err();
        assert_eq!(failure(&status), (Code::FailedPrecondition, "CURRENCY_MISMATCH".to_owned()));
    }
    assert_eq!(cart(&clients).await, held);

    let visitor = shop.visitor("v-1");
    add(&visitor, "tent-ridge-2", 1).await.unwrap();
    let adopted = clients.adopt("adopts-it", "v-1").await.unwrap();
    assert_eq!((&adopted.items, cart(&clients).await), (&held.items, adopted.clone()));
}

#[tokio::test]
async fn goods_are_sent_and_ordered_in_the_currency_they_are_sold_in() {
    let data = Data::new();
    data.import(line("A-1", "Tent", "SEK", "1000.00") + &line("A-2", "Stove", "XTS", "20.00"));
    let shop = data.serve().await;
    shop.domain.set_stock("a-1", "lyon", 100).await.unwrap();
    let clients = shop.user(USER);
    let euros = options(&clients, "tent-ridge-2").await;
    let crowns = options(&clients, "a-1").await;
    assert!(!euros.is_empty() && !crowns.is_empty());
    assert!(euros.iter().all(|option| option.price.as_ref().unwrap().currency_code == "EUR"));
    assert!(crowns.iter().all(|option| option.price.as_ref().unwrap().currency_code == "SEK"));
    assert!(options(&clients, "a-2").await.is_empty(), "there is no tariff in this currency");

    for item in cart(&clients).await.items {
        clients.remove(&format!("remove-{}", item.product_id), &item.product_id).await.unwrap();
    }
    let held = add(&clients, "a-1", 2).await.unwrap();
    let request = PlaceOrderRequest {
        idempotency_key: "an-order-in-crowns".into(),
        payment_method_id: "pay-ada-lindqvist-1".into(),
        shipping_option_id: crowns[0].id.clone(),
        country_code: "FR".into(),
    };
    let order = clients.orders().place_order(request).await.unwrap().into_inner().order.unwrap();
    let total = order.total.unwrap();
    assert_eq!(total, sum(&held.subtotal.unwrap(), crowns[0].price.as_ref().unwrap()));
    assert_eq!(order.items[0].unit_price.as_ref().unwrap().currency_code, "SEK");
}

#[tokio::test]
async fn a_promotion_takes_its_part_of_any_currency() {
    let data = Data::new();
    data.import(line("A-1", "Lantern", "JPY", "1000"));
    let shop = data.serve().await;
    let price = only(shop.user(USER).prices(ids(&["a-1"]), None).await);
    assert_eq!(price.list_price, Some(money("JPY", 1_000)));
    assert_eq!(price.customer_price, Some(money("JPY", 950)), "for a loyal customer");
}

#[tokio::test]
async fn a_product_that_changes_its_currency_leaves_the_carts_it_was_in() {
    let data = Data::new();
    data.import(line("A-1", "Tent", "SEK", "1000.00") + &line("A-2", "Stove", "SEK", "20.00"));
    let shop = data.serve().await;
    for product in ["a-1", "a-2"] {
        shop.domain.set_stock(product, "lyon", 100).await.unwrap();
        add(&shop.user("user-new"), product, 1).await.unwrap();
    }
    shop.stop().await;
    data.import(line("A-1", "Tent", "USD", "100.00") + &line("A-2", "Stove", "SEK", "30.00"));
    let shop = data.serve().await;
    let cart = cart(&shop.user("user-new")).await;
    assert_eq!(cart.items.iter().map(|item| item.product_id.as_str()).collect::<Vec<_>>(), ["a-2"]);
    assert_eq!(cart.subtotal, Some(money("SEK", 30)));
}

async fn cart(clients: &Clients) -> Cart {
    clients.carts().get_cart(GetCartRequest::default()).await.unwrap().into_inner().cart.unwrap()
}

async fn add(clients: &Clients, product: &str, quantity: i32) -> Result<Cart, Status> {
    let request = AddItemRequest {
        idempotency_key: format!("key-to-add-{product}"),
        product_id: product.into(),
        quantity,
    };
    Ok(clients.carts().add_item(request).await?.into_inner().cart.unwrap())
}

async fn options(clients: &Clients, product: &str) -> Vec<ShippingOption> {
    let query = ShippingQuery { product_id: product.into(), country_code: "FR".into() };
    let request = BatchGetShippingOptionsRequest { queries: vec![query], read_mask: None };
    let response = clients.shipping().batch_get_shipping_options(request).await.unwrap().into_inner();
    match response.results.into_iter().next().unwrap().outcome.unwrap() {
        Outcome::Item(options) => options.options,
        Outcome::Error(error) => panic!("{error:?}"),
    }
}

fn money(currency: &str, units: i64) -> Money {
    Money { currency_code: currency.into(), units, nanos: 0 }
}

fn sum(one: &Money, two: &Money) -> Money {
    assert_eq!(one.currency_code, two.currency_code);
    let nanos = one.nanos + two.nanos;
    let units = one.units + two.units + i64::from(nanos / 1_000_000_000);
    Money { units, nanos: nanos % 1_000_000_000, ..one.clone() }
}
