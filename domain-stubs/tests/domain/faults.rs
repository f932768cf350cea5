//! A fault breaks its RPC exactly as it states, and no other.

use std::time::Duration;

use proto::{
    admin::{CallEnd, ClearFaultsRequest, Fault, KeyFault, KeyFaultKind, ListFaultsRequest, SetFaultRequest},
    catalog::ListCategoriesRequest,
    reviews::{CreateReviewRequest, ReviewsQuery},
};
use tokio::task::JoinHandle;
use tonic::{Code, Status};

use crate::shop::{ADA, GET_PRODUCTS, PRODUCT, Shop, failure, ids, reasons, violations};

const OTHER: &str = "sleeping-mat-inflatable-6";

#[tokio::test]
async fn an_error_fails_its_rpc_alone() {
    let shop = Shop::open().await;
    shop.break_with(Fault { error_code: Code::Unavailable.into(), ..fault() });
    let status = get(&shop).await.unwrap_err();
    assert_eq!(failure(&status), (Code::Unavailable, "FAULT_INJECTED".into()));
    shop.anybody().catalog().list_categories(ListCategoriesRequest::default()).await.unwrap();
    shop.domain.faults().clear();
    get(&shop).await.unwrap();
}

#[tokio::test]
async fn an_error_rate_fails_some_calls_and_not_others() {
    let shop = Shop::open().await;
    shop.break_with(Fault { error_code: Code::Internal.into(), error_rate: 0.5, ..fault() });
    let mut failed = 0;
    for _ in 0..40 {
        failed += i32::from(get(&shop).await.is_err());
    }
    assert!((10..30).contains(&failed), "{failed} of 40 failed");
}

#[tokio::test]
async fn a_failed_write_has_written_nothing() {
    let shop = Shop::open().await;
    let rpc = "shop.reviews.v1.ReviewService/CreateReview".to_owned();
    shop.break_with(Fault { rpc, error_code: Code::Unavailable.into(), ..fault() });
    let request = CreateReviewRequest {
        idempotency_key: "12345678".into(),
        product_id: PRODUCT.into(),
        rating: 5,
        text: "Good.".into(),
    };
    let mut reviews = shop.user("user-new").reviews();
    reviews.create_review(request.clone()).await.unwrap_err();
    shop.domain.faults().clear();
    // Another key would be a second review, had the first been written.
    let request = CreateReviewRequest { idempotency_key: "87654321".into(), ..request };
    reviews.create_review(request).await.unwrap();
}

#[tokio::test]
async fn what_fails_after_the_work_has_written_it() {
    let shop = Shop::open().await;
    let rpc = "shop.reviews.v1.ReviewService/CreateReview".to_owned();
    shop.break_with(Fault { rpc, error_code: Code::Unavailable.into(), after_work: true, ..fault() });
    let request = CreateReviewRequest {
        idempotency_key: "12345678".into(),
        product_id: PRODUCT.into(),
        rating: 5,
        text: "Good.".into(),
    };
    let before = shop.anybody().rating(PRODUCT).await.review_count;
    let mut reviews = shop.user("user-new").reviews();
    let status = reviews.create_review(request.clone()).await.unwrap_err();
    assert_eq!(failure(&status), (Code::Unavailable, "FAULT_INJECTED".into()));
    assert_eq!(shop.anybody().rating(PRODUCT).await.review_count, before + 1);
    shop.domain.faults().clear();
    reviews.create_review(request).await.unwrap();
    assert_eq!(
        shop.anybody().rating(PRODUCT).await.review_count,
        before + 1,
        "the same key is the same review"
    );
}

#[tokio::test]
async fn a_command_that_the_service_declined_changes_nothing_when_it_is_to_fail_after_the_work() {
    let shop = Shop::open().await;
    let rpc = "shop.carts.v1.CartService/AddItem".to_owned();
    shop.break_with(Fault { rpc, error_code: Code::Unavailable.into(), after_work: true, ..fault() });
    let before = shop.user(ADA).cart().await;
    shop.user(ADA).add("first-key", "nope", 1).await.unwrap_err();
    assert_eq!(shop.user(ADA).cart().await, before);
}

#[tokio::test]
async fn latency_delays_the_response() {
    let shop = Shop::open().await;
    let latency = Duration::from_millis(40);
    shop.break_with(Fault { latency: prost_types::Duration::try_from(latency).ok(), ..fault() });
    get(&shop).await.unwrap();
    let took = Duration::try_from(shop.domain.calls().list()[0].duration.unwrap()).unwrap();
    assert!(took >= latency, "{took:?}");
}

#[tokio::test]
async fn a_black_hole_sends_nothing_until_the_client_goes_away() {
    let shop = Shop::open().await;
    let call = fall_into_black_hole(&shop).await;
    assert!(!call.is_finished());
    call.abort();
    shop.domain.calls().wait_until(|calls| calls[0].end() == CallEnd::Cancelled).await;
}

#[tokio::test]
async fn a_black_hole_does_not_keep_the_server_from_stopping() {
    let shop = Shop::open().await;
    let call = fall_into_black_hole(&shop).await;
    shop.stop().await;
    let status = call.await.unwrap().unwrap_err();
    assert_eq!(failure(&status), (Code::Unavailable, "STOPPING".into()));
}

#[tokio::test]
async fn a_key_fails_alone() {
    let shop = Shop::open().await;
    shop.break_with(key_fault(KeyFaultKind::Error, Code::Unavailable));
    assert_eq!(get(&shop).await.unwrap(), [key(PRODUCT, "FAULT_INJECTED"), key(OTHER, "")]);
}

#[tokio::test]
async fn a_key_is_missing() {
    let shop = Shop::open().await;
    shop.break_with(key_fault(KeyFaultKind::Omit, Code::Ok));
    assert_eq!(get(&shop).await.unwrap(), [key(OTHER, "")]);
}

#[tokio::test]
async fn a_key_is_returned_twice() {
    let shop = Shop::open().await;
    shop.break_with(key_fault(KeyFaultKind::Duplicate, Code::Ok));
    assert_eq!(get(&shop).await.unwrap(), [key(PRODUCT, ""), key(PRODUCT, ""), key(OTHER, "")]);
}

#[tokio::test]
async fn a_key_is_returned_that_was_not_requested() {
    let shop = Shop::open().await;
    shop.break_with(key_fault(KeyFaultKind::Extra, Code::Ok));
    let extra = format!("{PRODUCT}-extra");
    assert_eq!(get(&shop).await.unwrap(), [key(PRODUCT, ""), key(&extra, ""), key(OTHER, "")]);
}

#[tokio::test]
async fn a_key_fault_without_keys_hits_them_all() {
    let shop = Shop::open().await;
    let everything = KeyFault { kind: KeyFaultKind::Omit.into(), ..KeyFault::default() };
    shop.break_with(Fault { key_faults: vec![everything], ..fault() });
    assert_eq!(get(&shop).await.unwrap(), []);
}

#[tokio::test]
async fn reviews_are_broken_by_product() {
    let shop = Shop::open().await;
    let rpc = "shop.reviews.v1.ReviewService/BatchListReviews".to_owned();
    shop.break_with(Fault { rpc, ..key_fault(KeyFaultKind::Extra, Code::Ok) });
    let query = ReviewsQuery { product_id: PRODUCT.into(), page_size: 3, ..ReviewsQuery::default() };
    let pages = shop.anybody().reviews_pages(vec![query.clone()], None).await.unwrap();
    let returned: Vec<_> = pages.into_iter().map(|(query, _)| query).collect();
    let extra = ReviewsQuery { product_id: format!("{PRODUCT}-extra"), ..query.clone() };
    assert_eq!(returned, [query, extra]);
}

#[tokio::test]
async fn faults_are_set_and_taken_away_over_the_network() {
    let shop = Shop::open().await;
    let mut admin = shop.admin();
    let broken = Fault { error_code: Code::NotFound.into(), ..fault() };
    admin.set_fault(SetFaultRequest { fault: Some(broken.clone()) }).await.unwrap();
    assert_eq!(get(&shop).await.unwrap_err().code(), Code::NotFound);
    let listed = admin.list_faults(ListFaultsRequest {}).await.unwrap().into_inner().faults;
    assert_eq!(listed, [broken]);
    admin.clear_faults(ClearFaultsRequest {}).await.unwrap();
    get(&shop).await.unwrap();
}

#[tokio::test]
async fn a_fault_of_an_unknown_rpc_is_rejected() {
    let shop = Shop::open().await;
    let unknown = Fault { rpc: "shop.catalog.v1.CatalogService/Nope".into(), ..fault() };
    for request in [SetFaultRequest { fault: Some(unknown) }, SetFaultRequest { fault: None }] {
        let status = shop.admin().set_fault(request).await.unwrap_err();
        assert_eq!(failure(&status), (Code::InvalidArgument, "FAULT_INVALID".into()));
        assert_eq!(violations(&status), ["fault.rpc"]);
    }
}

fn fault() -> Fault {
    Fault { rpc: GET_PRODUCTS.to_owned(), ..Fault::default() }
}

fn key_fault(kind: KeyFaultKind, code: Code) -> Fault {
    let broken = KeyFault { keys: ids(&[PRODUCT]), kind: kind.into(), error_code: code.into() };
    Fault { key_faults: vec![broken], ..fault() }
}

/// A key of a response, with the reason of its error, which is empty without one.
fn key(id: &str, reason: &str) -> (String, String) {
    (id.to_owned(), reason.to_owned())
}

async fn get(shop: &Shop) -> Result<Vec<(String, String)>, Status> {
    Ok(reasons(shop.anybody().products(ids(&[PRODUCT, OTHER]), None).await?))
}

/// A call that has arrived at an RPC with a black hole.
async fn fall_into_black_hole(shop: &Shop) -> JoinHandle<Result<(), Status>> {
    shop.break_with(Fault { black_hole: true, ..fault() });
    let clients = shop.anybody();
    let call = tokio::spawn(async move { clients.products(ids(&[PRODUCT]), None).await.map(drop) });
    shop.domain.calls().wait_until(|calls| calls.iter().any(|call| !call.keys.is_empty())).await;
    call
}
