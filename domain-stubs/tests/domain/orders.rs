//! An order is placed once, at the prices of that moment, or not at all.

use std::collections::BTreeSet;

use proto::{
    carts::Cart,
    orders::{ListOrdersRequest, Order, OrderState, PlaceOrderRequest},
    shipping::ShippingQuery,
};
use tonic::Code;

use crate::shop::{
    ADA, Authorisation, Clients, Ledger, PRODUCT, Shop, cents, failure, ids, mask, now, only, order_by,
    reasons, violations,
};

const ZOE: &str = "user-zoe-marchetti";

#[tokio::test]
async fn what_is_in_the_cart_is_bought_at_its_price_and_the_shipping_of_the_dearest() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shop.db");
    let shop = Shop::open_file(&file).await;
    let clients = shop.user(ADA);
    let cart = clients.cart().await;
    let before = stocks(&clients, &cart).await;
    let order = clients.place(order_by(ADA, "first-key")).await.unwrap();

    assert_eq!(order.state(), OrderState::Placed);
    assert_eq!((order.shipping_option_id.as_str(), order.country_code.as_str()), ("standard", "FR"));
    assert_eq!(order.create_time.unwrap().seconds, now().as_second());
    assert_eq!(order.update_time, order.create_time);
    let bought = order.items.iter().map(|it| (&it.product_id, it.quantity, &it.unit_price, &it.line_price));
    let wanted = cart.items.iter().map(|it| (&it.product_id, it.quantity, &it.unit_price, &it.line_price));
    assert_eq!(bought.collect::<Vec<_>>(), wanted.collect::<Vec<_>>());
    let shipping = dearest(&clients, &cart).await;
    let total = cents(cart.subtotal.as_ref()) + shipping;
    assert_eq!(cents(order.total.as_ref()), total);
    assert_eq!(clients.order(&order.id).await, order);
    assert_eq!(clients.list_orders(ListOrdersRequest::default()).await.unwrap().orders[0], order);

    assert_eq!(clients.cart().await.items, [], "the cart is empty");
    for (item, before) in cart.items.iter().zip(before) {
        let after = clients.stock(&item.product_id).await.total_quantity;
        assert_eq!(after, before - i64::from(item.quantity), "{}", item.product_id);
    }
    let authorisation =
        Authorisation { method: order.payment_method_id.clone(), cents: total, released: false };
    assert_eq!(Ledger::open(&file).authorisations().get(&order.id), Some(&authorisation));
}

#[tokio::test]
async fn what_cannot_be_ordered_leaves_the_cart_the_shelves_and_the_key_alone() {
    use Code::{FailedPrecondition, InvalidArgument};

    let shop = Shop::open().await;
    let clients = shop.user(ADA);
    let cart = clients.cart().await;
    let before = stocks(&clients, &cart).await;
    let good = order_by(ADA, "first-key");
    let failing = [
        (PlaceOrderRequest { country_code: "XX".into(), ..good.clone() }, InvalidArgument, "COUNTRY_INVALID"),
        (PlaceOrderRequest { country_code: "fr".into(), ..good.clone() }, InvalidArgument, "COUNTRY_INVALID"),
        (
            PlaceOrderRequest { country_code: "JP".into(), ..good.clone() },
            FailedPrecondition,
            "SHIPPING_NOT_AVAILABLE",
        ),
        (
            PlaceOrderRequest { shipping_option_id: "balloon".into(), ..good.clone() },
            FailedPrecondition,
            "SHIPPING_NOT_AVAILABLE",
        ),
        (
            PlaceOrderRequest {
                shipping_option_id: "pickup".into(),
                country_code: "ES".into(),
                ..good.clone()
            },
            FailedPrecondition,
            "SHIPPING_NOT_AVAILABLE",
        ),
        (
            PlaceOrderRequest { payment_method_id: "nope".into(), ..good.clone() },
            FailedPrecondition,
            "PAYMENT_METHOD_NOT_FOUND",
        ),
        (
            PlaceOrderRequest { idempotency_key: "7 chars".into(), ..good.clone() },
            InvalidArgument,
            "IDEMPOTENCY_KEY_INVALID",
        ),
    ];
    for (request, code, reason) in failing {
        let status = clients.place(request).await.unwrap_err();
        assert_eq!(failure(&status), (code, reason.into()));
    }
    assert_eq!(clients.cart().await, cart);
    assert_eq!(stocks(&clients, &cart).await, before);
    clients.place(good).await.unwrap();
    let status = clients.place(order_by(ADA, "second-key")).await.unwrap_err();
    assert_eq!(failure(&status), (FailedPrecondition, "CART_EMPTY".into()));
}

#[tokio::test]
async fn what_was_sold_to_somebody_else_meanwhile_cannot_be_ordered() {
    let shop = Shop::open().await;
    let (ada, zoe) = (shop.user(ADA), shop.user(ZOE));
    only_in_cart(&zoe, 1).await;
    for warehouse in shop.anybody().stock(PRODUCT).await.warehouses {
        shop.domain.set_stock(PRODUCT, &warehouse.warehouse_id, 0).await.unwrap();
    }
    shop.domain.set_stock(PRODUCT, "lyon", 1).await.unwrap();
    ada.add("first-key", PRODUCT, 1).await.unwrap();
    let cart = ada.cart().await;
    let others = stocks(&ada, &cart).await;

    zoe.place(order_by(ZOE, "first-key")).await.unwrap();
    let status = ada.place(order_by(ADA, "first-key")).await.unwrap_err();
    assert_eq!(failure(&status), (Code::FailedPrecondition, "OUT_OF_STOCK".into()));
    assert_eq!(ada.cart().await, cart);
    let left: Vec<_> = others[..3].iter().copied().chain([0]).collect();
    assert_eq!(stocks(&ada, &cart).await, left, "what was there of the rest is there still");
}

#[tokio::test]
async fn of_many_who_want_the_last_one_a_single_one_gets_it() {
    let shop = Shop::open().await;
    let users = [ADA, ZOE, "user-lukasz-wrona", "user-nuria-pascual", "user-emile-dufresne"];
    for user in users {
        only_in_cart(&shop.user(user), 1).await;
    }
    for warehouse in shop.anybody().stock(PRODUCT).await.warehouses {
        shop.domain.set_stock(PRODUCT, &warehouse.warehouse_id, 0).await.unwrap();
    }
    shop.domain.set_stock(PRODUCT, "lyon", 1).await.unwrap();
    let clients = users.map(|user| (user, shop.user(user)));
    let calls = clients.iter().map(|(user, clients)| clients.place(order_by(user, "first-key")));
    let outcomes = futures_util::future::join_all(calls).await;
    let (placed, declined): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    assert_eq!((placed.len(), declined.len()), (1, 4));
    for status in declined {
        let failure = failure(&status.unwrap_err());
        assert_eq!(failure, (Code::FailedPrecondition, "OUT_OF_STOCK".into()));
    }
}

#[tokio::test]
async fn the_same_key_gives_the_same_response_and_other_content_is_rejected() {
    let shop = Shop::open().await;
    let clients = shop.user(ADA);
    let request = order_by(ADA, "first-key");
    let order = clients.place(request.clone()).await.unwrap();
    shop.domain.advance_order(&order.id).await.unwrap();
    assert_eq!(clients.place(request.clone()).await.unwrap(), order, "as it was placed");
    clients.add("another-key", PRODUCT, 1).await.unwrap();
    assert_eq!(clients.place(request.clone()).await.unwrap(), order);
    assert_eq!(clients.cart().await.item_count, 1, "nothing is ordered again");
    let other = PlaceOrderRequest { country_code: "DE".into(), ..request };
    let status = clients.place(other).await.unwrap_err();
    assert_eq!(failure(&status), (Code::AlreadyExists, "IDEMPOTENCY_KEY_REUSED".into()));
    only_in_cart(&shop.user(ZOE), 1).await;
    let hers = shop.user(ZOE).place(order_by(ZOE, "first-key")).await.unwrap();
    assert_ne!(hers.id, order.id, "the key of another user is another key");
}

#[tokio::test]
async fn walking_all_orders_meets_each_once_newest_first_whatever_the_size_of_the_pages() {
    let shop = Shop::open().await;
    let clients = shop.user(ADA);
    // All are placed at the same time, so that only their numbers show which is newer.
    for number in 0..4 {
        clients.add(&format!("the-key-{number}"), PRODUCT, 1).await.unwrap();
        clients.place(order_by(ADA, &format!("the-key-{number}"))).await.unwrap();
    }
    let whole = clients.list_orders(ListOrdersRequest { page_size: 50, ..Default::default() }).await.unwrap();
    assert_eq!((whole.orders.len(), whole.total_size, whole.next_page_token.as_str()), (10, 10, ""));
    let place = |order: &Order| (order.create_time.unwrap().seconds, order.id.clone());
    assert!(whole.orders.is_sorted_by(|a, b| place(a) > place(b)));
    for page_size in [1, 2, 3, 7, 9, 10, 11] {
        let (mut met, mut page_token) = (Vec::new(), String::new());
        loop {
            let page = clients.list_orders(ListOrdersRequest { page_size, page_token, ..Default::default() });
            let page = page.await.unwrap();
            assert_eq!(page.total_size, 10);
            met.extend(page.orders);
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        assert_eq!(met, whole.orders, "pages of {page_size}");
    }
    let skipped = ListOrdersRequest { page_size: 2, skip: 3, ..Default::default() };
    assert_eq!(clients.list_orders(skipped).await.unwrap().orders, whole.orders[3..5]);
}

#[tokio::test]
async fn a_page_has_ten_orders_unless_requested_otherwise_and_never_more_than_fifty() {
    let shop = Shop::open().await;
    let clients = shop.user(ADA);
    shop.domain.set_stock(PRODUCT, "lyon", 1_000).await.unwrap();
    for number in 0..50 {
        clients.add(&format!("the-key-{number}"), PRODUCT, 1).await.unwrap();
        clients.place(order_by(ADA, &format!("the-key-{number}"))).await.unwrap();
    }
    for (page_size, expected) in [(0, 10), (1, 1), (50, 50), (51, 50), (i32::MAX, 50)] {
        let request = ListOrdersRequest { page_size, ..Default::default() };
        assert_eq!(clients.list_orders(request).await.unwrap().orders.len(), expected);
    }
    for (page_size, skip, field) in [(-1, 0, "page_size"), (0, -1, "skip")] {
        let request = ListOrdersRequest { page_size, skip, ..Default::default() };
        let status = clients.list_orders(request).await.unwrap_err();
        assert_eq!(failure(&status), (Code::InvalidArgument, "PAGE_SIZE_INVALID".into()));
        assert_eq!(violations(&status), [field]);
    }
}

#[tokio::test]
async fn an_order_is_its_owners_alone() {
    let shop = Shop::open().await;
    let request = ListOrdersRequest { page_size: 2, ..Default::default() };
    let hers = shop.user(ADA).list_orders(request).await.unwrap();
    let requested = vec![hers.orders[0].id.clone()];
    let outcomes = reasons(shop.user(ZOE).orders_by_id(requested.clone(), None).await.unwrap());
    assert_eq!(outcomes, [(requested[0].clone(), "ORDER_NOT_FOUND".to_owned())]);
    let zoes =
        shop.user(ZOE).list_orders(ListOrdersRequest { page_size: 50, ..Default::default() }).await.unwrap();
    let zoes: BTreeSet<_> = zoes.orders.into_iter().map(|order| order.id).collect();
    assert!(hers.orders.iter().all(|order| !zoes.contains(&order.id)));
    let request = ListOrdersRequest { page_token: hers.next_page_token, ..Default::default() };
    let status = shop.user(ZOE).list_orders(request).await.unwrap_err();
    assert_eq!(failure(&status), (Code::InvalidArgument, "PAGE_TOKEN_INVALID".into()));
    for clients in [shop.anybody(), shop.device(ADA)] {
        let statuses = [
            clients.list_orders(ListOrdersRequest::default()).await.unwrap_err(),
            clients.orders_by_id(requested.clone(), None).await.unwrap_err(),
            clients.place(order_by(ADA, "first-key")).await.unwrap_err(),
        ];
        for status in statuses {
            assert_eq!(failure(&status), (Code::Unauthenticated, "USER_REQUIRED".into()));
        }
    }
}

#[tokio::test]
async fn whatever_names_no_order_is_not_found_and_fails_alone() {
    let shop = Shop::open().await;
    let clients = shop.user(ADA);
    let order = clients.list_orders(ListOrdersRequest::default()).await.unwrap().orders.remove(0).id;
    let number = order.trim_start_matches("order-0");
    let requested = ["", "order-", "order-999999", "order--00001", "nope", "order-99999999999999999999"];
    let requested: Vec<_> = ids(&requested)
        .into_iter()
        .chain([format!("order-{number}"), format!("order-00{number}"), order.to_uppercase(), order.clone()])
        .collect();
    let outcomes = reasons(clients.orders_by_id(requested.clone(), None).await.unwrap());
    let expected = requested.into_iter().map(|id| {
        let reason = if id == order { "" } else { "ORDER_NOT_FOUND" };
        (id, reason.to_owned())
    });
    assert_eq!(outcomes, expected.collect::<Vec<_>>());
}

#[tokio::test]
async fn a_mask_leaves_the_identifier_and_what_it_names() {
    let shop = Shop::open().await;
    let clients = shop.user(ADA);
    let request = ListOrdersRequest { read_mask: Some(mask(&["total.units"])), ..Default::default() };
    let masked = clients.list_orders(request).await.unwrap().orders;
    let whole = clients.list_orders(ListOrdersRequest::default()).await.unwrap().orders;
    for (masked, full) in masked.into_iter().zip(whole) {
        let total = proto::common::Money { units: full.total.unwrap().units, ..Default::default() };
        assert_eq!(masked, Order { id: full.id, total: Some(total), ..Order::default() });
    }
}

/// Leaves only this quantity of the product in a cart.
async fn only_in_cart(clients: &Clients, quantity: i32) {
    for item in clients.cart().await.items {
        clients.remove(&format!("out-with-{}", item.product_id), &item.product_id).await.unwrap();
    }
    clients.add("in-with-it", PRODUCT, quantity).await.unwrap();
}

/// The stock of each product of a cart.
async fn stocks(clients: &Clients, cart: &Cart) -> Vec<i64> {
    let requested = cart.items.iter().map(|item| item.product_id.clone()).collect();
    let stocks = clients.stocks(requested, None).await.unwrap();
    stocks.into_iter().map(|(_, stock)| stock.unwrap().total_quantity).collect()
}

/// The highest price of standard shipping to France among the products of a cart, in cents.
async fn dearest(clients: &Clients, cart: &Cart) -> i64 {
    let mut dearest = 0;
    for item in &cart.items {
        let query = ShippingQuery { product_id: item.product_id.clone(), country_code: "FR".into() };
        let options = only(clients.shipping_options(vec![query], None).await).options;
        let standard = options.iter().find(|option| option.id == "standard").unwrap();
        dearest = dearest.max(cents(standard.price.as_ref()));
    }
    dearest
}
