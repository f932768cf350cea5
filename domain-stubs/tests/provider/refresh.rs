use serde_json::json;

use crate::support::{START, Served, bff, phone, redeem, refresh};

#[tokio::test(start_paused = true)]
async fn each_use_gives_the_next_refresh_token() {
    let served = Served::start();
    let first = served.tokens("openid orders:read").await;
    served.pass(3_600);
    let second = served.token(&refresh(&first)).await.json();
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    let claims = served.claims(&second["access_token"]).await;
    assert_eq!((&claims["iat"], &claims["scope"]), (&json!(START + 3_600), &json!("openid orders:read")));
    let (old, new) = (served.claims(&first["id_token"]).await, served.claims(&second["id_token"]).await);
    assert!(new["nonce"].is_null());
    for same in ["sub", "sid", "auth_time"] {
        assert_eq!(new[same], old[same]);
    }
    assert_eq!(served.token(&refresh(&second)).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_refresh_token_that_comes_again_ends_the_whole_family() {
    let served = Served::start();
    let first = served.tokens("openid").await;
    let second = served.token(&refresh(&first)).await.json();
    let third = served.token(&refresh(&second)).await.json();
    served.token(&refresh(&first)).await.is_error(400, "invalid_grant");
    served.token(&refresh(&third)).await.is_error(400, "invalid_grant");
    let authorization = format!("Bearer {}", third["access_token"].as_str().unwrap());
    assert_eq!(served.get("/userinfo", &[("authorization", authorization.as_str())]).await.status, 401);
}

#[tokio::test(start_paused = true)]
async fn other_grants_of_the_user_go_on() {
    let served = Served::start();
    let (one, other) = (served.tokens("openid").await, served.tokens("openid").await);
    served.token(&refresh(&one)).await.json();
    served.token(&refresh(&one)).await.is_error(400, "invalid_grant");
    assert_eq!(served.token(&refresh(&other)).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn scopes_may_be_fewer_for_one_access_token() {
    let served = Served::start();
    let tokens = served.tokens("openid orders:read orders:write").await;
    let fewer = served.token(&refresh(&tokens).with("scope", "orders:read")).await.json();
    assert_eq!(fewer["scope"], "orders:read");
    assert_eq!(served.claims(&fewer["access_token"]).await["scope"], "orders:read");
    assert!(fewer["id_token"].is_null());
    let all = served.token(&refresh(&fewer)).await.json();
    assert_eq!(all["scope"], "openid orders:read orders:write");
}

#[tokio::test(start_paused = true)]
async fn a_request_for_more_than_was_granted_does_not_use_the_token_up() {
    let served = Served::start();
    let tokens = served.tokens("orders:read").await;
    for scope in ["orders:write", "orders:read orders:write", "openid"] {
        served.token(&refresh(&tokens).with("scope", scope)).await.is_error(400, "invalid_scope");
    }
    served.token(&refresh(&tokens).with("resource", "bff-web")).await.is_error(400, "invalid_target");
    assert_eq!(served.token(&refresh(&tokens)).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_refresh_token_is_of_one_client() {
    let served = Served::start();
    let tokens = served.tokens("openid").await;
    let token = tokens["refresh_token"].as_str().unwrap();
    let stolen = bff("bff-mobile").with("grant_type", "refresh_token").with("refresh_token", token);
    served.token(&stolen).await.is_error(400, "invalid_grant");
    served.token(&refresh(&json!({ "refresh_token": "made-up" }))).await.is_error(400, "invalid_grant");
    assert_eq!(served.token(&refresh(&tokens)).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_family_ends_thirty_days_after_the_sign_in() {
    let served = Served::start();
    let code = served.code(&phone()).await;
    let mut tokens = served.token(&redeem(&code)).await.json();
    served.pass(30 * 24 * 60 * 60 - 1);
    tokens = served.token(&refresh(&tokens)).await.json();
    served.pass(1);
    served.token(&refresh(&tokens)).await.is_error(400, "invalid_grant");
}
