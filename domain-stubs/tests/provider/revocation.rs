use serde_json::Value;

use crate::support::{ADA, Form, Served, bff, form, refresh};

fn revoke(token: &Value) -> Form {
    form().with("client_id", "shop-phone").with("token", token.as_str().unwrap())
}

#[tokio::test(start_paused = true)]
async fn any_token_of_a_grant_ends_it() {
    let served = Served::start();
    for name in ["access_token", "refresh_token"] {
        let tokens = served.tokens("openid").await;
        let next = served.token(&refresh(&tokens)).await.json();
        assert_eq!(served.post("/revoke", &[], &revoke(&tokens[name])).await.status, 200);
        served.token(&refresh(&next)).await.is_error(400, "invalid_grant");
        let authorization = format!("Bearer {}", next["access_token"].as_str().unwrap());
        let reply = served.get("/userinfo", &[("authorization", authorization.as_str())]).await;
        assert_eq!(reply.status, 401, "{name}");
        assert_eq!(served.post("/revoke", &[], &revoke(&tokens[name])).await.status, 200, "once more");
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_revokes_its_own_tokens_alone() {
    let served = Served::start();
    let tokens = served.tokens("openid").await;
    for name in ["access_token", "refresh_token"] {
        let foreign = bff("bff-mobile").with("token", tokens[name].as_str().unwrap());
        assert_eq!(served.post("/revoke", &[], &foreign).await.status, 200, "it learns nothing");
    }
    assert_eq!(served.token(&refresh(&tokens)).await.status, 200);
    let unauthenticated = bff("bff-web").with("client_secret", "wrong").with("token", "a");
    served.post("/revoke", &[], &unauthenticated).await.is_error(401, "invalid_client");
    served
        .post("/revoke", &[], &form().with("client_id", "shop-phone"))
        .await
        .is_error(400, "invalid_request");
}

#[tokio::test(start_paused = true)]
async fn what_is_unknown_is_as_good_as_revoked() {
    let served = Served::start();
    assert_eq!(served.post("/revoke", &[], &revoke(&"made-up".into())).await.status, 200);
    let ready = served.provider.phone_token(ADA, "openid");
    served.post("/revoke", &[], &revoke(&ready.into())).await.is_error(400, "unsupported_token_type");
}
