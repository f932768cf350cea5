//! Phones that sign in with access tokens of an identity provider.

use domain_stubs::Clock;
use domain_stubs::provider::{Provider, ProviderOptions};
use http::{StatusCode, header};
use serde_json::json;
use tokio::net::TcpListener;

use super::provided::Provided;
use crate::support::{ADA, Answer, Shop, now};

impl Provided {
    /// Asks for the cart.
    async fn cart(&self, headers: &[(&str, &str)]) -> Answer {
        self.shop.post(self.shop.mobile, json!({ "query": "{ cart { count } }" }), headers).await
    }

    async fn cart_with(&self, token: &str) -> Answer {
        self.cart(&[("authorization", &format!("Bearer {token}"))]).await
    }
}

#[tokio::test]
async fn a_phone_acts_for_the_user_of_its_token_and_a_header_names_nobody() {
    let phones = Provided::open().await;
    let token = phones.provider.phone_token(ADA.1, "openid");
    phones.cart_with(&token).await.whole();
    let calls = phones.shop.domain.calls().list();
    assert!(!calls.is_empty() && calls.iter().all(|call| call.subject == ADA.1), "{calls:?}");
    let nobody = phones.cart(&[ADA]).await;
    assert_eq!(nobody.errors(), ["cart: UNAUTHENTICATED"]);
}

#[tokio::test]
async fn tokens_for_others_and_no_tokens_at_all_get_one_answer() {
    let (phones, other) = (Provided::open().await, Provided::open().await);
    let good = phones.provider.phone_token(ADA.1, "openid");
    let of_another_issuer = other.provider.phone_token(ADA.1, "openid");
    let altered = format!("{}A.{}", &good[..20], &good[22..]);
    let mut texts = Vec::new();
    for token in [&of_another_issuer, &altered, "", "none", &good[..good.len() - 1]] {
        let answer = phones.cart_with(token).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{token}");
        assert_eq!(answer.headers[header::WWW_AUTHENTICATE], "Bearer error=\"invalid_token\"");
        assert_eq!(answer.errors(), [": UNAUTHENTICATED"]);
        texts.push(answer.text);
    }
    texts.dedup();
    assert_eq!(texts.len(), 1, "{texts:?}");
    assert_eq!(phones.shop.domain.calls().list().len(), 0);
    phones.cart_with(&good).await.whole();
}

#[tokio::test]
async fn a_new_key_of_the_provider_is_accepted_at_once() {
    let phones = Provided::open().await;
    let old = phones.provider.phone_token(ADA.1, "openid");
    phones.cart_with(&old).await.whole();
    phones.provider.rotate_key();
    let new = phones.provider.phone_token(ADA.1, "openid");
    for token in [&new, &old] {
        phones.cart_with(token).await.whole();
    }
}

#[tokio::test]
async fn a_token_that_cannot_be_judged_is_told_so_and_nobody_else_is_held_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent = format!("http://{}", listener.local_addr().unwrap());
    let options = ProviderOptions { clock: Clock::fixed(now()), ..ProviderOptions::default() };
    let provider = Provider::new(options).unwrap();
    let issuer = provider.issuer().to_owned();
    // Connections are accepted by the system, and never answered.
    let shop = Shop::with(move |config| {
        config.sign_in.issuer = Some(issuer.clone());
        config.sign_in.jwks = Some(silent.clone());
        config.server.deadline_ms = Some(300);
    })
    .await;
    let token = format!("Bearer {}", provider.phone_token(ADA.1, "openid"));
    let query = || json!({ "query": "{ cart { count } }" });
    let answer = shop.post(shop.mobile, query(), &[("authorization", &token)]).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.text);
    assert_eq!(answer.errors(), [": UPSTREAM_UNAVAILABLE"]);
    assert_eq!(shop.post(shop.mobile, query(), &[]).await.errors(), ["cart: UNAUTHENTICATED"]);
}
