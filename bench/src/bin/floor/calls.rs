//! The calls to the services, with the read masks and timeouts of the phone's BFF. Results are matched by key.

use std::collections::HashMap;

use bench::services::{Services, mask};
use proto::carts::GetCartRequest;
use proto::catalog::{
    self, BatchGetProductsRequest, ListProductsRequest, ListProductsResponse, product_result,
};
use proto::inventory::{BatchGetStockRequest, stock_result};
use proto::notifications::ListNotificationsRequest;
use proto::pricing::{self, BatchGetPricesRequest, price_result};
use proto::recommendations::ListRecommendationsRequest;
use proto::reviews::{
    self, BatchGetRatingsRequest, BatchListReviewsRequest, ReviewsQuery, rating_result, reviews_result,
};
use proto::users::{BatchGetUsersRequest, User, user_result};
use tonic::Status;

/// Paths of the fields of a product that lists and screens show.
const CARD: &[&str] = &["id", "name", "thumbnail_url"];

type Results<T> = Result<HashMap<String, T>, Status>;

/// Loads a page of products.
pub async fn list_products(
    services: &Services,
    page: ListProductsRequest,
) -> Result<ListProductsResponse, Status> {
    let message = ListProductsRequest { read_mask: mask(CARD), ..page };
    let answer = services.catalog.clone().list_products(services.request(message, 800, None)).await?;
    Ok(answer.into_inner())
}

/// Loads the cards of products.
pub async fn products(services: &Services, ids: Vec<String>) -> Results<catalog::Product> {
    products_with(services, ids, CARD).await
}

/// Loads the names of products.
pub async fn names(services: &Services, ids: Vec<String>) -> Results<catalog::Product> {
    products_with(services, ids, &["id", "name"]).await
}

async fn products_with(services: &Services, ids: Vec<String>, paths: &[&str]) -> Results<catalog::Product> {
    let message = BatchGetProductsRequest { ids, read_mask: mask(paths) };
    let answer = services.catalog.clone().batch_get_products(services.request(message, 800, None)).await?;
    let results = answer.into_inner().results.into_iter();
    Ok(results
        .filter_map(|it| match it.outcome? {
            product_result::Outcome::Item(product) => Some((it.id, product)),
            product_result::Outcome::Error(_) => None,
        })
        .collect())
}

/// Loads the prices of products for a user.
pub async fn prices(
    services: &Services,
    product_ids: Vec<String>,
    user: Option<&str>,
) -> Results<pricing::Price> {
    let read_mask = mask(&["customer_price", "list_price", "product_id"]);
    let message = BatchGetPricesRequest { product_ids, read_mask };
    let answer = services.pricing.clone().batch_get_prices(services.request(message, 400, user)).await?;
    let results = answer.into_inner().results.into_iter();
    Ok(results
        .filter_map(|it| match it.outcome? {
            price_result::Outcome::Item(price) => Some((it.product_id, price)),
            price_result::Outcome::Error(_) => None,
        })
        .collect())
}

/// Loads whether products can be bought.
pub async fn stock(services: &Services, product_ids: Vec<String>) -> Results<bool> {
    let message = BatchGetStockRequest { product_ids, read_mask: mask(&["available", "product_id"]) };
    let answer = services.inventory.clone().batch_get_stock(services.request(message, 400, None)).await?;
    let results = answer.into_inner().results.into_iter();
    Ok(results
        .filter_map(|it| match it.outcome? {
            stock_result::Outcome::Item(stock) => Some((it.product_id, stock.available)),
            stock_result::Outcome::Error(_) => None,
        })
        .collect())
}

/// Loads the mean stars of products; those without a review have none.
pub async fn ratings(services: &Services, product_ids: Vec<String>) -> Results<f64> {
    let read_mask = mask(&["average", "product_id", "review_count"]);
    let message = BatchGetRatingsRequest { product_ids, read_mask };
    let answer = services.reviews.clone().batch_get_ratings(services.request(message, 300, None)).await?;
    let results = answer.into_inner().results.into_iter();
    Ok(results
        .filter_map(|it| match it.outcome? {
            rating_result::Outcome::Item(rating) if rating.review_count > 0 => {
                Some((it.product_id, rating.average))
            }
            _ => None,
        })
        .collect())
}

/// Loads the newest reviews of a product.
pub async fn reviews(services: &Services, id: String, size: i32) -> Result<Vec<reviews::Review>, Status> {
    let query = ReviewsQuery { product_id: id, page_size: size, ..ReviewsQuery::default() };
    let read_mask = mask(&["author_name", "create_time", "id", "rating", "text"]);
    let message = BatchListReviewsRequest { queries: vec![query], read_mask };
    let answer = services.reviews.clone().batch_list_reviews(services.request(message, 300, None)).await?;
    Ok(match answer.into_inner().results.pop().and_then(|it| it.outcome) {
        Some(reviews_result::Outcome::Item(page)) => page.reviews,
        _ => Vec::new(),
    })
}

/// Loads the number of items in a user's cart.
pub async fn cart_count(services: &Services, user: &str) -> Result<Option<i32>, Status> {
    let message = GetCartRequest { read_mask: mask(&["item_count"]) };
    let answer = services.carts.clone().get_cart(services.request(message, 500, Some(user))).await?;
    Ok(answer.into_inner().cart.map(|cart| cart.item_count))
}

/// Loads the number of a user's unread notifications.
pub async fn unread_count(services: &Services, user: &str) -> Result<Option<i32>, Status> {
    let message = ListNotificationsRequest { page_size: 1, read_mask: mask(&["id"]), ..Default::default() };
    let request = services.request(message, 500, Some(user));
    let answer = services.notifications.clone().list_notifications(request).await?;
    Ok(Some(answer.into_inner().unread_count))
}

/// Loads the ids of the products that are recommended to a user.
pub async fn recommended(services: &Services, size: i32, user: &str) -> Result<Vec<String>, Status> {
    let message = ListRecommendationsRequest { page_size: size, page_token: String::new() };
    let request = services.request(message, 400, Some(user));
    let answer = services.recommendations.clone().list_recommendations(request).await?;
    Ok(answer.into_inner().product_ids)
}

/// Loads the name and the picture of a user.
pub async fn account(services: &Services, user: &str) -> Result<Option<User>, Status> {
    let read_mask = mask(&["avatar_url", "given_name", "id"]);
    let message = BatchGetUsersRequest { user_ids: vec![user.to_owned()], read_mask };
    let answer = services.users.clone().batch_get_users(services.request(message, 300, Some(user))).await?;
    Ok(match answer.into_inner().results.pop().and_then(|it| it.outcome) {
        Some(user_result::Outcome::Item(user)) => Some(user),
        _ => None,
    })
}
