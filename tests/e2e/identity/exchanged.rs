//! Credentials that the provider gives in exchange for the tokens of clients.

use std::collections::BTreeMap;

use domain_stubs::provider::Provider;
use serde_json::json;

use super::provided::Provided;
use crate::support::{ADA, Answer, Shop};

/// Queries of each client for a field that depends on the principal, and one that does not.
const OF_PHONE: &str = "{ products(first: 3) { items { name } } cart { count } }";
const OF_BROWSER: &str = "{ products(first: 3) { nodes { name } } cart { count } }";

async fn screen_of_phone(shop: &Shop, provider: &Provider, user: &str) -> Answer {
    let token = format!("Bearer {}", provider.phone_token(user, "openid"));
    shop.post(shop.mobile, json!({ "query": OF_PHONE }), &[("authorization", &token)]).await
}

/// The services that were called, with the principal that each was told.
fn told(shop: &Shop) -> BTreeMap<String, String> {
    let service = |rpc: &str| rpc.split('.').nth(1).unwrap().to_owned();
    shop.domain.calls().list().into_iter().map(|call| (service(&call.rpc), call.subject)).collect()
}

#[tokio::test]
async fn services_are_told_of_the_user_where_an_answer_depends_on_them_and_of_nobody_elsewhere() {
    let provided = Provided::exchanging().await;
    let shop = &provided.shop;
    let expected = BTreeMap::from(
        [("carts", ADA.1), ("catalog", "")].map(|(service, told)| (service.to_owned(), told.to_owned())),
    );
    screen_of_phone(shop, &provided.provider, ADA.1).await.whole();
    assert_eq!(told(shop), expected);

    shop.domain.calls().clear();
    let session = provided.session(ADA.1).await;
    shop.post(shop.web, json!({ "query": OF_BROWSER }), &[("cookie", &session)]).await.whole();
    assert_eq!(told(shop), expected);
}

#[tokio::test]
async fn without_the_provider_known_users_go_on_and_others_get_what_depends_on_nobody() {
    let provided = Provided::exchanging().await;
    screen_of_phone(&provided.shop, &provided.provider, ADA.1).await.whole();
    let (shop, gone) = provided.without_provider().await;
    screen_of_phone(&shop, &gone, ADA.1).await.whole();
    for _ in 0..3 {
        let other = screen_of_phone(&shop, &gone, "user-grace-okafor").await;
        assert_eq!(other.errors(), ["cart: UPSTREAM_UNAVAILABLE"], "{}", other.text);
        assert_eq!(other.data("/products/items").as_array().unwrap().len(), 3);
    }
    assert!(!told(&shop).values().any(|user| user.contains("grace")));
}
