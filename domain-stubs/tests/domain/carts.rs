//! A cart takes products that are in stock, and has current prices.

use proto::{
    carts::{Cart, GetCartRequest},
    pricing::Price,
};
use tonic::{Code, Status};

use crate::shop::{ADA, Clients, NEW, PRODUCT, Shop, cents, failure, ids, mask, now, only, violations};

const OTHER: &str = "tarp-silnylon-3";

#[tokio::test]
async fn everybody_has_a_cart_which_is_empty_at_first() {
    let shop = Shop::open().await;
    let cart = shop.user(NEW).cart().await;
    assert_eq!((cart.items.len(), cart.item_count, cart.update_time), (0, 0, None));
    assert_eq!(cents(cart.subtotal.as_ref()), 0);
}

#[tokio::test]
async fn products_stand_in_the_order_they_were_put_there_and_are_summed_up() {
    let shop = Shop::open().await;
    let clients = shop.user(NEW);
    clients.add("first-key", PRODUCT, 2).await.unwrap();
    clients.add("second-key", OTHER, 3).await.unwrap();
    let cart = clients.add("third-key", PRODUCT, 1).await.unwrap();
    assert_eq!(quantities(&cart), [(PRODUCT, 3), (OTHER, 3)]);
    assert_eq!(cart.item_count, 6);
    let lines: Vec<_> = cart.items.iter().map(|item| cents(item.line_price.as_ref())).collect();
    let units = cart.items.iter().map(|item| 3 * cents(item.unit_price.as_ref()));
    assert_eq!(lines, units.collect::<Vec<_>>());
    assert_eq!(cents(cart.subtotal.as_ref()), lines.iter().sum::<i64>());
    assert_eq!(cart.update_time.unwrap().seconds, now().as_second());
    assert_eq!(clients.cart().await, cart);
}

#[tokio::test]
async fn each_customer_sees_the_own_price() {
    let shop = Shop::open().await;
    for user in [ADA, NEW] {
        let clients = shop.user(user);
        let cart = clients.add("first-key", PRODUCT, 1).await.unwrap();
        let price = only(clients.prices(ids(&[PRODUCT]), None).await);
        let unit = &cart.items.iter().find(|item| item.product_id == PRODUCT).unwrap().unit_price;
        assert_eq!(unit, &price.customer_price);
        assert_eq!(unit == &price.list_price, user == NEW, "Ada alone is rewarded for her loyalty");
    }
}

#[tokio::test]
async fn a_cart_costs_more_when_a_promotion_has_ended() {
    let (shop, clock) = Shop::with_clock().await;
    let clients = shop.user(NEW);
    let price = promoted(&clients).await;
    let cart = clients.add("first-key", &price.product_id, 2).await.unwrap();
    assert_eq!(cents(cart.subtotal.as_ref()), 2 * cents(price.customer_price.as_ref()));
    let end = price.promotions[0].end_time.unwrap().seconds;
    clock.set(end - 1);
    assert_eq!(clients.cart().await, cart);
    clock.set(end);
    let later = clients.cart().await;
    assert_eq!(cents(later.subtotal.as_ref()), 2 * cents(price.list_price.as_ref()));
    assert_eq!(later.update_time, cart.update_time, "the cart itself has not changed");
}

#[tokio::test]
async fn a_cart_holds_one_to_twenty_of_a_product() {
    let shop = Shop::open().await;
    let clients = shop.user(NEW);
    shop.domain.set_stock(PRODUCT, "lyon", 1_000).await.unwrap();
    clients.add("some-key", PRODUCT, 5).await.unwrap();
    for quantity in [0, -1, 21, i32::MIN, i32::MAX] {
        let statuses = [
            clients.add("first-key", PRODUCT, quantity).await.unwrap_err(),
            clients.set_quantity("first-key", PRODUCT, quantity).await.unwrap_err(),
        ];
        for status in statuses {
            assert_eq!(failure(&status), (Code::InvalidArgument, "QUANTITY_INVALID".into()), "{quantity}");
            assert_eq!(violations(&status), ["quantity"]);
        }
    }
    let status = clients.add("first-key", PRODUCT, 16).await.unwrap_err();
    assert_eq!(failure(&status), (Code::FailedPrecondition, "QUANTITY_LIMIT".into()));
    assert_eq!(clients.add("first-key", PRODUCT, 15).await.unwrap().item_count, 20);
    assert_eq!(clients.set_quantity("first-key", PRODUCT, 1).await.unwrap().item_count, 1);
}

#[tokio::test]
async fn a_cart_holds_fifty_different_products() {
    let shop = Shop::open().await;
    let clients = shop.user(NEW);
    let mut products = clients.all_products(&["id"]).await.into_iter();
    for product in products.by_ref().take(50) {
        stock(&shop, &product.id, 5).await;
        clients.add(&format!("add-{}", product.id), &product.id, 1).await.unwrap();
    }
    let (one_more, held) = (products.next().unwrap().id, clients.cart().await.items[0].product_id.clone());
    stock(&shop, &one_more, 5).await;
    let status = clients.add("one-too-many", &one_more, 1).await.unwrap_err();
    assert_eq!(failure(&status), (Code::FailedPrecondition, "CART_FULL".into()));
    assert_eq!(clients.add("more-of-one", &held, 1).await.unwrap().item_count, 51);
}

#[tokio::test]
async fn what_is_out_of_stock_is_declined_and_leaves_the_cart_and_the_key_alone() {
    let shop = Shop::open().await;
    let clients = shop.user(NEW);
    stock(&shop, PRODUCT, 3).await;
    clients.add("first-key", PRODUCT, 2).await.unwrap();
    let before = clients.cart().await;
    let statuses = [
        clients.add("second-key", PRODUCT, 2).await.unwrap_err(),
        clients.set_quantity("second-key", PRODUCT, 4).await.unwrap_err(),
    ];
    for status in statuses {
        assert_eq!(failure(&status), (Code::FailedPrecondition, "OUT_OF_STOCK".into()));
    }
    assert_eq!(clients.cart().await, before);
    assert_eq!(clients.add("second-key", PRODUCT, 1).await.unwrap().item_count, 3);
    stock(&shop, PRODUCT, 0).await;
    assert_eq!(clients.cart().await.item_count, 3, "what is in the cart stays there");
}

#[tokio::test]
async fn a_quantity_is_set_of_what_is_in_the_cart_alone() {
    let shop = Shop::open().await;
    let clients = shop.user(NEW);
    clients.add("first-key", PRODUCT, 2).await.unwrap();
    let status = clients.set_quantity("second-key", OTHER, 1).await.unwrap_err();
    assert_eq!(failure(&status), (Code::NotFound, "ITEM_NOT_FOUND".into()));
    let cart = clients.set_quantity("second-key", PRODUCT, 7).await.unwrap();
    assert_eq!(quantities(&cart), [(PRODUCT, 7)]);
}

#[tokio::test]
async fn an_unknown_product_is_not_found() {
    let shop = Shop::open().await;
    let clients = shop.user(NEW);
    for product in ["", "nope", "Tent-Ridge-2"] {
        let statuses = [
            clients.add("first-key", product, 1).await.unwrap_err(),
            clients.set_quantity("first-key", product, 1).await.unwrap_err(),
        ];
        for status in statuses {
            assert_eq!(failure(&status), (Code::NotFound, "PRODUCT_NOT_FOUND".into()));
        }
    }
}

#[tokio::test]
async fn removing_takes_a_product_out_and_nothing_else_changes_the_cart() {
    let (shop, clock) = Shop::with_clock().await;
    let clients = shop.user(NEW);
    assert_eq!(clients.remove("key-of-nothing", PRODUCT).await.unwrap().update_time, None);
    let before = clients.add("first-key", PRODUCT, 2).await.unwrap();
    let later = now().as_second() + 5;
    clock.set(later);
    for (number, product) in [OTHER, "nope", ""].into_iter().enumerate() {
        let cart = clients.remove(&format!("the-key-{number}"), product).await.unwrap();
        assert_eq!(cart, before, "{product:?} is not in the cart");
    }
    let cart = clients.remove("second-key", PRODUCT).await.unwrap();
    assert_eq!((cart.items.len(), cart.update_time.unwrap().seconds), (0, later));
}

#[tokio::test]
async fn the_same_key_gives_the_same_response_and_other_content_is_rejected() {
    let (shop, clock) = Shop::with_clock().await;
    let clients = shop.user(NEW);
    let added = clients.add("first-key", PRODUCT, 2).await.unwrap();
    clock.set(now().as_second() + 1);
    assert_eq!(clients.add("first-key", PRODUCT, 2).await.unwrap(), added);
    assert_eq!(clients.cart().await.item_count, 2, "it is added once");
    // A key belongs to one method and one user.
    let set = clients.set_quantity("first-key", PRODUCT, 9).await.unwrap();
    let removed = clients.remove("first-key", PRODUCT).await.unwrap();
    assert_eq!(shop.user(ADA).add("first-key", PRODUCT, 1).await.unwrap().item_count, 5);
    assert_eq!(clients.set_quantity("first-key", PRODUCT, 9).await.unwrap(), set);
    assert_eq!(clients.remove("first-key", PRODUCT).await.unwrap(), removed);
    assert_eq!(clients.cart().await.item_count, 0, "nothing is done again");
    let statuses = [
        clients.add("first-key", PRODUCT, 3).await.unwrap_err(),
        clients.set_quantity("first-key", OTHER, 9).await.unwrap_err(),
        clients.remove("first-key", OTHER).await.unwrap_err(),
    ];
    for status in statuses {
        assert_eq!(failure(&status), (Code::AlreadyExists, "IDEMPOTENCY_KEY_REUSED".into()));
    }
    for key in ["", "7 chars", &"ü".repeat(65)] {
        let status = clients.add(key, PRODUCT, 1).await.unwrap_err();
        assert_eq!(failure(&status), (Code::InvalidArgument, "IDEMPOTENCY_KEY_INVALID".into()));
    }
    clients.add(&"ü".repeat(64), PRODUCT, 1).await.unwrap();
}

#[tokio::test]
async fn a_mask_returns_what_it_names_and_no_more() {
    let shop = Shop::open().await;
    let clients = shop.user(ADA);
    let whole = clients.cart().await;
    let request = GetCartRequest { read_mask: Some(mask(&["subtotal"])) };
    let masked = clients.carts().get_cart(request).await.unwrap().into_inner().cart;
    assert_eq!(masked, Some(Cart { subtotal: whole.subtotal, ..Cart::default() }));
}

#[tokio::test]
async fn a_cart_is_its_owners_alone() {
    let shop = Shop::open().await;
    let ada = shop.user(ADA).cart().await;
    shop.user(NEW).add("first-key", PRODUCT, 2).await.unwrap();
    assert_eq!(shop.user(ADA).cart().await, ada);
    for clients in [shop.anybody(), shop.device(NEW)] {
        let statuses: [Status; 4] = [
            clients.carts().get_cart(GetCartRequest::default()).await.unwrap_err(),
            clients.add("first-key", PRODUCT, 1).await.unwrap_err(),
            clients.set_quantity("first-key", PRODUCT, 1).await.unwrap_err(),
            clients.remove("first-key", PRODUCT).await.unwrap_err(),
        ];
        for status in statuses {
            assert_eq!(failure(&status), (Code::Unauthenticated, "USER_REQUIRED".into()));
        }
    }
}

fn quantities(cart: &Cart) -> Vec<(&str, i32)> {
    cart.items.iter().map(|item| (item.product_id.as_str(), item.quantity)).collect()
}

/// Sets the stock of a product to a quantity, all of it in one warehouse.
async fn stock(shop: &Shop, product: &str, quantity: i64) {
    for warehouse in shop.anybody().stock(product).await.warehouses {
        shop.domain.set_stock(product, &warehouse.warehouse_id, 0).await.unwrap();
    }
    shop.domain.set_stock(product, "lyon", quantity).await.unwrap();
}

/// The price of a product with a single promotion, which has an end.
async fn promoted(clients: &Clients) -> Price {
    for product in clients.all_products(&["id"]).await {
        let price = only(clients.prices(vec![product.id.clone()], None).await);
        let ends = matches!(price.promotions.as_slice(), [promotion] if promotion.end_time.is_some());
        if ends && clients.stock(&product.id).await.total_quantity > 2 {
            return price;
        }
    }
    panic!("no product is cheaper for a while");
}

#[tokio::test]
async fn the_cart_of_a_visitor_becomes_that_of_a_user_as_far_as_it_has_room() {
    let shop = Shop::open().await;
    for product in [PRODUCT, OTHER] {
        shop.domain.set_stock(product, "lyon", 1_000).await.unwrap();
    }
    let (visitor, user) = (shop.visitor("v-1"), shop.user(NEW));
    user.add("first-key", PRODUCT, 15).await.unwrap();
    visitor.add("first-key", PRODUCT, 6).await.unwrap();
    visitor.add("second-key", OTHER, 3).await.unwrap();
    assert_eq!(user.cart().await.item_count, 15);
    assert_eq!(shop.visitor("v-2").cart().await.item_count, 0);
    assert_eq!(shop.user("v-1").cart().await.item_count, 0, "no user has the cart of a visitor");

    let cart = user.adopt("third-key", "v-1").await.unwrap();
    assert_eq!(quantities(&cart), [(PRODUCT, 15), (OTHER, 3)], "more than 20 of a product stay out");
    assert_eq!(visitor.cart().await.item_count, 0);
    for (key, visitor) in
        [("third-key", "v-1"), ("fourth-key", "v-1"), ("fifth-key", "v-2"), ("sixth-key", "")]
    {
        assert_eq!(user.adopt(key, visitor).await.unwrap(), cart, "{key}");
    }
    for nobody in [shop.visitor("v-1"), shop.anybody(), shop.device("shelf-1")] {
        let status = nobody.adopt("first-key", "v-2").await.unwrap_err();
        assert_eq!(failure(&status), (Code::Unauthenticated, "USER_REQUIRED".into()));
    }
}
