//! A recommended product is in stock, not reviewed by the user, and keeps its place.

use std::collections::{BTreeMap, BTreeSet};

use proto::{
    recommendations::{
        BatchListRelatedRequest, ListRecommendationsRequest, ListRecommendationsResponse, RelatedQuery,
    },
    reviews::CreateReviewRequest,
};
use tonic::{Code, Status};

use crate::shop::{Clients, PRODUCT, Shop, failure, mask, violations};

#[tokio::test]
async fn nobody_gets_what_is_in_stock_by_the_stars_of_all_reviews() {
    let shop = Shop::open().await;
    let clients = shop.anybody();
    let listed = walk(&clients, 50).await;

    let products: Vec<_> =
        clients.all_products(&["id"]).await.into_iter().map(|product| product.id).collect();
    let mut expected = Vec::new();
    for ids in products.chunks(100) {
        let ratings: BTreeMap<_, _> =
            clients.ratings(ids.to_vec(), None).await.unwrap().into_iter().collect();
        for (id, stock) in clients.stocks(ids.to_vec(), None).await.unwrap() {
            if stock.unwrap().available {
                let counts = &ratings[&id].as_ref().unwrap().star_counts;
                let stars: i32 = (1..).zip(counts).map(|(stars, count)| stars * count).sum();
                expected.push((-stars, id));
            }
        }
    }
    expected.sort();
    assert!(expected.len() > 100 && expected.len() < products.len());
    assert_eq!(listed, expected.into_iter().map(|(_, id)| id).collect::<Vec<_>>());
}

#[tokio::test]
async fn walking_all_recommendations_meets_each_once_whatever_the_size_of_the_pages() {
    let shop = Shop::open().await;
    for clients in [shop.anybody(), shop.user("user-ada-lindqvist")] {
        let whole = walk(&clients, 50).await;
        assert_eq!(whole.iter().collect::<BTreeSet<_>>().len(), whole.len());
        for page_size in [0, 1, 7, 49] {
            assert_eq!(walk(&clients, page_size).await, whole, "pages of {page_size}");
        }
    }
}

#[tokio::test]
async fn a_user_gets_first_what_goes_with_what_was_reviewed_and_that_itself_no_more() {
    let shop = Shop::open().await;
    let clients = shop.user("user-new");
    let before = walk(&clients, 50).await;
    assert_eq!(before, walk(&shop.anybody(), 50).await);
    assert!(before.iter().any(|id| id == PRODUCT));

    let review = CreateReviewRequest {
        idempotency_key: "key-of-one-attempt".into(),
        product_id: PRODUCT.into(),
        rating: 4,
        text: "Stands in any wind.".into(),
    };
    clients.reviews().create_review(review).await.unwrap();
    let product = clients.products(vec![PRODUCT.to_owned()], None).await.unwrap().remove(0).1.unwrap();
    let (mut first, rest): (Vec<_>, Vec<_>) = before
        .into_iter()
        .filter(|id| id != PRODUCT)
        .partition(|id| product.related_product_ids.contains(id));
    assert!(!first.is_empty());
    first.extend(rest);
    assert_eq!(walk(&clients, 50).await, first);
}

#[tokio::test]
async fn a_page_has_ten_products_unless_requested_otherwise_and_never_more_than_fifty() {
    let shop = Shop::open().await;
    let clients = shop.anybody();
    for (page_size, expected) in [(0, 10), (1, 1), (50, 50), (51, 50), (i32::MAX, 50)] {
        let request = ListRecommendationsRequest { page_size, ..Default::default() };
        assert_eq!(list(&clients, request).await.unwrap().product_ids.len(), expected);
    }
    let request = ListRecommendationsRequest { page_size: -1, ..Default::default() };
    let status = list(&clients, request).await.unwrap_err();
    assert_eq!(failure(&status), (Code::InvalidArgument, "PAGE_SIZE_INVALID".into()));
    assert_eq!(violations(&status), ["page_size"]);
}

#[tokio::test]
async fn a_token_of_another_user_is_rejected() {
    let shop = Shop::open().await;
    let page_token = list(&shop.user("user-one"), ListRecommendationsRequest::default()).await.unwrap();
    let request = ListRecommendationsRequest { page_token: page_token.next_page_token, ..Default::default() };
    for clients in [shop.user("user-two"), shop.anybody()] {
        let status = list(&clients, request.clone()).await.unwrap_err();
        assert_eq!(failure(&status), (Code::InvalidArgument, "PAGE_TOKEN_INVALID".into()));
    }
}

#[tokio::test]
async fn what_a_product_names_comes_first_and_then_its_category_without_itself_and_twice() {
    let shop = Shop::open().await;
    let clients = shop.anybody();
    let products = clients.all_products(&["category_id", "related_product_ids"]).await;
    let category: BTreeMap<_, _> =
        products.iter().map(|product| (product.id.clone(), product.category_id.clone())).collect();
    for products in products.chunks(100) {
        let queries = products.iter().map(|product| query(&product.id, 50)).collect();
        let outcomes = clients.related(queries, None).await.unwrap();
        assert_eq!(outcomes.len(), products.len());
        for (product, (query, outcome)) in products.iter().zip(outcomes) {
            let listed = outcome.unwrap().product_ids;
            let (named, rest) = listed.split_at(product.related_product_ids.len());
            assert_eq!((&query.product_id, named), (&product.id, product.related_product_ids.as_slice()));
            assert!(rest.iter().all(|id| category[id] == product.category_id));
            assert!(!listed.contains(&product.id), "{} goes with itself", product.id);
            assert_eq!(listed.iter().collect::<BTreeSet<_>>().len(), listed.len());
            // Twenty others are in its category.
            let elsewhere = named.iter().filter(|id| category[*id] != product.category_id).count();
            assert_eq!(listed.len(), 20 + elsewhere);
        }
    }
}

#[tokio::test]
async fn each_query_has_its_own_size() {
    let shop = Shop::open().await;
    let queries = vec![query(PRODUCT, 0), query(PRODUCT, 3), query(PRODUCT, -1), query("nope", 3)];
    let outcomes = shop.anybody().related(queries.clone(), None).await.unwrap();
    let mut lengths = Vec::new();
    for ((query, outcome), requested) in outcomes.into_iter().zip(queries) {
        assert_eq!(query, requested);
        lengths.push(outcome.map(|item| item.product_ids.len()).map_err(|error| error.reason));
    }
    let failed = ["PAGE_SIZE_INVALID", "PRODUCT_NOT_FOUND"].map(|reason| Err(reason.to_owned()));
    assert_eq!(lengths, [[Ok(10), Ok(3)], failed].concat());
}

#[tokio::test]
async fn the_same_query_twice_and_a_mask_that_leads_nowhere_are_rejected() {
    let shop = Shop::open().await;
    let status = shop.anybody().related(vec![query(PRODUCT, 3); 2], None).await.unwrap_err();
    assert_eq!(failure(&status), (Code::InvalidArgument, "DUPLICATE_KEY".into()));
    let request = BatchListRelatedRequest { queries: Vec::new(), read_mask: Some(mask(&["nope"])) };
    let status = shop.anybody().recommendations().batch_list_related(request).await.unwrap_err();
    assert_eq!(failure(&status), (Code::InvalidArgument, "READ_MASK_INVALID".into()));
}

fn query(product: &str, page_size: i32) -> RelatedQuery {
    RelatedQuery { product_id: product.into(), page_size }
}

async fn list(
    clients: &Clients,
    request: ListRecommendationsRequest,
) -> Result<ListRecommendationsResponse, Status> {
    Ok(clients.recommendations().list_recommendations(request).await?.into_inner())
}

async fn walk(clients: &Clients, page_size: i32) -> Vec<String> {
    let (mut met, mut page_token) = (Vec::new(), String::new());
    loop {
        let page = list(clients, ListRecommendationsRequest { page_size, page_token }).await.unwrap();
        met.extend(page.product_ids);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return met;
        }
    }
}
