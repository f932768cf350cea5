//! The admin service causes the events of a shop that customers cannot cause.

use proto::{
    admin::{AdvanceOrderRequest, CancelOrderRequest, NotifyRequest, SetStockRequest},
    notifications::{ListNotificationsRequest, Notification, NotificationKind},
    orders::OrderState,
};
use tonic::Code;

use crate::shop::{ADA, PRODUCT, Shop, failure, order_by, violations};

#[tokio::test]
async fn the_stock_of_a_product_is_set() {
    let shop = Shop::open().await;
    let set = |product: &str, quantity| SetStockRequest {
        product_id: product.into(),
        warehouse_id: "lyon".into(),
        quantity,
    };
    shop.admin().set_stock(set(PRODUCT, 12_345)).await.unwrap();
    assert_eq!(shop.anybody().stock(PRODUCT).await.warehouses[0].quantity, 12_345);
    let unknown = shop.admin().set_stock(set("nope", 1)).await.unwrap_err();
    assert_eq!(failure(&unknown), (Code::NotFound, "PRODUCT_NOT_FOUND".into()));
    let negative = shop.admin().set_stock(set(PRODUCT, -1)).await.unwrap_err();
    assert_eq!(failure(&negative), (Code::InvalidArgument, "QUANTITY_INVALID".into()));
    assert_eq!(shop.anybody().stock(PRODUCT).await.warehouses[0].quantity, 12_345);
}

#[tokio::test]
async fn an_order_is_brought_on_its_way_and_another_is_called_off() {
    let shop = Shop::open().await;
    let clients = shop.user(ADA);
    let going = clients.place(order_by(ADA, "first-key")).await.unwrap().id;
    let advance = || AdvanceOrderRequest { order_id: going.clone() };
    for state in [OrderState::Packed, OrderState::Shipped, OrderState::Delivered] {
        shop.admin().advance_order(advance()).await.unwrap();
        assert_eq!(clients.order(&going).await.state(), state);
    }
    let ended = shop.admin().advance_order(advance()).await.unwrap_err();
    assert_eq!(failure(&ended), (Code::FailedPrecondition, "ORDER_TOO_FAR".into()));
    let ended = shop.admin().cancel_order(CancelOrderRequest { order_id: going }).await.unwrap_err();
    assert_eq!(failure(&ended), (Code::FailedPrecondition, "ORDER_TOO_FAR".into()));

    clients.add("second-key", PRODUCT, 1).await.unwrap();
    let ending = clients.place(order_by(ADA, "second-key")).await.unwrap().id;
    shop.admin().cancel_order(CancelOrderRequest { order_id: ending.clone() }).await.unwrap();
    assert_eq!(clients.order(&ending).await.state(), OrderState::Cancelled);
    let unknown = CancelOrderRequest { order_id: "nope".into() };
    let unknown = shop.admin().cancel_order(unknown).await.unwrap_err();
    assert_eq!(failure(&unknown), (Code::NotFound, "ORDER_NOT_FOUND".into()));
}

#[tokio::test]
async fn a_user_is_told_something() {
    let shop = Shop::open().await;
    let notification = Notification {
        kind: NotificationKind::Price.into(),
        title: "Tents are cheaper".into(),
        text: "Until Sunday.".into(),
        product_id: PRODUCT.into(),
        ..Notification::default()
    };
    let notify = NotifyRequest { user_id: ADA.into(), notification: Some(notification) };
    let told = shop.admin().notify(notify.clone()).await.unwrap().into_inner().notification.unwrap();
    let page = ListNotificationsRequest { page_size: 1, ..Default::default() };
    let newest = shop.user(ADA).notifications().list_notifications(page).await.unwrap().into_inner();
    assert_eq!(newest.notifications.first(), Some(&told));
    assert_eq!(
        (told.title.as_str(), told.product_id.as_str(), told.read),
        ("Tents are cheaper", PRODUCT, false)
    );

    let nobody = NotifyRequest { user_id: String::new(), ..notify.clone() };
    let untitled = Notification { title: String::new(), ..notify.notification.clone().unwrap() };
    let untitled = NotifyRequest { notification: Some(untitled), ..notify };
    for (request, field) in [(nobody, "user_id"), (untitled, "notification.title")] {
        let status = shop.admin().notify(request).await.unwrap_err();
        assert_eq!(failure(&status), (Code::InvalidArgument, "NOTIFICATION_INVALID".into()));
        assert_eq!(violations(&status), [field]);
    }
}
