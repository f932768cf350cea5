//! Pages of any size together are the whole list.

use proto::{
    catalog::{
        ListCategoriesRequest, ListProductsRequest, ListProductsResponse, SearchProductsRequest,
        SearchProductsResponse,
    },
    reviews::{CreateReviewRequest, ReviewsQuery},
};
use tonic::{Code, Status};

use crate::shop::{Clients, PRODUCT, Shop, failure, mask, reasons, violations};

#[tokio::test]
async fn walking_all_products_meets_each_once_by_name_whatever_the_size_of_the_pages() {
    let shop = Shop::open().await;
    let clients = shop.anybody();
    let whole = walk_products(&clients, "", 100).await;
    assert_eq!(whole.len(), 210);
    let mut by_name = whole.clone();
    by_name.sort_by_key(|(name, id)| (name.to_ascii_lowercase(), id.clone()));
    assert_eq!(whole, by_name);
    for page_size in [1, 2, 3, 7, 20, 21, 69, 70, 99] {
        assert_eq!(walk_products(&clients, "", page_size).await, whole, "pages of {page_size}");
    }
}

#[tokio::test]
async fn walking_each_category_meets_all_its_products() {
    let shop = Shop::open().await;
    let clients = shop.anybody();
    let mut catalog = clients.catalog();
    let categories = catalog.list_categories(ListCategoriesRequest::default()).await.unwrap().into_inner();
    let mut met = 0;
    for category in categories.categories {
        let products = walk_products(&clients, &category.id, 4).await;
        assert_eq!(i32::try_from(products.len()).unwrap(), category.product_count, "{}", category.id);
        met += products.len();
    }
    assert_eq!(met, 210);
}

#[tokio::test]
async fn walking_a_search_meets_each_product_once_in_the_same_order() {
    let shop = Shop::open().await;
    let clients = shop.anybody();
    let whole = walk_search(&clients, "steel", 100).await;
    assert!(whole.len() > 20, "{} products are of steel", whole.len());
    for page_size in [1, 3, 20] {
        assert_eq!(walk_search(&clients, "steel", page_size).await, whole, "pages of {page_size}");
    }
}

#[tokio::test]
async fn walking_the_reviews_of_a_product_meets_each_once_newest_first() {
    let shop = Shop::open().await;
    let clients = shop.anybody();
    let product = most_reviewed(&clients).await;
    let whole = walk_reviews(&clients, &product, 100).await;
    assert!(whole.len() > 20, "{} reviews", whole.len());
    assert!(whole.is_sorted_by(|a, b| a.1 > b.1));
    for page_size in [1, 2, 10, 19] {
        assert_eq!(walk_reviews(&clients, &product, page_size).await, whole, "pages of {page_size}");
    }
}

#[tokio::test]
async fn rows_written_meanwhile_shift_no_page() {
    let shop = Shop::open().await;
    let clients = shop.anybody();
    let product = most_reviewed(&clients).await;
    let whole = walk_reviews(&clients, &product, 100).await;

    let query = ReviewsQuery { product_id: product.clone(), page_size: 5, ..ReviewsQuery::default() };
    let first = clients.reviews_page(query.clone()).await;
    let review = CreateReviewRequest {
        idempotency_key: "12345678".into(),
        product_id: product,
        rating: 5,
        text: "New, and therefore first.".into(),
    };
    shop.user("user-new").reviews().create_review(review).await.unwrap();
    let query = ReviewsQuery { page_token: first.next_page_token, ..query };
    let second = clients.reviews_page(query).await;
    let ids: Vec<_> = second.reviews.into_iter().map(|review| review.id).collect();
    assert_eq!(ids, whole[5..10].iter().map(|(id, _)| id.clone()).collect::<Vec<_>>());
}

#[tokio::test]
async fn skip_passes_over_rows_from_where_the_page_begins() {
    let shop = Shop::open().await;
    let clients = shop.anybody();
    let whole = walk_products(&clients, "", 100).await;
    let request = ListProductsRequest { page_size: 5, skip: 3, ..ListProductsRequest::default() };
    let first = products_page(&clients, request.clone()).await.unwrap();
    assert_eq!(first.products[0].id, whole[3].1);
    assert_eq!(first.total_size, 210);

    let request = ListProductsRequest { page_token: first.next_page_token, skip: 10, ..request };
    let second = products_page(&clients, request.clone()).await.unwrap();
    assert_eq!(second.products[0].id, whole[3 + 5 + 10].1);

    let request = ListProductsRequest { skip: 1_000, ..request };
    let beyond = products_page(&clients, request).await.unwrap();
    assert_eq!((beyond.products.len(), beyond.next_page_token.as_str()), (0, ""));
}

#[tokio::test]
async fn a_page_has_twenty_products_unless_requested_otherwise_and_never_more_than_a_hundred() {
    let shop = Shop::open().await;
    let clients = shop.anybody();
    for (page_size, expected) in [(0, 20), (1, 1), (100, 100), (101, 100), (i32::MAX, 100)] {
        let request = ListProductsRequest { page_size, ..ListProductsRequest::default() };
        assert_eq!(products_page(&clients, request).await.unwrap().products.len(), expected);
    }
}

#[tokio::test]
async fn negative_sizes_and_skips_are_rejected() {
    let shop = Shop::open().await;
    let clients = shop.anybody();
    let size = ListProductsRequest { page_size: -1, ..ListProductsRequest::default() };
    let skip = ListProductsRequest { skip: -1, ..ListProductsRequest::default() };
    for (request, field) in [(size, "page_size"), (skip, "skip")] {
        let status = products_page(&clients, request).await.unwrap_err();
        assert_eq!(failure(&status), (Code::InvalidArgument, "PAGE_SIZE_INVALID".into()));
        assert_eq!(violations(&status), [field]);
    }
}

#[tokio::test]
async fn a_token_of_another_request_or_a_garbled_one_is_rejected() {
    let shop = Shop::open().await;
    let clients = shop.anybody();
    let request = ListProductsRequest { category_id: "coffee".into(), page_size: 2, ..Default::default() };
    let coffee = products_page(&clients, request.clone()).await.unwrap().next_page_token;
    let search = search_page(&clients, "steel", 2, "").await.unwrap().next_page_token;
    for (category_id, page_token) in [
        ("kitchen", coffee.as_str()),
        ("", coffee.as_str()),
        ("coffee", search.as_str()),
        ("coffee", "garbled"),
        ("coffee", "%"),
        ("coffee", &coffee[1..]),
    ] {
        let request = ListProductsRequest {
            category_id: category_id.into(),
            page_token: page_token.into(),
            ..request.clone()
        };
        let status = products_page(&clients, request).await.unwrap_err();
        assert_eq!(failure(&status), (Code::InvalidArgument, "PAGE_TOKEN_INVALID".into()));
        assert_eq!(violations(&status), ["page_token"]);
    }
    let status = search_page(&clients, "wood", 2, &search).await.unwrap_err();
    assert_eq!(failure(&status), (Code::InvalidArgument, "PAGE_TOKEN_INVALID".into()));
}

#[tokio::test]
async fn a_bad_page_of_one_product_leaves_the_others_theirs() {
    let shop = Shop::open().await;
    let clients = shop.anybody();
    let query = ReviewsQuery { product_id: PRODUCT.into(), ..ReviewsQuery::default() };
    let garbled = ReviewsQuery { page_token: "garbled".into(), ..query.clone() };
    let negative = ReviewsQuery { page_size: -1, ..query.clone() };
    let queries = vec![query, garbled, negative];
    let reasons: Vec<_> = reasons(clients.reviews_pages(queries, None).await.unwrap())
        .into_iter()
        .map(|(_, reason)| reason)
        .collect();
    assert_eq!(reasons, ["", "PAGE_TOKEN_INVALID", "PAGE_SIZE_INVALID"]);
}

#[tokio::test]
async fn an_unknown_category_is_not_found() {
    let shop = Shop::open().await;
    let request = ListProductsRequest { category_id: "nope".into(), ..ListProductsRequest::default() };
    let status = products_page(&shop.anybody(), request).await.unwrap_err();
    assert_eq!(failure(&status), (Code::NotFound, "CATEGORY_NOT_FOUND".into()));
}

async fn products_page(
    clients: &Clients,
    request: ListProductsRequest,
) -> Result<ListProductsResponse, Status> {
    Ok(clients.catalog().list_products(request).await?.into_inner())
}

async fn search_page(
    clients: &Clients,
    query: &str,
    page_size: i32,
    page_token: &str,
) -> Result<SearchProductsResponse, Status> {
    let request = SearchProductsRequest {
        query: query.into(),
        page_size,
        page_token: page_token.into(),
        read_mask: Some(mask(&["id"])),
        skip: 0,
    };
    Ok(clients.catalog().search_products(request).await?.into_inner())
}

async fn walk_products(clients: &Clients, category: &str, page_size: i32) -> Vec<(String, String)> {
    let mut request = ListProductsRequest {
        category_id: category.into(),
        page_size,
        read_mask: Some(mask(&["name"])),
        ..ListProductsRequest::default()
    };
    let mut met = Vec::new();
    loop {
        let page = products_page(clients, request.clone()).await.unwrap();
        met.extend(page.products.into_iter().map(|product| (product.name, product.id)));
        if page.next_page_token.is_empty() {
            assert_eq!(i32::try_from(met.len()).unwrap(), page.total_size);
            return met;
        }
        request.page_token = page.next_page_token;
    }
}

async fn walk_search(clients: &Clients, query: &str, page_size: i32) -> Vec<String> {
    let (mut met, mut token) = (Vec::new(), String::new());
    loop {
        let page = search_page(clients, query, page_size, &token).await.unwrap();
        met.extend(page.products.into_iter().map(|product| product.id));
        token = page.next_page_token;
        if token.is_empty() {
            assert_eq!(i32::try_from(met.len()).unwrap(), page.total_size);
            return met;
        }
    }
}

async fn walk_reviews(clients: &Clients, product: &str, page_size: i32) -> Vec<(String, (i64, i32))> {
    let mut query = ReviewsQuery { product_id: product.into(), page_size, ..ReviewsQuery::default() };
    let mut met = Vec::new();
    loop {
        let page = clients.reviews_page(query.clone()).await;
        met.extend(page.reviews.into_iter().map(|review| {
            let time = review.create_time.unwrap();
            (review.id, (time.seconds, time.nanos))
        }));
        if page.next_page_token.is_empty() {
            assert_eq!(i32::try_from(met.len()).unwrap(), page.total_size);
            return met;
        }
        query.page_token = page.next_page_token;
    }
}

async fn most_reviewed(clients: &Clients) -> String {
    let products = walk_products(clients, "outdoor", 100).await;
    let product_ids = products.into_iter().map(|(_, id)| id).collect();
    let ratings = clients.ratings(product_ids, None).await.unwrap().into_iter();
    ratings.max_by_key(|(_, rating)| rating.as_ref().unwrap().review_count).unwrap().0
}
