//! An order passes through its states, and its owner and watchers are notified.

use std::time::Duration;

use domain_stubs::Services;
use futures_util::FutureExt as _;
use proto::{
    admin::CallEnd,
    inventory::Stock,
    notifications::{
        ListNotificationsRequest, NotificationKind, WatchNotificationsRequest, WatchNotificationsResponse,
    },
    orders::{ListOrdersRequest, Order, OrderState, WatchOrderRequest, WatchOrderResponse},
};
use tonic::{Code, Streaming};

use crate::shop::{ADA, Clients, Ledger, NEW, Shop, failure, mask, now, order_by};

#[tokio::test]
async fn an_order_comes_from_state_to_state_and_no_further_than_to_its_owner() {
    use OrderState::{Delivered, Packed, Shipped};

    let (shop, clock) = Shop::with_clock().await;
    let clients = shop.user(ADA);
    let placed = clients.place(order_by(ADA, "first-key")).await.unwrap();
    for (seconds, state) in [(10, Packed), (20, Shipped), (30, Delivered)] {
        clock.set(now().as_second() + seconds);
        shop.domain.advance_order(&placed.id).await.unwrap();
        let mut expected = placed.clone();
        expected.set_state(state);
        expected.update_time.as_mut().unwrap().seconds += seconds;
        assert_eq!(clients.order(&placed.id).await, expected, "nothing else has changed");
    }
    let status = shop.domain.advance_order(&placed.id).await.unwrap_err();
    assert_eq!(failure(&status), (Code::FailedPrecondition, "ORDER_TOO_FAR".into()));
}

#[tokio::test]
async fn what_is_cancelled_goes_back_to_its_warehouses_and_is_not_paid() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shop.db");
    let shop = Shop::open_file(&file).await;
    let clients = shop.user(ADA);
    let products: Vec<_> = clients.cart().await.items.into_iter().map(|item| item.product_id).collect();
    // Some are in one warehouse, some in another.
    for warehouse in clients.stock(&products[1]).await.warehouses {
        shop.domain.set_stock(&products[1], &warehouse.warehouse_id, 1).await.unwrap();
    }
    let before = stocks(&clients, &products).await;
    let order = clients.place(order_by(ADA, "first-key")).await.unwrap().id;
    assert_ne!(stocks(&clients, &products).await, before);
    assert!(!Ledger::open(&file).authorisations()[&order].released);

    shop.domain.cancel_order(&order).await.unwrap();
    assert_eq!(clients.order(&order).await.state(), OrderState::Cancelled);
    assert_eq!(stocks(&clients, &products).await, before);
    assert!(Ledger::open(&file).authorisations()[&order].released);
    let status = shop.domain.cancel_order(&order).await.unwrap_err();
    assert_eq!(failure(&status), (Code::FailedPrecondition, "ORDER_TOO_FAR".into()));
    assert_eq!(stocks(&clients, &products).await, before, "nothing goes back twice");
}

#[tokio::test]
async fn cancelling_an_order_of_the_seed_returns_what_it_took() {
    let shop = Shop::open().await;
    let clients = shop.user(ADA);
    for state in [OrderState::Placed, OrderState::Packed] {
        let order = seeded(&clients, state).await;
        let products: Vec<_> = order.items.iter().map(|item| item.product_id.clone()).collect();
        let before = stocks(&clients, &products).await;
        shop.domain.cancel_order(&order.id).await.unwrap();
        for ((item, before), after) in order.items.iter().zip(before).zip(stocks(&clients, &products).await) {
            let expected = before.total_quantity + i64::from(item.quantity);
            assert_eq!(after.total_quantity, expected, "{item:?}");
        }
    }
}

#[tokio::test]
async fn what_is_on_its_way_or_does_not_exist_is_not_cancelled() {
    let shop = Shop::open().await;
    for state in [OrderState::Shipped, OrderState::Delivered, OrderState::Cancelled] {
        let order = seeded(&shop.user(ADA), state).await;
        let status = shop.domain.cancel_order(&order.id).await.unwrap_err();
        assert_eq!(failure(&status), (Code::FailedPrecondition, "ORDER_TOO_FAR".into()));
        assert_eq!(shop.user(ADA).order(&order.id).await, order);
    }
    for id in ["", "nope", "order-999999", "order-1"] {
        for status in [shop.domain.cancel_order(id).await, shop.domain.advance_order(id).await] {
            assert_eq!(failure(&status.unwrap_err()), (Code::NotFound, "ORDER_NOT_FOUND".into()), "{id:?}");
        }
    }
}

#[tokio::test]
async fn the_owner_is_told_when_an_order_leaves_arrives_or_is_cancelled() {
    let shop = Shop::open().await;
    let clients = shop.user(ADA);
    let (going, ending) =
        (seeded(&clients, OrderState::Placed).await.id, seeded(&clients, OrderState::Packed).await.id);
    let mut told = watch_notifications(&clients).await;
    let unread = next_told(&mut told).await.unread_count;

    shop.domain.advance_order(&going).await.unwrap();
    shop.domain.advance_order(&going).await.unwrap();
    shop.domain.advance_order(&going).await.unwrap();
    shop.domain.cancel_order(&ending).await.unwrap();
    // Packing sends no notification.
    let expected = [
        (&going, "Your order is on its way"),
        (&going, "Your order has arrived"),
        (&ending, "Your order was cancelled"),
    ];
    let mut newest = Vec::new();
    for (order, title) in expected {
        let notification = next_told(&mut told).await.notification.unwrap();
        assert_eq!((&notification.order_id, notification.title.as_str()), (order, title));
        assert_eq!((notification.kind(), notification.read), (NotificationKind::Order, false));
        assert_eq!(notification.create_time, clients.order(order).await.update_time);
        newest.insert(0, notification);
    }
    let request = ListNotificationsRequest { page_size: 3, ..Default::default() };
    let list = clients.notifications().list_notifications(request).await.unwrap().into_inner();
    assert_eq!((list.notifications, list.unread_count), (newest, unread + 3));
    let request = ListNotificationsRequest::default();
    let others = shop.user(NEW).notifications().list_notifications(request).await.unwrap().into_inner();
    assert_eq!(others.total_size, 0, "nobody else is told");
}

#[tokio::test]
async fn a_declined_change_is_not_told() {
    let shop = Shop::open().await;
    let clients = shop.user(ADA);
    let request = ListNotificationsRequest::default();
    let before = clients.notifications().list_notifications(request.clone()).await.unwrap().into_inner();
    let order = seeded(&clients, OrderState::Delivered).await.id;
    shop.domain.advance_order(&order).await.unwrap_err();
    shop.domain.cancel_order(&order).await.unwrap_err();
    let after = clients.notifications().list_notifications(request).await.unwrap().into_inner();
    assert_eq!(after, before);
}

#[tokio::test]
async fn a_watcher_gets_the_order_at_once_each_state_once_and_then_the_end() {
    let shop = Shop::open().await;
    let clients = shop.user(ADA);
    let order = seeded(&clients, OrderState::Placed).await;
    let mut stream = watch(&clients, &order.id).await;
    assert_eq!(next(&mut stream).await, order);
    // Changes of another order are not sent.
    shop.domain.cancel_order(&seeded(&clients, OrderState::Packed).await.id).await.unwrap();
    for state in [OrderState::Packed, OrderState::Shipped, OrderState::Delivered] {
        shop.domain.advance_order(&order.id).await.unwrap();
        let watched = next(&mut stream).await;
        assert_eq!(watched.state(), state);
        assert_eq!(watched, clients.order(&order.id).await);
    }
    assert_eq!(stream.message().await.unwrap(), None);
}

#[tokio::test]
async fn a_watcher_of_an_order_that_is_cancelled_or_has_ended_gets_the_end() {
    let shop = Shop::open().await;
    let clients = shop.user(ADA);
    let order = seeded(&clients, OrderState::Packed).await.id;
    let mut stream = watch(&clients, &order).await;
    next(&mut stream).await;
    shop.domain.cancel_order(&order).await.unwrap();
    assert_eq!(next(&mut stream).await.state(), OrderState::Cancelled);
    assert_eq!(stream.message().await.unwrap(), None);

    let ended = seeded(&clients, OrderState::Delivered).await;
    let mut stream = watch(&clients, &ended.id).await;
    assert_eq!(next(&mut stream).await, ended);
    assert_eq!(stream.message().await.unwrap(), None);
}

#[tokio::test]
async fn a_watcher_with_a_mask_gets_its_part_at_each_change() {
    let shop = Shop::open().await;
    let clients = shop.user(ADA);
    let order = seeded(&clients, OrderState::Placed).await;
    let read_mask = Some(mask(&["state"]));
    let request = WatchOrderRequest { order_id: order.id.clone(), read_mask };
    let mut stream = clients.orders().watch_order(request).await.unwrap().into_inner();
    for state in [OrderState::Placed, OrderState::Packed] {
        let part = Order { id: order.id.clone(), state: state.into(), ..Order::default() };
        assert_eq!(next(&mut stream).await, part);
        shop.domain.advance_order(&order.id).await.unwrap();
    }
}

#[tokio::test]
async fn a_watcher_that_leaves_takes_nobody_along() {
    let shop = Shop::open().await;
    let clients = shop.user(ADA);
    let order = seeded(&clients, OrderState::Placed).await.id;
    let (mut leaving, mut staying) = (watch(&clients, &order).await, watch(&clients, &order).await);
    next(&mut leaving).await;
    next(&mut staying).await;
    drop(leaving);
    shop.domain.advance_order(&order).await.unwrap();
    assert_eq!(next(&mut staying).await.state(), OrderState::Packed);
    // The call of the client that left ends before the server does.
    let domain = shop.domain.clone();
    shop.stop().await;
    let ends = domain.calls().list().into_iter().filter(|call| call.rpc.ends_with("/WatchOrder"));
    let ends: Vec<_> = ends.map(|call| call.end()).collect();
    assert_eq!(ends, [CallEnd::Cancelled, CallEnd::Answered]);
    let status = staying.message().await.unwrap_err();
    assert_eq!(failure(&status), (Code::Unavailable, "STOPPING".into()));
}

#[tokio::test]
async fn a_change_is_told_even_when_whoever_made_it_does_not_wait() {
    let shop = Shop::open().await;
    let clients = shop.user(ADA);
    let order = seeded(&clients, OrderState::Placed).await.id;
    let mut stream = watch(&clients, &order).await;
    next(&mut stream).await;
    for state in [OrderState::Packed, OrderState::Cancelled] {
        // Polled once, which begins the write, and dropped.
        match state {
            OrderState::Packed => drop(shop.domain.advance_order(&order).now_or_never()),
            _ => drop(shop.domain.cancel_order(&order).now_or_never()),
        }
        let told = tokio::time::timeout(Duration::from_secs(20), next(&mut stream)).await;
        assert_eq!(told.expect("the watcher is told").state(), state);
    }
}

#[tokio::test]
async fn two_servers_of_one_domain_tell_of_the_same_order() {
    let shop = Shop::open().await;
    let other = Shop::serve(shop.domain.clone(), Services::all()).await;
    let clients = other.user(ADA);
    let placed = shop.user(ADA).place(order_by(ADA, "first-key")).await.unwrap();
    let mut stream = watch(&clients, &placed.id).await;
    assert_eq!(next(&mut stream).await, placed);
    shop.domain.advance_order(&placed.id).await.unwrap();
    assert_eq!(next(&mut stream).await.state(), OrderState::Packed);
}

#[tokio::test]
async fn watching_what_is_not_ones_own_is_rejected() {
    let shop = Shop::open().await;
    let order_id = seeded(&shop.user(ADA), OrderState::Placed).await.id;
    let rejected = [
        (shop.user(NEW), order_id.as_str(), "state", Code::NotFound, "ORDER_NOT_FOUND"),
        (shop.user(ADA), "nope", "state", Code::NotFound, "ORDER_NOT_FOUND"),
        (shop.user(ADA), &order_id, "nope", Code::InvalidArgument, "READ_MASK_INVALID"),
        (shop.anybody(), &order_id, "state", Code::Unauthenticated, "USER_REQUIRED"),
    ];
    for (clients, order_id, path, code, reason) in rejected {
        let request = WatchOrderRequest { order_id: order_id.into(), read_mask: Some(mask(&[path])) };
        let status = clients.orders().watch_order(request).await.unwrap_err();
        assert_eq!(failure(&status), (code, reason.into()));
    }
}

/// An order of the seed in this state.
async fn seeded(clients: &Clients, state: OrderState) -> Order {
    let request = ListOrdersRequest { page_size: 50, ..Default::default() };
    let orders = clients.list_orders(request).await.unwrap().orders;
    orders.into_iter().find(|order| order.state() == state).unwrap()
}

async fn stocks(clients: &Clients, products: &[String]) -> Vec<Stock> {
    let stocks = clients.stocks(products.to_vec(), Some(mask(&["warehouses", "total_quantity"]))).await;
    stocks.unwrap().into_iter().map(|(_, stock)| stock.unwrap()).collect()
}

async fn watch(clients: &Clients, order: &str) -> Streaming<WatchOrderResponse> {
    let request = WatchOrderRequest { order_id: order.into(), read_mask: None };
    clients.orders().watch_order(request).await.unwrap().into_inner()
}

async fn next(stream: &mut Streaming<WatchOrderResponse>) -> Order {
    stream.message().await.unwrap().unwrap().order.unwrap()
}

async fn watch_notifications(clients: &Clients) -> Streaming<WatchNotificationsResponse> {
    let request = WatchNotificationsRequest::default();
    clients.notifications().watch_notifications(request).await.unwrap().into_inner()
}

async fn next_told(stream: &mut Streaming<WatchNotificationsResponse>) -> WatchNotificationsResponse {
    stream.message().await.unwrap().unwrap()
}
