//! The seed agrees with itself about its customers.

use std::collections::{BTreeMap, BTreeSet};

use proto::{
    catalog::Product,
    notifications::{ListNotificationsRequest, NotificationKind},
    orders::{ListOrdersRequest, Order, OrderState},
    shipping::ShippingQuery,
    users::User,
};

use crate::{
    seed::{all_products, reviews},
    shop::{ADA, Clients, Ledger, Shop, cents, ids, mask, now, only},
};

const DAY: i64 = 24 * 60 * 60;

#[tokio::test]
async fn orders_are_numbered_as_they_were_placed_and_changed_when_their_state_says_so() {
    let shop = Shop::open().await;
    let mut orders: Vec<_> = orders(&shop).await.into_values().flatten().collect();
    assert!(orders.len() > 100, "{} orders", orders.len());
    orders.sort_by(|a, b| a.id.cmp(&b.id));
    assert!(orders.is_sorted_by_key(placed));
    assert_eq!(orders[0].id, "order-000001");
    for order in orders {
        let taken = order.update_time.unwrap().seconds - placed(&order);
        let expected = match order.state() {
            OrderState::Placed => 0..=0,
            OrderState::Packed | OrderState::Cancelled => 3_600..=DAY,
            OrderState::Shipped => DAY / 2..=4 * DAY,
            OrderState::Delivered => 2 * DAY..=5 * DAY,
            OrderState::Unspecified => panic!("{order:?}"),
        };
        assert!(expected.contains(&taken), "{order:?}");
        assert!(order.update_time.unwrap().seconds <= now().as_second(), "{order:?}");
    }
}

#[tokio::test]
async fn orders_cost_what_the_shop_charges_and_hold_no_product_twice() {
    let shop = Shop::open().await;
    let standard = standard_shipping(&shop.anybody()).await;
    for (user, orders) in orders(&shop).await {
        let prices = prices(&shop.user(&user)).await;
        for order in orders {
            let products: BTreeSet<_> = order.items.iter().map(|item| &item.product_id).collect();
            assert_eq!(products.len(), order.items.len(), "{order:?}");
            let mut total = 0;
            for item in &order.items {
                let unit = cents(item.unit_price.as_ref());
                assert_eq!(unit, prices[&item.product_id], "{user}: {item:?}");
                assert_eq!(cents(item.line_price.as_ref()), unit * i64::from(item.quantity));
                total += unit * i64::from(item.quantity);
            }
            total += order.items.iter().map(|item| standard[&item.product_id]).max().unwrap();
            assert_eq!(cents(order.total.as_ref()), total, "{order:?}");
        }
    }
}

#[tokio::test]
async fn orders_took_from_the_shelves_what_they_hold_and_what_was_cancelled_is_not_paid() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shop.db");
    let shop = Shop::open_file(&file).await;
    let ledger = Ledger::open(&file);
    let (mut picks, mut authorisations) = (ledger.picks(), ledger.authorisations());
    for order in orders(&shop).await.into_values().flatten() {
        for item in &order.items {
            let picked = picks.remove(&(order.id.clone(), item.product_id.clone()));
            assert_eq!(picked, Some(i64::from(item.quantity)), "{order:?}");
        }
        let authorisation = authorisations.remove(&order.id).unwrap();
        assert_eq!(authorisation.method, order.payment_method_id);
        assert_eq!(authorisation.cents, cents(order.total.as_ref()));
        assert_eq!(authorisation.released, order.state() == OrderState::Cancelled, "{order:?}");
    }
    assert!(picks.is_empty() && authorisations.is_empty(), "{picks:?} {authorisations:?}");
}

#[tokio::test]
async fn no_account_is_younger_than_what_was_done_with_it() {
    let shop = Shop::open().await;
    let mut done: BTreeMap<String, i64> = BTreeMap::new();
    for (user, orders) in orders(&shop).await {
        done.extend(orders.iter().map(placed).min().map(|time| (user, time)));
    }
    let clients = shop.anybody();
    for product in all_products(&clients).await {
        for review in reviews(&clients, &product.id).await {
            let time = review.create_time.unwrap().seconds;
            done.entry(review.author_id).and_modify(|first| *first = time.min(*first)).or_insert(time);
        }
    }
    assert!(done.len() >= 40, "{} customers have done something", done.len());
    for (user, first) in done {
        let opened = account(&shop, &user).await.create_time.unwrap().seconds;
        assert!(opened < first, "{user}");
    }
}

#[tokio::test]
async fn customers_are_greeted_by_their_names_as_they_write_them() {
    let shop = Shop::open().await;
    let expected = [
        (ADA, "Ada"),
        ("user-zoe-marchetti", "Zoë"),
        ("user-lukasz-wrona", "Łukasz"),
        ("user-sakura-kobayashi", "さくら"),
        ("user-goran-petrusic", "Goran"),
        ("user-thuy-nguyen", "Thủy"),
        ("user-pat-declined", "Pat"),
    ];
    for (user, name) in expected {
        assert_eq!(account(&shop, user).await.given_name, name);
    }
}

#[tokio::test]
async fn customers_were_told_of_their_orders_when_they_came_further() {
    let shop = Shop::open().await;
    let mut told_of = 0;
    for (user, orders) in orders(&shop).await {
        let request = ListNotificationsRequest { page_size: 50, ..Default::default() };
        let list = shop.user(&user).notifications().list_notifications(request).await.unwrap();
        let told = list.into_inner().notifications.into_iter();
        for notification in told.filter(|told| told.kind() == NotificationKind::Order) {
            let order = orders.iter().find(|order| order.id == notification.order_id).unwrap();
            let expected = match notification.title.as_str() {
                "Your order is on its way" => [OrderState::Shipped, OrderState::Delivered].as_slice(),
                "Your order has arrived" => &[OrderState::Delivered],
                "Your order was cancelled" => &[OrderState::Cancelled],
                title => panic!("{title}"),
            };
            assert!(expected.contains(&order.state()), "{notification:?} of {order:?}");
            let time = notification.create_time.unwrap().seconds;
            assert!((placed(order)..=order.update_time.unwrap().seconds).contains(&time), "{notification:?}");
            told_of += 1;
        }
    }
    assert!(told_of > 100, "{told_of}");
}

/// The orders of all users who have reviewed a product, by user.
async fn orders(shop: &Shop) -> BTreeMap<String, Vec<Order>> {
    let clients = shop.anybody();
    let mut users = BTreeSet::new();
    for product in all_products(&clients).await {
        users.extend(reviews(&clients, &product.id).await.into_iter().map(|review| review.author_id));
    }
    let mut orders = BTreeMap::new();
    for user in users {
        let request = ListOrdersRequest { page_size: 50, ..Default::default() };
        let list = shop.user(&user).list_orders(request).await.unwrap();
        assert_eq!(list.next_page_token, "");
        orders.insert(user, list.orders);
    }
    orders
}

fn placed(order: &Order) -> i64 {
    order.create_time.unwrap().seconds
}

async fn account(shop: &Shop, user: &str) -> User {
    only(shop.user(user).users_by_id(ids(&[user]), None).await)
}

/// The price of each product for a customer, in cents.
async fn prices(clients: &Clients) -> BTreeMap<String, i64> {
    let mut prices = BTreeMap::new();
    for products in product_ids(clients).await.chunks(100) {
        let outcomes = clients.prices(products.to_vec(), Some(mask(&["customer_price"]))).await.unwrap();
        let outcomes = outcomes.into_iter();
        prices.extend(outcomes.map(|(id, price)| (id, cents(price.unwrap().customer_price.as_ref()))));
    }
    prices
}

/// The price of standard shipping of each product to France, in cents.
async fn standard_shipping(clients: &Clients) -> BTreeMap<String, i64> {
    let mut shipping = BTreeMap::new();
    for products in product_ids(clients).await.chunks(100) {
        let query = |id: &String| ShippingQuery { product_id: id.clone(), country_code: "FR".into() };
        let queries = products.iter().map(query).collect();
        for (query, options) in clients.shipping_options(queries, None).await.unwrap() {
            let standard = options.unwrap().options.into_iter().find(|option| option.id == "standard");
            shipping.insert(query.product_id, cents(standard.unwrap().price.as_ref()));
        }
    }
    shipping
}

async fn product_ids(clients: &Clients) -> Vec<String> {
    let products: Vec<Product> = clients.all_products(&["id"]).await;
    products.into_iter().map(|product| product.id).collect()
}
