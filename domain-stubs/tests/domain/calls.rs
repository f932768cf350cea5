//! The call log shows the request and the outcome of each call.

use std::time::Duration;

use prost::Message as _;
use proto::{
    admin::{CallEnd, ClearCallsRequest, Fault, ListCallsRequest},
    catalog::{BatchGetProductsRequest, ListCategoriesRequest, ListProductsRequest},
    inventory::WatchStockRequest,
    reviews::ReviewsQuery,
};
use tonic::{Code, Request};

use crate::shop::{GET_PRODUCTS, PRODUCT, Shop, ids, mask, now};

#[tokio::test]
async fn a_call_is_logged_with_its_keys_mask_sizes_deadline_and_caller() {
    let shop = Shop::open().await;
    let message =
        BatchGetProductsRequest { ids: ids(&[PRODUCT, "nope"]), read_mask: Some(mask(&["name", "images"])) };
    let mut request = Request::new(message.clone());
    request.set_timeout(Duration::from_secs(30));
    let response =
        shop.user("user-ada-lindqvist").catalog().batch_get_products(request).await.unwrap().into_inner();

    let [call] = <[_; 1]>::try_from(shop.domain.calls().list()).unwrap();
    assert_eq!(call.rpc, GET_PRODUCTS);
    assert_eq!(call.keys, [PRODUCT, "nope"]);
    assert_eq!(call.mask_paths, ["name", "images"]);
    assert_eq!(call.request_bytes, i64::try_from(message.encoded_len()).unwrap());
    assert_eq!(call.response_bytes, i64::try_from(response.encoded_len()).unwrap());
    assert_eq!(call.start_time.unwrap().seconds, now().as_second());
    assert_eq!(call.deadline, Some(prost_types::Duration { seconds: 30, nanos: 0 }));
    assert!(call.duration.is_some());
    assert_eq!((call.end(), call.code), (CallEnd::Answered, 0));
    assert_eq!(call.subject, "user-ada-lindqvist");
}

#[tokio::test]
async fn what_was_not_sent_is_not_logged() {
    let shop = Shop::open().await;
    shop.anybody().catalog().list_products(ListProductsRequest::default()).await.unwrap();
    let [call] = <[_; 1]>::try_from(shop.domain.calls().list()).unwrap();
    assert_eq!((call.keys.len(), call.mask_paths.len(), call.deadline), (0, 0, None));
    assert_eq!(call.subject, "");
}

#[tokio::test]
async fn pages_of_reviews_are_logged_by_product() {
    let shop = Shop::open().await;
    let query = ReviewsQuery { product_id: PRODUCT.into(), page_size: 3, ..ReviewsQuery::default() };
    shop.anybody().reviews_page(query).await;
    assert_eq!(shop.domain.calls().list()[0].keys, [PRODUCT]);
}

#[tokio::test]
async fn a_failed_call_is_logged_with_its_keys_and_its_code() {
    let shop = Shop::open().await;
    let code = Code::Unavailable.into();
    shop.break_with(Fault { rpc: GET_PRODUCTS.into(), error_code: code, ..Fault::default() });
    shop.anybody().products(ids(&[PRODUCT]), None).await.unwrap_err();
    shop.domain.faults().clear();
    shop.anybody().products(ids(&[PRODUCT, PRODUCT]), None).await.unwrap_err();
    shop.with_credential(None).products(ids(&[PRODUCT, PRODUCT]), None).await.unwrap_err();

    let logged: Vec<_> =
        shop.domain.calls().list().into_iter().map(|call| (call.end(), call.code, call.keys.len())).collect();
    let ended = |code: Code, keys| (CallEnd::Answered, code.into(), keys);
    assert_eq!(
        logged,
        [ended(Code::Unavailable, 1), ended(Code::InvalidArgument, 2), ended(Code::Unauthenticated, 2)]
    );
}

#[tokio::test]
async fn a_stream_is_logged_as_running_until_its_caller_goes_away() {
    let shop = Shop::open().await;
    let request = WatchStockRequest { product_ids: ids(&[PRODUCT]), read_mask: None };
    let mut stream = shop.anybody().inventory().watch_stock(request).await.unwrap().into_inner();
    let message = stream.message().await.unwrap().unwrap();

    let [call] = <[_; 1]>::try_from(shop.domain.calls().list()).unwrap();
    assert_eq!((call.end(), call.duration), (CallEnd::Unspecified, None));
    drop(stream);
    let calls = shop.domain.calls().wait_until(|calls| calls[0].end() != CallEnd::Unspecified).await;
    assert_eq!(calls[0].end(), CallEnd::Cancelled);
    assert_eq!(calls[0].response_bytes, i64::try_from(message.encoded_len()).unwrap());
}

#[tokio::test]
async fn calls_are_listed_and_forgotten_over_the_network_and_admin_calls_are_not_among_them() {
    let shop = Shop::open().await;
    shop.anybody().catalog().list_categories(ListCategoriesRequest::default()).await.unwrap();
    let mut admin = shop.admin();
    let calls = admin.list_calls(ListCallsRequest {}).await.unwrap().into_inner().calls;
    assert_eq!(calls, shop.domain.calls().list());
    assert_eq!(calls.len(), 1);
    admin.clear_calls(ClearCallsRequest {}).await.unwrap();
    assert_eq!(admin.list_calls(ListCallsRequest {}).await.unwrap().into_inner().calls, []);
}
