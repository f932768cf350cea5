use serde_json::json;

use crate::support::{ADA, ISSUER, START, Served, bff, header_of, phone, redeem, refresh, web};

#[tokio::test(start_paused = true)]
async fn a_code_gives_an_access_token_an_id_token_and_a_refresh_token() {
    let served = Served::start();
    let code = served.code(&phone()).await;
    served.pass(59);
    let reply = served.token(&redeem(&code)).await;
    assert_eq!((reply.status.as_u16(), reply.header("cache-control")), (200, Some("no-store")));
    let tokens = reply.json();
    assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("Bearer"), &json!(600)));
    assert_eq!(tokens["scope"], "openid orders:read");
    assert_eq!(tokens["refresh_token"].as_str().unwrap().len(), 43);
    assert!(tokens["issued_token_type"].is_null());

    let now = START + 59;
    let mut access = served.claims(&tokens["access_token"]).await;
    assert!(access.as_object_mut().unwrap().remove("jti").is_some());
    let expected = json!({
        "iss": ISSUER, "aud": "bff-mobile", "sub": ADA, "client_id": "shop-phone",
        "iat": now, "exp": now + 600, "scope": "openid orders:read",
    });
    assert_eq!(access, expected);

    assert_eq!(header_of(&tokens["id_token"])["typ"], "JWT");
    let mut id = served.claims(&tokens["id_token"]).await;
    assert!(id.as_object_mut().unwrap().remove("sid").is_some());
    let expected = json!({
        "iss": ISSUER, "aud": "shop-phone", "sub": ADA, "nonce": "a nonce",
        "iat": now, "exp": now + 600, "auth_time": START,
    });
    assert_eq!(id, expected);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_ask_for_it_gets_no_id_token() {
    let served = Served::start();
    let tokens = served.tokens("orders:read").await;
    assert!(tokens["id_token"].is_null() && tokens["access_token"].is_string());
}

#[tokio::test(start_paused = true)]
async fn a_bff_redeems_its_code_with_its_secret() {
    let served = Served::start();
    let code = served.code(&web()).await;
    let by_web = redeem(&code).with("redirect_uri", "http://localhost:4002/auth/callback");
    let by_web = by_web.with("client_id", "bff-web");
    served.token(&by_web).await.is_error(401, "invalid_client");
    let secret = domain_stubs::provider::DEVELOPMENT_CLIENT_SECRET;
    let tokens = served.token(&by_web.with("client_secret", secret)).await.json();
    assert_eq!(served.claims(&tokens["access_token"]).await["aud"], "bff-web");
    assert_eq!(served.claims(&tokens["id_token"]).await["aud"], "bff-web");
}

#[tokio::test(start_paused = true)]
async fn a_wrong_attempt_uses_the_code_up() {
    let served = Served::start();
    let right = redeem("");
    let wrong_verifier = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    for wrong in [
        right.clone().with("code_verifier", wrong_verifier),
        right.clone().with("code_verifier", "short"),
        right.clone().with("redirect_uri", "http://127.0.0.1/callback"),
    ] {
        let code = served.code(&phone()).await;
        served.token(&wrong.with("code", &code)).await.is_error(400, "invalid_grant");
        served.token(&redeem(&code)).await.is_error(400, "invalid_grant");
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_incomplete_does_not_use_the_code_up() {
    let served = Served::start();
    let code = served.code(&phone()).await;
    for missing in ["code", "code_verifier", "redirect_uri", "grant_type"] {
        served.token(&redeem(&code).without(missing)).await.is_error(400, "invalid_request");
    }
    served.token(&redeem(&code).without("client_id")).await.is_error(401, "invalid_client");
    assert_eq!(served.token(&redeem(&code)).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_code_of_another_client_is_unknown() {
    let served = Served::start();
    let code = served.code(&phone()).await;
    let stolen = bff("bff-web").with("grant_type", "authorization_code").with("code", &code);
    let stolen = stolen.with("redirect_uri", "example.shop.phone:/callback");
    let stolen = stolen.with("code_verifier", crate::support::VERIFIER);
    served.token(&stolen).await.is_error(400, "invalid_grant");
    assert_eq!(served.token(&redeem(&code)).await.status, 200, "the thief did not use it up");
}

#[tokio::test(start_paused = true)]
async fn a_code_lives_for_a_minute() {
    let served = Served::start();
    let code = served.code(&phone()).await;
    served.pass(60);
    served.token(&redeem(&code)).await.is_error(400, "invalid_grant");
    served.token(&redeem("made-up")).await.is_error(400, "invalid_grant");
}

#[tokio::test(start_paused = true)]
async fn a_code_that_comes_again_takes_back_what_it_gave() {
    let served = Served::start();
    let code = served.code(&phone()).await;
    let tokens = served.token(&redeem(&code)).await.json();
    let next = served.token(&refresh(&tokens)).await.json();
    // Long after the code has expired.
    served.pass(300);
    served.token(&redeem(&code)).await.is_error(400, "invalid_grant");
    served.token(&refresh(&next)).await.is_error(400, "invalid_grant");
    let authorization = format!("Bearer {}", next["access_token"].as_str().unwrap());
    assert_eq!(served.get("/userinfo", &[("authorization", authorization.as_str())]).await.status, 401);
}

#[tokio::test(start_paused = true)]
async fn the_resource_is_that_of_the_authorization_request() {
    let served = Served::start();
    let code = served.code(&phone().with("resource", "bff-mobile")).await;
    served.token(&redeem(&code).with("resource", "bff-web")).await.is_error(400, "invalid_target");
    let code = served.code(&phone()).await;
    let tokens = served.token(&redeem(&code).with("resource", "bff-mobile")).await.json();
    assert_eq!(served.claims(&tokens["access_token"]).await["aud"], "bff-mobile");
}

#[tokio::test(start_paused = true)]
async fn a_thousand_sign_ins_push_the_oldest_code_out() {
    let served = Served::start();
    let oldest = served.code(&phone()).await;
    let mut newest = String::new();
    for _ in 0..1_024 {
        newest = served.code(&phone()).await;
    }
    served.token(&redeem(&oldest)).await.is_error(400, "invalid_grant");
    assert_eq!(served.token(&redeem(&newest)).await.status, 200);
}
