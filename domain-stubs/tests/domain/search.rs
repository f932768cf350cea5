//! A search finds words by their beginnings, and survives any input.

use proto::catalog::{SearchProductsRequest, SearchProductsResponse};
use tonic::{Code, Status};

use crate::shop::{Clients, PRODUCT, Shop, failure, mask, violations};

#[tokio::test]
async fn every_product_is_among_the_best_for_its_own_name() {
    let shop = Shop::open().await;
    let clients = shop.anybody();
    for product in clients.all_products(&["name"]).await {
        let found = search(&clients, &product.name).await.unwrap().products;
        let place = found.iter().position(|found| found.id == product.id);
        assert!(place.is_some_and(|place| place < 3), "{:?} is found at {place:?}", product.name);
    }
}

#[tokio::test]
async fn the_beginning_of_each_word_is_enough_in_any_case() {
    let shop = Shop::open().await;
    for query in ["RIDGE TENT", "ridg ten", "  tent\tridge ", "ridge tarnhol"] {
        let found = search(&shop.anybody(), query).await.unwrap().products;
        assert!(found.iter().any(|product| product.id == PRODUCT), "{query:?}");
    }
}

#[tokio::test]
async fn every_word_must_match() {
    let shop = Shop::open().await;
    let found = search(&shop.anybody(), "ridge zzzzzz").await.unwrap();
    assert_eq!((found.products.len(), found.total_size), (0, 0));
}

#[tokio::test]
async fn accents_do_not_matter() {
    let shop = Shop::open().await;
    let clients = shop.anybody();
    let plain = search(&clients, "tent").await.unwrap();
    assert_eq!(search(&clients, "TÉNT").await.unwrap().products, plain.products);
    assert_eq!(search(&clients, "te\u{301}nt").await.unwrap().products, plain.products);
}

#[tokio::test]
async fn a_name_counts_more_than_a_description() {
    let shop = Shop::open().await;
    let found = search(&shop.anybody(), "tent").await.unwrap().products;
    assert!(found[0].name.to_lowercase().contains("tent"), "{}", found[0].name);
}

#[tokio::test]
async fn an_empty_query_is_rejected() {
    let shop = Shop::open().await;
    for query in ["", " ", "\t\n", "\0", "\u{a0}"] {
        let status = search(&shop.anybody(), query).await.unwrap_err();
        assert_eq!(failure(&status), (Code::InvalidArgument, "QUERY_EMPTY".into()), "{query:?}");
        assert_eq!(violations(&status), ["query"]);
    }
}

#[tokio::test]
async fn no_input_means_anything_but_its_words() {
    let shop = Shop::open().await;
    let clients = shop.anybody();
    let many = "tent ".repeat(2_000);
    for query in [
        "\"",
        "\"\"",
        "*",
        "AND",
        "OR",
        "NOT",
        "NEAR(",
        "NEAR(tent ridge, 2)",
        "name:tent",
        "-tent",
        "^tent",
        "+",
        "(",
        ")",
        "{name}: tent",
        "tent AND",
        "'; DROP TABLE products; --",
        "tent\0\"",
        "%",
        "_",
        "\\",
        "🏕",
        "½",
        &many,
    ] {
        search(&clients, query).await.unwrap_or_else(|status| panic!("{query:?}: {status}"));
    }
    let quoted = search(&clients, "\"tent\"").await.unwrap();
    assert_eq!(quoted.products, search(&clients, "tent").await.unwrap().products);
    let column = search(&clients, "category_id:outdoor").await.unwrap();
    assert_eq!(column.total_size, 0);
}

async fn search(clients: &Clients, query: &str) -> Result<SearchProductsResponse, Status> {
    let request = SearchProductsRequest {
        query: query.into(),
        read_mask: Some(mask(&["name"])),
        ..SearchProductsRequest::default()
    };
    Ok(clients.catalog().search_products(request).await?.into_inner())
}
