//! A mask returns its part of the whole message, and nothing else.

use domain_stubs::Announcement;
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, Kind, MessageDescriptor, ReflectMessage as _, Value};
use prost_types::FieldMask;
use proto::{
    carts::GetCartRequest,
    catalog::{ListCategoriesRequest, ListProductsRequest, SearchProductsRequest},
    inventory::WatchStockRequest,
    notifications::{ListNotificationsRequest, Notification, NotificationKind, WatchNotificationsRequest},
    orders::{ListOrdersRequest, WatchOrderRequest},
    payments::ListPaymentMethodsRequest,
    recommendations::RelatedQuery,
    reviews::ReviewsQuery,
    shipping::ShippingQuery,
    telemetry::GetDeviceRequest,
    users::GetPreferencesRequest,
};
use tonic::Code;

use crate::shop::{ADA, PRODUCT, Shop, failure, ids, mask, only, violations};

#[tokio::test]
async fn every_path_of_a_product_alone_is_its_part_of_the_whole() {
    let shop = Shop::open().await;
    let clients = shop.anybody();
    every_path_is_its_part("shop.catalog.v1.Product", "id", async |read_mask| {
        only(clients.products(ids(&[PRODUCT]), read_mask).await)
    })
    .await;
}

#[tokio::test]
async fn every_path_of_a_listed_or_found_product_alone_is_its_part_of_the_whole() {
    let shop = Shop::open().await;
    let mut catalog = shop.anybody().catalog();
    every_path_is_its_part("shop.catalog.v1.Product", "id", async |read_mask| {
        let request = ListProductsRequest { page_size: 1, read_mask, ..Default::default() };
        catalog.list_products(request).await.unwrap().into_inner().products.remove(0)
    })
    .await;
    every_path_is_its_part("shop.catalog.v1.Product", "id", async |read_mask| {
        let request =
            SearchProductsRequest { query: "tent".into(), page_size: 1, read_mask, ..Default::default() };
        catalog.search_products(request).await.unwrap().into_inner().products.remove(0)
    })
    .await;
}

#[tokio::test]
async fn every_path_of_a_category_alone_is_its_part_of_the_whole() {
    let shop = Shop::open().await;
    let mut catalog = shop.anybody().catalog();
    every_path_is_its_part("shop.catalog.v1.Category", "id", async |read_mask| {
        let request = ListCategoriesRequest { read_mask };
        catalog.list_categories(request).await.unwrap().into_inner().categories.remove(0)
    })
    .await;
}

#[tokio::test]
async fn every_path_of_a_price_alone_is_its_part_of_the_whole() {
    let shop = Shop::open().await;
    let clients = shop.user("user-ada-lindqvist");
    every_path_is_its_part("shop.pricing.v1.Price", "product_id", async |read_mask| {
        only(clients.prices(ids(&[PRODUCT]), read_mask).await)
    })
    .await;
}

#[tokio::test]
async fn every_path_of_a_stock_alone_is_its_part_of_the_whole_read_or_watched() {
    let shop = Shop::open().await;
    let clients = shop.anybody();
    every_path_is_its_part("shop.inventory.v1.Stock", "product_id", async |read_mask| {
        only(clients.stocks(ids(&[PRODUCT]), read_mask).await)
    })
    .await;
    every_path_is_its_part("shop.inventory.v1.Stock", "product_id", async |read_mask| {
        let request = WatchStockRequest { product_ids: ids(&[PRODUCT]), read_mask };
        let mut stream = clients.inventory().watch_stock(request).await.unwrap().into_inner();
        stream.message().await.unwrap().unwrap().stock.unwrap()
    })
    .await;
}

#[tokio::test]
async fn every_path_of_a_review_and_of_a_rating_alone_is_its_part_of_the_whole() {
    let shop = Shop::open().await;
    let clients = shop.anybody();
    every_path_is_its_part("shop.reviews.v1.Review", "id", async |read_mask| {
        let queries = vec![ReviewsQuery { product_id: PRODUCT.into(), ..ReviewsQuery::default() }];
        only(clients.reviews_pages(queries, read_mask).await).reviews.remove(0)
    })
    .await;
    every_path_is_its_part("shop.reviews.v1.Rating", "product_id", async |read_mask| {
        only(clients.ratings(ids(&[PRODUCT]), read_mask).await)
    })
    .await;
}

#[tokio::test]
async fn every_path_of_a_user_and_of_preferences_alone_is_its_part_of_the_whole() {
    let shop = Shop::open().await;
    let clients = shop.user(ADA);
    every_path_is_its_part("shop.users.v1.User", "id", async |read_mask| {
        only(clients.users_by_id(ids(&[ADA]), read_mask).await)
    })
    .await;
    every_path_is_its_part("shop.users.v1.Preferences", "", async |read_mask| {
        let request = GetPreferencesRequest { read_mask };
        clients.users().get_preferences(request).await.unwrap().into_inner().preferences.unwrap()
    })
    .await;
}

#[tokio::test]
async fn every_path_of_a_cart_and_of_a_payment_method_alone_is_its_part_of_the_whole() {
    let shop = Shop::open().await;
    let clients = shop.user(ADA);
    every_path_is_its_part("shop.carts.v1.Cart", "", async |read_mask| {
        let request = GetCartRequest { read_mask };
        clients.carts().get_cart(request).await.unwrap().into_inner().cart.unwrap()
    })
    .await;
    every_path_is_its_part("shop.payments.v1.PaymentMethod", "id", async |read_mask| {
        let request = ListPaymentMethodsRequest { read_mask, ..Default::default() };
        let response = clients.payments().list_payment_methods(request).await.unwrap();
        response.into_inner().payment_methods.remove(0)
    })
    .await;
}

#[tokio::test]
async fn every_path_of_an_order_alone_is_its_part_of_the_whole_listed_read_or_watched() {
    let shop = Shop::open().await;
    let clients = shop.user(ADA);
    let list = async |read_mask| {
        let request = ListOrdersRequest { read_mask, ..Default::default() };
        clients.list_orders(request).await.unwrap().orders.remove(0)
    };
    let id = list(None).await.id;
    every_path_is_its_part("shop.orders.v1.Order", "id", list).await;
    every_path_is_its_part("shop.orders.v1.Order", "id", async |read_mask| {
        only(clients.orders_by_id(ids(&[&id]), read_mask).await)
    })
    .await;
    every_path_is_its_part("shop.orders.v1.Order", "id", async |read_mask| {
        let request = WatchOrderRequest { order_id: id.clone(), read_mask };
        let mut stream = clients.orders().watch_order(request).await.unwrap().into_inner();
        stream.message().await.unwrap().unwrap().order.unwrap()
    })
    .await;
}

#[tokio::test]
async fn every_path_of_shipping_options_and_of_related_products_alone_is_its_part_of_the_whole() {
    let shop = Shop::open().await;
    let clients = shop.anybody();
    every_path_is_its_part("shop.shipping.v1.ShippingOptions", "", async |read_mask| {
        let query = ShippingQuery { product_id: PRODUCT.into(), country_code: "FR".into() };
        only(clients.shipping_options(vec![query], read_mask).await)
    })
    .await;
    every_path_is_its_part("shop.recommendations.v1.RelatedProducts", "", async |read_mask| {
        let query = RelatedQuery { product_id: PRODUCT.into(), page_size: 0 };
        only(clients.related(vec![query], read_mask).await)
    })
    .await;
}

#[tokio::test]
async fn every_path_of_a_notification_alone_is_its_part_of_the_whole_listed_or_watched() {
    let shop = Shop::open().await;
    let clients = shop.user(ADA);
    let tell = async || {
        let announcement = Announcement {
            kind: NotificationKind::Price,
            title: "A lower price".into(),
            text: "It costs less.".into(),
            order_id: "order-000001".into(),
            product_id: PRODUCT.into(),
        };
        shop.domain.notify(ADA, announcement).await.unwrap()
    };
    tell().await;
    every_path_is_its_part("shop.notifications.v1.Notification", "id", async |read_mask| {
        let request = ListNotificationsRequest { read_mask, ..Default::default() };
        let response = clients.notifications().list_notifications(request).await.unwrap();
        response.into_inner().notifications.remove(0)
    })
    .await;
    every_path_is_its_part("shop.notifications.v1.Notification", "id", async |read_mask| {
        let request = WatchNotificationsRequest { read_mask };
        let mut stream = clients.notifications().watch_notifications(request).await.unwrap().into_inner();
        stream.message().await.unwrap().unwrap();
        let told = tell().await;
        let watched = stream.message().await.unwrap().unwrap().notification.unwrap();
        assert_eq!(watched.id, told.id);
        // Each is a new notification, equal to the others but for its identifier.
        Notification { id: "notification".into(), ..watched }
    })
    .await;
}

#[tokio::test]
async fn every_path_of_a_device_alone_is_its_part_of_the_whole() {
    let shop = Shop::open().await;
    let clients = shop.device("shelf-0001");
    every_path_is_its_part("shop.telemetry.v1.Device", "id", async |read_mask| {
        let request = GetDeviceRequest { device_id: "shelf-0001".into(), read_mask };
        clients.telemetry().get_device(request).await.unwrap().into_inner().device.unwrap()
    })
    .await;
}

#[tokio::test]
async fn an_unknown_path_is_rejected_by_name() {
    let shop = Shop::open().await;
    for path in ["nope", "wholesale.nope", "images.url", "description.length", "*"] {
        let status = shop.anybody().products(vec![], Some(mask(&["name", path]))).await.unwrap_err();
        assert_eq!(failure(&status), (Code::InvalidArgument, "READ_MASK_INVALID".into()));
        assert_eq!(violations(&status), ["read_mask"]);
        assert!(status.message().contains(&format!("{path:?}")), "{}", status.message());
    }
}

/// Reads a message whole and then with every path alone, and compares. The key is returned as well,
/// unless it is empty.
async fn every_path_is_its_part<M: Message>(
    name: &str,
    key: &str,
    mut read: impl AsyncFnMut(Option<FieldMask>) -> M,
) {
    let pool = DescriptorPool::decode(proto::DESCRIPTORS).unwrap();
    let descriptor = pool.get_message_by_name(name).unwrap();
    let whole = dynamic(&descriptor, &read(None).await);
    let paths = paths(&descriptor);
    assert!(paths.len() >= descriptor.fields().len());
    for path in paths {
        let part = dynamic(&descriptor, &read(Some(mask(&[&path]))).await);
        assert_eq!(part, expected(&whole, key, &path), "{name} with {path:?}");
    }
}

fn dynamic(descriptor: &MessageDescriptor, message: &impl Message) -> DynamicMessage {
    DynamicMessage::decode(descriptor.clone(), message.encode_to_vec().as_slice()).unwrap()
}

/// All paths of a message that lead through single messages.
fn paths(descriptor: &MessageDescriptor) -> Vec<String> {
    let mut paths = Vec::new();
    for field in descriptor.fields() {
        paths.push(field.name().to_owned());
        if let (Kind::Message(within), false) = (field.kind(), field.is_list()) {
            paths.extend(self::paths(&within).into_iter().map(|path| format!("{}.{path}", field.name())));
        }
    }
    paths
}

/// The key of a message and the value at a path.
fn expected(whole: &DynamicMessage, key: &str, path: &str) -> DynamicMessage {
    let mut expected = DynamicMessage::new(whole.descriptor());
    if !key.is_empty() {
        copy(whole, &mut expected, key);
    }
    copy(whole, &mut expected, path);
    expected
}

fn copy(from: &DynamicMessage, to: &mut DynamicMessage, path: &str) {
    let (name, rest) = path.split_once('.').unwrap_or((path, ""));
    if !from.has_field_by_name(name) {
        return;
    }
    let value = from.get_field_by_name(name).unwrap().into_owned();
    if rest.is_empty() {
        to.set_field_by_name(name, value);
        return;
    }
    let mut part = DynamicMessage::new(value.as_message().unwrap().descriptor());
    copy(value.as_message().unwrap(), &mut part, rest);
    to.set_field_by_name(name, Value::Message(part));
}
