//! A user reviews a product once, however often the call is made.

use proto::reviews::{CreateReviewRequest, Review, ReviewsQuery};
use tonic::{Code, Status};

use crate::shop::{Clients, PRODUCT, Shop, failure, now, violations};

#[tokio::test]
async fn a_review_is_stored_under_the_name_of_its_author_and_counted() {
    let shop = Shop::open().await;
    let before = review_count(&shop).await;
    let review = create(&shop.user("user-new-customer"), request()).await.unwrap();
    assert_eq!(review.author_id, "user-new-customer");
    assert_eq!(review.author_name, "New Customer");
    assert_eq!((review.product_id.as_str(), review.rating), (PRODUCT, 4));
    assert_eq!(review.create_time.unwrap().seconds, now().as_second());
    assert_eq!(newest(&shop).await, review);
    assert_eq!(review_count(&shop).await, before + 1);
}

#[tokio::test]
async fn a_known_author_keeps_the_name_chosen() {
    let shop = Shop::open().await;
    // Ada has reviewed some products already: the first she has not is as good as any.
    let clients = shop.user("user-ada-lindqvist");
    for product in clients.all_products(&["id"]).await {
        match create(&clients, CreateReviewRequest { product_id: product.id, ..request() }).await {
            Ok(review) => return assert_eq!(review.author_name, "Ada L."),
            Err(status) => {
                assert_eq!(failure(&status), (Code::AlreadyExists, "ALREADY_REVIEWED".into()));
            }
        }
    }
    panic!("Ada has reviewed everything");
}

#[tokio::test]
async fn the_same_key_with_the_same_content_gives_the_same_response_and_writes_once() {
    let shop = Shop::open().await;
    let clients = shop.user("user-new");
    let first = create(&clients, request()).await.unwrap();
    let count = review_count(&shop).await;
    assert_eq!(create(&clients, request()).await.unwrap(), first);
    assert_eq!(review_count(&shop).await, count);
}

#[tokio::test]
async fn the_same_key_with_other_content_is_rejected() {
    let shop = Shop::open().await;
    let clients = shop.user("user-new");
    create(&clients, request()).await.unwrap();
    let other = CreateReviewRequest { rating: 1, ..request() };
    let status = create(&clients, other).await.unwrap_err();
    assert_eq!(failure(&status), (Code::AlreadyExists, "IDEMPOTENCY_KEY_REUSED".into()));
}

#[tokio::test]
async fn the_same_key_of_another_user_is_another_key() {
    let shop = Shop::open().await;
    let first = create(&shop.user("user-one"), request()).await.unwrap();
    let second = create(&shop.user("user-two"), request()).await.unwrap();
    assert_ne!(first.id, second.id);
}

#[tokio::test]
async fn a_second_review_of_the_same_product_is_declined() {
    let shop = Shop::open().await;
    let clients = shop.user("user-new");
    create(&clients, request()).await.unwrap();
    let second = CreateReviewRequest { idempotency_key: "another-key".into(), ..request() };
    let status = create(&clients, second).await.unwrap_err();
    assert_eq!(failure(&status), (Code::AlreadyExists, "ALREADY_REVIEWED".into()));
}

#[tokio::test]
async fn a_failed_review_leaves_its_key_unused() {
    let shop = Shop::open().await;
    let clients = shop.user("user-new");
    let unknown = CreateReviewRequest { product_id: "nope".into(), ..request() };
    let status = create(&clients, unknown).await.unwrap_err();
    assert_eq!(failure(&status), (Code::NotFound, "PRODUCT_NOT_FOUND".into()));
    create(&clients, request()).await.unwrap();
}

#[tokio::test]
async fn twenty_calls_at_once_write_one_review() {
    let shop = Shop::open().await;
    let clients = shop.user("user-new");
    let before = review_count(&shop).await;
    let calls: Vec<_> = (0..20)
        .map(|_| {
            let mut reviews = clients.reviews();
            tokio::spawn(async move { reviews.create_review(request()).await.unwrap().into_inner() })
        })
        .collect();
    let mut reviews = Vec::new();
    for call in calls {
        reviews.push(call.await.unwrap());
    }
    assert!(reviews.iter().all(|review| *review == reviews[0]));
    assert_eq!(review_count(&shop).await, before + 1);
}

#[tokio::test]
async fn every_invalid_field_is_named() {
    let shop = Shop::open().await;
    let invalid = CreateReviewRequest {
        idempotency_key: "short".into(),
        rating: 6,
        text: "ß".repeat(2_001),
        ..request()
    };
    let status = create(&shop.user("user-new"), invalid).await.unwrap_err();
    assert_eq!(failure(&status), (Code::InvalidArgument, "REVIEW_INVALID".into()));
    assert_eq!(violations(&status), ["idempotency_key", "rating", "text"]);
}

#[tokio::test]
async fn nobody_and_no_device_writes_a_review() {
    let shop = Shop::open().await;
    for clients in [shop.anybody(), shop.device("shelf-1")] {
        let status = create(&clients, request()).await.unwrap_err();
        assert_eq!(failure(&status), (Code::Unauthenticated, "USER_REQUIRED".into()));
    }
}

#[tokio::test]
async fn a_rating_is_the_sum_of_its_reviews() {
    let shop = Shop::open().await;
    let rating = shop.anybody().rating(PRODUCT).await;
    assert_eq!(rating.star_counts.len(), 5);
    assert_eq!(rating.star_counts.iter().sum::<i32>(), rating.review_count);
    let stars: i32 = (1..).zip(&rating.star_counts).map(|(stars, count)| stars * count).sum();
    assert!((rating.average - f64::from(stars) / f64::from(rating.review_count)).abs() <= 0.05);
}

fn request() -> CreateReviewRequest {
    CreateReviewRequest {
        idempotency_key: "key-of-one-attempt".into(),
        product_id: PRODUCT.into(),
        rating: 4,
        text: "Stands in any wind.".into(),
    }
}

async fn create(clients: &Clients, request: CreateReviewRequest) -> Result<Review, Status> {
    Ok(clients.reviews().create_review(request).await?.into_inner().review.unwrap())
}

async fn newest(shop: &Shop) -> Review {
    let query = ReviewsQuery { product_id: PRODUCT.into(), ..ReviewsQuery::default() };
    shop.anybody().reviews_page(query).await.reviews.remove(0)
}

async fn review_count(shop: &Shop) -> i32 {
    shop.anybody().rating(PRODUCT).await.review_count
}
