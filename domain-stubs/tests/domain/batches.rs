//! A batch answers key by key, and no key twice.

use proto::reviews::ReviewsQuery;
use tonic::Code;

use crate::shop::{PRODUCT, Shop, ids, reasons, refusal, violations};

#[tokio::test]
async fn an_unknown_key_fails_alone_in_every_batch_read() {
    let shop = Shop::open().await;
    let asked = ids(&[PRODUCT, "nope"]);
    let queries = asked.iter().map(|id| query(id)).collect();
    let clients = shop.anybody();
    let pages = reasons(clients.reviews_pages(queries, None).await.unwrap());
    let outcomes = [
        reasons(clients.products(asked.clone(), None).await.unwrap()),
        reasons(clients.prices(asked.clone(), None).await.unwrap()),
        reasons(clients.stocks(asked.clone(), None).await.unwrap()),
        reasons(clients.ratings(asked.clone(), None).await.unwrap()),
        pages.into_iter().map(|(query, reason)| (query.product_id, reason)).collect(),
    ];
    let expected = [(PRODUCT.to_owned(), String::new()), ("nope".to_owned(), "PRODUCT_NOT_FOUND".to_owned())];
    for outcome in outcomes {
        assert_eq!(outcome, expected);
    }
}

#[tokio::test]
async fn a_key_that_is_asked_twice_is_refused() {
    let shop = Shop::open().await;
    let status = shop.anybody().products(ids(&[PRODUCT, "a", PRODUCT]), None).await.unwrap_err();
    assert_eq!(refusal(&status), (Code::InvalidArgument, "DUPLICATE_KEY".into()));
    assert_eq!(violations(&status), ["ids"]);
}

#[tokio::test]
async fn two_pages_of_the_same_product_are_two_keys() {
    let shop = Shop::open().await;
    let queries = vec![query(PRODUCT), ReviewsQuery { skip: 3, ..query(PRODUCT) }];
    let clients = shop.anybody();
    let pages = clients.reviews_pages(queries.clone(), None).await.unwrap();
    assert_eq!(pages.into_iter().map(|(query, _)| query).collect::<Vec<_>>(), queries);

    let status = clients.reviews_pages(vec![query(PRODUCT); 2], None).await.unwrap_err();
    assert_eq!(refusal(&status), (Code::InvalidArgument, "DUPLICATE_KEY".into()));
}

#[tokio::test]
async fn a_hundred_keys_are_answered_and_one_more_is_refused() {
    let shop = Shop::open().await;
    let keys = |count: usize| (0..count).map(|key| key.to_string()).collect();
    let clients = shop.anybody();
    assert_eq!(clients.prices(keys(100), None).await.unwrap().len(), 100);
    let status = clients.prices(keys(101), None).await.unwrap_err();
    assert_eq!(refusal(&status), (Code::InvalidArgument, "TOO_MANY_KEYS".into()));
}

#[tokio::test]
async fn no_keys_are_answered_with_no_results() {
    let shop = Shop::open().await;
    assert_eq!(shop.anybody().products(vec![], None).await.unwrap(), []);
}

fn query(product: &str) -> ReviewsQuery {
    ReviewsQuery { product_id: product.to_owned(), page_size: 2, ..ReviewsQuery::default() }
}
