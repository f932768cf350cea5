use serde_json::{Value, json};

use crate::support::{
    ACCESS_TOKEN, ADA, EXCHANGE, Form, ISSUER, START, Served, bff, header_of, redeem, refresh, web,
};

const ORDERS: &str = "shop.orders.v1.OrderService";
const TELEMETRY: &str = "shop.telemetry.v1.TelemetryService";

fn exchange(by: &str, token: &str) -> Form {
    bff(by)
        .with("grant_type", EXCHANGE)
        .with("subject_token", token)
        .with("subject_token_type", ACCESS_TOKEN)
        .with("audience", ORDERS)
}

#[tokio::test(start_paused = true)]
async fn a_bff_gets_a_token_for_a_service_that_names_the_user_and_itself() {
    let served = Served::start();
    let subject = served.provider.phone_token(ADA, "orders:read orders:write");
    let reply = served.token(&exchange("bff-mobile", &subject).with("scope", "orders:read")).await;
    let mut response = reply.json();
    let token = response.as_object_mut().unwrap().remove("access_token").unwrap();
    let expected = json!({
        "token_type": "Bearer", "expires_in": 60, "scope": "orders:read", "issued_token_type": ACCESS_TOKEN,
    });
    assert_eq!(response, expected);

    assert_eq!(header_of(&token)["typ"], "at+jwt");
    let mut claims = served.claims(&token).await;
    assert!(claims.as_object_mut().unwrap().remove("jti").is_some());
    let expected = json!({
        "iss": ISSUER, "aud": ORDERS, "sub": ADA, "client_id": "bff-mobile", "act": { "sub": "bff-mobile" },
        "iat": START, "exp": START + 60, "scope": "orders:read",
    });
    assert_eq!(claims, expected);
}

#[tokio::test(start_paused = true)]
async fn the_audience_is_one_service() {
    let served = Served::start();
    let subject = served.provider.phone_token(ADA, "");
    let request = exchange("bff-mobile", &subject);
    for audience in [ORDERS, "shop.catalog.v1.CatalogService"] {
        for name in ["audience", "resource"] {
            let request = request.clone().without("audience").with(name, audience);
            let token = served.token(&request).await.json()["access_token"].clone();
            assert_eq!(served.claims(&token).await["aud"], audience);
        }
    }
    for audience in ["bff-web", "bff-mobile", "orders", "shop", "everything"] {
        served.token(&request.clone().with("audience", audience)).await.is_error(400, "invalid_target");
    }
    served.token(&request.clone().without("audience")).await.is_error(400, "invalid_request");
    served
        .token(&request.with("resource", "shop.users.v1.UserService"))
        .await
        .is_error(400, "invalid_target");
}

#[tokio::test(start_paused = true)]
async fn a_token_for_another_bff_is_not_exchanged() {
    let served = Served::start();
    let of_phone = served.provider.phone_token(ADA, "");
    for other in ["bff-web", "bff-iot"] {
        served.token(&exchange(other, &of_phone)).await.is_error(400, "invalid_request");
    }
    let code = served.code(&web()).await;
    let uri = "http://localhost:4002/auth/callback";
    let secret = domain_stubs::provider::DEVELOPMENT_CLIENT_SECRET;
    let redeem =
        redeem(&code).with("client_id", "bff-web").with("client_secret", secret).with("redirect_uri", uri);
    let tokens = served.token(&redeem).await.json();
    let of_web = tokens["access_token"].as_str().unwrap();
    served.token(&exchange("bff-mobile", of_web)).await.is_error(400, "invalid_request");
    assert_eq!(served.token(&exchange("bff-web", of_web)).await.status, 200);

    // A token for a service goes no further, whoever holds it; an ID token is no access token.
    let exchanged = served.token(&exchange("bff-mobile", &of_phone)).await.json();
    let exchanged = exchanged["access_token"].as_str().unwrap();
    served.token(&exchange("bff-mobile", exchanged)).await.is_error(400, "invalid_request");
    let id_token = tokens["id_token"].as_str().unwrap();
    served.token(&exchange("bff-web", id_token)).await.is_error(400, "invalid_request");
}

#[tokio::test(start_paused = true)]
async fn a_bad_token_is_not_exchanged() {
    let served = Served::start();
    let tokens = served.tokens("openid").await;
    let token = tokens["access_token"].as_str().unwrap();
    let stranger = Served::start().provider.phone_token(ADA, "");
    let (start, signature) = token.rsplit_once('.').unwrap();
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    let forged = format!("{start}.{flipped}{}", &signature[1..]);
    for bad in ["", "a.b.c", &stranger, &forged, start] {
        served.token(&exchange("bff-mobile", bad)).await.is_error(400, "invalid_request");
    }
    served.pass(599);
    assert_eq!(served.token(&exchange("bff-mobile", token)).await.status, 200);
    served.pass(1);
    served.token(&exchange("bff-mobile", token)).await.is_error(400, "invalid_request");

    let next = served.token(&refresh(&tokens)).await.json();
    let next = next["access_token"].as_str().unwrap();
    assert_eq!(served.token(&exchange("bff-mobile", next)).await.status, 200);
    served.token(&refresh(&tokens)).await.is_error(400, "invalid_grant");
    served.token(&exchange("bff-mobile", next)).await.is_error(400, "invalid_request");
}

#[tokio::test(start_paused = true)]
async fn an_exchange_adds_nothing_to_the_token() {
    let served = Served::start();
    let subject = served.provider.phone_token(ADA, "orders:read");
    let request = exchange("bff-mobile", &subject);
    let token = served.token(&request).await.json();
    assert_eq!(token["scope"], "orders:read", "all scopes, unless fewer are asked for");
    assert!(token["refresh_token"].is_null() && token["id_token"].is_null());
    served.token(&request.clone().with("scope", "orders:write")).await.is_error(400, "invalid_scope");
    for (name, value) in [
        ("subject_token_type", "urn:ietf:params:oauth:token-type:id_token"),
        ("requested_token_type", "urn:ietf:params:oauth:token-type:refresh_token"),
        ("actor_token", "a.b.c"),
    ] {
        served.token(&request.clone().with(name, value)).await.is_error(400, "invalid_request");
    }
    served.token(&request.clone().without("subject_token_type")).await.is_error(400, "invalid_request");
    let named = request.with("requested_token_type", ACCESS_TOKEN);
    assert_eq!(served.token(&named).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_bff_gets_a_token_for_nobody() {
    let served = Served::start();
    let request = bff("bff-iot").with("grant_type", "client_credentials").with("resource", TELEMETRY);
    let reply = served.token(&request).await.json();
    assert_eq!((&reply["expires_in"], &reply["issued_token_type"]), (&json!(60), &Value::Null));
    let mut claims = served.claims(&reply["access_token"]).await;
    assert!(claims.as_object_mut().unwrap().remove("jti").is_some());
    let expected = json!({
        "iss": ISSUER, "aud": TELEMETRY, "sub": "bff-iot", "client_id": "bff-iot",
        "iat": START, "exp": START + 60,
    });
    assert_eq!(claims, expected);
    served.token(&request.without("resource")).await.is_error(400, "invalid_request");
}

#[tokio::test(start_paused = true)]
async fn the_phone_app_gets_no_tokens_for_services() {
    let served = Served::start();
    let subject = served.provider.phone_token(ADA, "");
    let as_phone = exchange("shop-phone", &subject).without("client_secret");
    served.token(&as_phone).await.is_error(400, "unauthorized_client");
    let for_nobody = as_phone.with("grant_type", "client_credentials");
    served.token(&for_nobody).await.is_error(400, "unauthorized_client");
}
