//! A notification reaches its user once, and nobody else.

use domain_stubs::Announcement;
use jiff::{SignedDuration, Timestamp};
use proto::notifications::{
    ListNotificationsRequest, ListNotificationsResponse, MarkReadRequest, MarkReadResponse, Notification,
    NotificationKind, WatchNotificationsRequest, WatchNotificationsResponse,
};
use tonic::{Code, Status, Streaming};

use crate::shop::{Clients, PRODUCT, Shop, failure, ids, mask, now, violations};

const ADA: &str = "user-ada-lindqvist";

#[tokio::test]
async fn ada_has_seven_of_which_the_newest_three_are_unread() {
    let shop = Shop::open().await;
    let list = whole(&shop.user(ADA)).await;
    assert_eq!((list.total_size, list.unread_count, list.next_page_token.as_str()), (7, 3, ""));
    let read: Vec<_> = list.notifications.iter().map(|notification| notification.read).collect();
    assert_eq!(read, [false, false, false, true, true, true, true]);
    let times = list.notifications.iter().map(|notification| notification.create_time.unwrap().seconds);
    let times: Vec<_> = times.collect();
    let ages = [5, 2 * 60, 24 * 60].map(|minutes| now() - SignedDuration::from_mins(minutes));
    assert_eq!(times[..3], ages.map(Timestamp::as_second));
    assert!(times.is_sorted_by(|a, b| a > b));
}

#[tokio::test]
async fn walking_all_notifications_meets_each_once_newest_first_whatever_the_size_of_the_pages() {
    let shop = Shop::open().await;
    let clients = shop.user(ADA);
    let expected = whole(&clients).await.notifications;
    for page_size in [1, 2, 3, 6, 7, 8] {
        let (mut met, mut page_token) = (Vec::new(), String::new());
        loop {
            let request = ListNotificationsRequest { page_size, page_token, ..Default::default() };
            let page = list(&clients, request).await.unwrap();
            assert_eq!((page.total_size, page.unread_count), (7, 3));
            met.extend(page.notifications);
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        assert_eq!(met, expected, "pages of {page_size}");
    }
}

#[tokio::test]
async fn a_page_has_ten_notifications_unless_requested_otherwise_and_never_more_than_fifty() {
    let shop = Shop::open().await;
    for _ in 0..60 {
        tell(&shop, "user-new").await;
    }
    for (page_size, expected) in [(0, 10), (1, 1), (50, 50), (51, 50), (i32::MAX, 50)] {
        let request = ListNotificationsRequest { page_size, ..Default::default() };
        let page = list(&shop.user("user-new"), request).await.unwrap();
        assert_eq!(page.notifications.len(), expected);
    }
}

#[tokio::test]
async fn a_mask_leaves_the_identifier_and_what_it_names() {
    let shop = Shop::open().await;
    let request = ListNotificationsRequest { read_mask: Some(mask(&["title"])), ..Default::default() };
    let masked = list(&shop.user(ADA), request).await.unwrap();
    let all = whole(&shop.user(ADA)).await;
    for (masked, full) in masked.notifications.into_iter().zip(all.notifications) {
        assert_eq!(masked, Notification { id: full.id, title: full.title, ..Notification::default() });
    }
}

#[tokio::test]
async fn a_token_of_another_user_is_rejected() {
    let shop = Shop::open().await;
    let request = ListNotificationsRequest { page_size: 2, ..Default::default() };
    let page_token = list(&shop.user(ADA), request).await.unwrap().next_page_token;
    let request = ListNotificationsRequest { page_token, ..Default::default() };
    let status = list(&shop.user("user-zoe-marchetti"), request).await.unwrap_err();
    assert_eq!(failure(&status), (Code::InvalidArgument, "PAGE_TOKEN_INVALID".into()));
}

#[tokio::test]
async fn what_one_user_is_told_nobody_else_hears() {
    let shop = Shop::open().await;
    let told = tell(&shop, "user-one").await;
    assert_eq!(whole(&shop.user("user-one")).await.notifications, std::slice::from_ref(&told));
    assert_eq!(whole(&shop.user("user-two")).await, ListNotificationsResponse::default());
    let status = mark(&shop.user("user-two"), "key-of-two", &[&told.id]).await.unwrap_err();
    assert_eq!(failure(&status), (Code::NotFound, "NOTIFICATION_NOT_FOUND".into()));
    assert_eq!(whole(&shop.user("user-one")).await.unread_count, 1);
}

#[tokio::test]
async fn marking_keeps_the_order_of_the_request_and_counts_what_is_left() {
    let shop = Shop::open().await;
    let clients = shop.user(ADA);
    let list = whole(&clients).await.notifications;
    let marked = mark(&clients, "first-key", &[&list[1].id, &list[0].id]).await.unwrap();
    let expected = [&list[1], &list[0]].map(|unread| Notification { read: true, ..unread.clone() });
    assert_eq!((marked.notifications.as_slice(), marked.unread_count), (expected.as_slice(), 1));
    assert_eq!(whole(&clients).await.unread_count, 1);
}

#[tokio::test]
async fn one_unknown_notification_leaves_all_of_them_unread_and_the_key_unused() {
    let shop = Shop::open().await;
    let clients = shop.user(ADA);
    let newest = whole(&clients).await.notifications.remove(0).id;
    let status = mark(&clients, "first-key", &[&newest, "nope"]).await.unwrap_err();
    assert_eq!(failure(&status), (Code::NotFound, "NOTIFICATION_NOT_FOUND".into()));
    assert_eq!(whole(&clients).await.unread_count, 3);
    assert_eq!(mark(&clients, "first-key", &[&newest]).await.unwrap().unread_count, 2);
}

#[tokio::test]
async fn the_same_key_gives_the_same_response_and_other_content_is_rejected() {
    let shop = Shop::open().await;
    let clients = shop.user(ADA);
    let list = whole(&clients).await.notifications;
    let first = mark(&clients, "first-key", &[&list[0].id]).await.unwrap();
    mark(&clients, "second-key", &[&list[1].id]).await.unwrap();
    assert_eq!(mark(&clients, "first-key", &[&list[0].id]).await.unwrap(), first);
    let status = mark(&clients, "first-key", &[&list[2].id]).await.unwrap_err();
    assert_eq!(failure(&status), (Code::AlreadyExists, "IDEMPOTENCY_KEY_REUSED".into()));
    assert_eq!(whole(&clients).await.unread_count, 1);
}

#[tokio::test]
async fn bad_keys_and_too_many_notifications_are_rejected() {
    let shop = Shop::open().await;
    let clients = shop.user(ADA);
    for key in ["short", &"k".repeat(65)] {
        let status = mark(&clients, key, &[]).await.unwrap_err();
        assert_eq!(failure(&status), (Code::InvalidArgument, "IDEMPOTENCY_KEY_INVALID".into()));
        assert_eq!(violations(&status), ["idempotency_key"]);
    }
    let status = mark(&clients, "first-key", &["nope"; 101]).await.unwrap_err();
    assert_eq!(failure(&status), (Code::InvalidArgument, "TOO_MANY_NOTIFICATIONS".into()));
    assert_eq!(violations(&status), ["notification_ids"]);
}

#[tokio::test]
async fn a_watcher_gets_the_number_of_unread_at_once_and_then_what_is_new() {
    let shop = Shop::open().await;
    let mut stream = watch(&shop.user(ADA)).await;
    let first = WatchNotificationsResponse { notification: None, unread_count: 3 };
    assert_eq!(next(&mut stream).await, first);
    tell(&shop, "user-zoe-marchetti").await;
    for unread_count in [4, 5] {
        let told = tell(&shop, ADA).await;
        let expected = WatchNotificationsResponse { notification: Some(told), unread_count };
        assert_eq!(next(&mut stream).await, expected);
    }
}

#[tokio::test]
async fn a_watcher_that_lags_behind_misses_nothing() {
    let shop = Shop::open().await;
    let mut stream = watch(&shop.user(ADA)).await;
    next(&mut stream).await;
    let mut told = Vec::new();
    for _ in 0..300 {
        told.push(tell(&shop, ADA).await);
    }
    for expected in told {
        assert_eq!(next(&mut stream).await.notification, Some(expected));
    }
}

#[tokio::test]
async fn a_call_in_nobodys_name_is_rejected() {
    let shop = Shop::open().await;
    let clients = shop.anybody();
    let mut statuses = vec![
        list(&clients, ListNotificationsRequest::default()).await.unwrap_err(),
        mark(&clients, "first-key", &[]).await.unwrap_err(),
    ];
    let watched = clients.notifications().watch_notifications(WatchNotificationsRequest::default()).await;
    statuses.push(watched.unwrap_err());
    for status in statuses {
        assert_eq!(failure(&status), (Code::Unauthenticated, "USER_REQUIRED".into()));
    }
}

async fn tell(shop: &Shop, user: &str) -> Notification {
    let announcement = Announcement {
        kind: NotificationKind::Price,
        title: "A lower price".into(),
        text: "The tent costs less.".into(),
        product_id: PRODUCT.into(),
        ..Announcement::default()
    };
    shop.domain.notify(user, announcement).await.unwrap()
}

async fn list(
    clients: &Clients,
    request: ListNotificationsRequest,
) -> Result<ListNotificationsResponse, Status> {
    Ok(clients.notifications().list_notifications(request).await?.into_inner())
}

async fn whole(clients: &Clients) -> ListNotificationsResponse {
    list(clients, ListNotificationsRequest { page_size: 50, ..Default::default() }).await.unwrap()
}

async fn mark(clients: &Clients, key: &str, notifications: &[&str]) -> Result<MarkReadResponse, Status> {
    let request = MarkReadRequest { idempotency_key: key.into(), notification_ids: ids(notifications) };
    Ok(clients.notifications().mark_read(request).await?.into_inner())
}

async fn watch(clients: &Clients) -> Streaming<WatchNotificationsResponse> {
    let request = WatchNotificationsRequest::default();
    clients.notifications().watch_notifications(request).await.unwrap().into_inner()
}

async fn next(stream: &mut Streaming<WatchNotificationsResponse>) -> WatchNotificationsResponse {
    stream.message().await.unwrap().unwrap()
}
