//! A watcher receives the present stock, and every change after that.

use proto::inventory::{Stock, WatchStockRequest, WatchStockResponse};
use tonic::{Code, Streaming};

use crate::shop::{ADA, PRODUCT, Shop, failure, ids, mask, now, order_by};

const OTHER: &str = "sleeping-mat-inflatable-6";

#[tokio::test]
async fn a_watcher_gets_each_product_at_once_and_then_what_changes() {
    let shop = Shop::open().await;
    let mut stream = watch(&shop, &[PRODUCT, OTHER]).await;
    let first = next(&mut stream).await;
    assert_eq!(first, shop.anybody().stock(PRODUCT).await);
    assert_eq!(next(&mut stream).await.product_id, OTHER);

    shop.domain.set_stock(PRODUCT, "lyon", 7_000).await.unwrap();
    let changed = next(&mut stream).await;
    assert_eq!(changed.warehouses[0].warehouse_name, "Lyon");
    assert_eq!(changed.warehouses[0].quantity, 7_000);
    assert_eq!(changed.update_time.unwrap().seconds, now().as_second());
    assert_eq!(changed, shop.anybody().stock(PRODUCT).await);
}

#[tokio::test]
async fn a_watcher_hears_nothing_of_other_products() {
    let shop = Shop::open().await;
    let mut stream = watch(&shop, &[PRODUCT]).await;
    next(&mut stream).await;
    shop.domain.set_stock(OTHER, "lyon", 1).await.unwrap();
    shop.domain.set_stock(PRODUCT, "lyon", 2).await.unwrap();
    assert_eq!(next(&mut stream).await.product_id, PRODUCT);
}

#[tokio::test]
async fn two_servers_of_one_domain_tell_of_the_same_changes() {
    let shop = Shop::open().await;
    let other = Shop::serve(shop.domain.clone(), domain_stubs::Services::all()).await;
    let mut stream = watch(&other, &[PRODUCT]).await;
    next(&mut stream).await;
    shop.domain.set_stock(PRODUCT, "porto", 9_000).await.unwrap();
    assert_eq!(next(&mut stream).await.warehouses[0].quantity, 9_000);
}

#[tokio::test]
async fn an_order_is_a_change_and_repeating_it_is_none() {
    let shop = Shop::open().await;
    let clients = shop.user(ADA);
    clients.add("first-key", PRODUCT, 2).await.unwrap();
    let mut stream = watch(&shop, &[PRODUCT]).await;
    let before = next(&mut stream).await.total_quantity;
    clients.place(order_by(ADA, "first-key")).await.unwrap();
    assert_eq!(next(&mut stream).await.total_quantity, before - 2);
    clients.place(order_by(ADA, "first-key")).await.unwrap();
    shop.domain.set_stock(PRODUCT, "lyon", 7_000).await.unwrap();
    assert_eq!(next(&mut stream).await.warehouses[0].quantity, 7_000);
}

#[tokio::test]
async fn without_an_item_in_any_warehouse_a_product_is_not_available() {
    let shop = Shop::open().await;
    for warehouse in shop.anybody().stock(PRODUCT).await.warehouses {
        shop.domain.set_stock(PRODUCT, &warehouse.warehouse_id, 0).await.unwrap();
    }
    let empty = shop.anybody().stock(PRODUCT).await;
    assert_eq!((empty.available, empty.total_quantity), (false, 0));
    shop.domain.set_stock(PRODUCT, "lyon", 1).await.unwrap();
    let full = shop.anybody().stock(PRODUCT).await;
    assert_eq!((full.available, full.total_quantity), (true, 1));
}

#[tokio::test]
async fn an_invalid_change_is_rejected() {
    let shop = Shop::open().await;
    let invalid = [
        ("nope", "lyon", 1, Code::NotFound, "PRODUCT_NOT_FOUND"),
        (PRODUCT, "atlantis", 1, Code::NotFound, "WAREHOUSE_NOT_FOUND"),
        (PRODUCT, "lyon", -1, Code::InvalidArgument, "QUANTITY_INVALID"),
    ];
    for (product, warehouse, quantity, code, reason) in invalid {
        let status = shop.domain.set_stock(product, warehouse, quantity).await.unwrap_err();
        assert_eq!(failure(&status), (code, reason.into()));
    }
}

#[tokio::test]
async fn watching_an_unknown_product_fails_as_a_whole() {
    let shop = Shop::open().await;
    let request = WatchStockRequest { product_ids: ids(&[PRODUCT, "nope"]), read_mask: None };
    let status = shop.anybody().inventory().watch_stock(request).await.unwrap_err();
    assert_eq!(failure(&status), (Code::NotFound, "PRODUCT_NOT_FOUND".into()));
    let request = WatchStockRequest { product_ids: ids(&[PRODUCT, PRODUCT]), read_mask: None };
    let status = shop.anybody().inventory().watch_stock(request).await.unwrap_err();
    assert_eq!(failure(&status), (Code::InvalidArgument, "DUPLICATE_KEY".into()));
    let request = WatchStockRequest { product_ids: ids(&[PRODUCT]), read_mask: Some(mask(&["nope"])) };
    let status = shop.anybody().inventory().watch_stock(request).await.unwrap_err();
    assert_eq!(failure(&status), (Code::InvalidArgument, "READ_MASK_INVALID".into()));
}

#[tokio::test]
async fn a_watcher_does_not_keep_the_server_from_stopping() {
    let shop = Shop::open().await;
    let mut stream = watch(&shop, &[PRODUCT]).await;
    next(&mut stream).await;
    shop.stop().await;
    let status = stream.message().await.unwrap_err();
    assert_eq!(failure(&status), (Code::Unavailable, "STOPPING".into()));
}

async fn watch(shop: &Shop, products: &[&str]) -> Streaming<WatchStockResponse> {
    let request = WatchStockRequest { product_ids: ids(products), read_mask: None };
    shop.anybody().inventory().watch_stock(request).await.unwrap().into_inner()
}

async fn next(stream: &mut Streaming<WatchStockResponse>) -> Stock {
    stream.message().await.unwrap().unwrap().stock.unwrap()
}
