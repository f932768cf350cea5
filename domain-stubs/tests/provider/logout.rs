use serde_json::Value;

use crate::support::{ADA, Form, Served, form, phone, redeem, refresh};

const SIGNED_OUT: &str = "example.shop.phone:/signed-out";

/// Ada's tokens, and the cookie of her browser.
async fn sign_in(served: &Served, scope: &str) -> (Value, String) {
    let reply = served.choose(&phone().with("scope", scope), ADA).await;
    let tokens = served.token(&redeem(&reply.parameter("code").unwrap())).await.json();
    (tokens, reply.cookie())
}

async fn is_signed_in(served: &Served, cookie: &str) -> bool {
    let reply = served.authorize(&phone().with("prompt", "none"), &[("cookie", cookie)]).await;
    reply.parameter("code").is_some()
}

fn hint(tokens: &Value) -> Form {
    form().with("id_token_hint", tokens["id_token"].as_str().unwrap())
}

#[tokio::test(start_paused = true)]
async fn an_id_token_ends_its_session_and_the_browser_goes_back() {
    let served = Served::start();
    let (tokens, cookie) = sign_in(&served, "openid").await;
    // An ID token is a hint long after it has expired.
    served.pass(3_600);
    let request = hint(&tokens).with("post_logout_redirect_uri", SIGNED_OUT).with("state", "a b");
    let path = format!("/logout?{}", request.encode());
    let reply = served.get(&path, &[("cookie", cookie.as_str())]).await;
    assert_eq!(
        (reply.status.as_u16(), reply.header("location").unwrap()),
        (303, "example.shop.phone:/signed-out?state=a+b")
    );
    assert!(reply.header("set-cookie").unwrap().ends_with("; Max-Age=0"));
    assert!(!is_signed_in(&served, &cookie).await);
    served.token(&refresh(&tokens)).await.is_error(400, "invalid_grant");
    assert_eq!(served.get(&path, &[]).await.status, 303, "once more");
}

#[tokio::test(start_paused = true)]
async fn offline_access_outlives_the_session() {
    let served = Served::start();
    let (tokens, cookie) = sign_in(&served, "openid offline_access").await;
    let reply = served.post("/logout", &[], &hint(&tokens)).await;
    assert!(reply.status == 200 && reply.body.contains("You are signed out"));
    assert!(!is_signed_in(&served, &cookie).await);
    assert_eq!(served.token(&refresh(&tokens)).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn without_an_id_token_the_user_is_asked() {
    let served = Served::start();
    let (_, cookie) = sign_in(&served, "openid").await;
    let cookie_header = ("cookie", cookie.as_str());
    let request = form().with("client_id", "shop-phone").with("post_logout_redirect_uri", SIGNED_OUT);
    let hostile = request.clone().with("state", "\"><script>");
    let reply = served.get(&format!("/logout?{}", hostile.encode()), &[cookie_header]).await;
    assert!(reply.status == 200 && reply.body.contains("Sign out</button>"));
    assert!(!reply.body.contains("<script") && reply.body.contains("&quot;&gt;&lt;script&gt;"));
    assert!(is_signed_in(&served, &cookie).await);

    let confirmed = request.with("confirm", "yes");
    let by_link = served.get(&format!("/logout?{}", confirmed.encode()), &[cookie_header]).await;
    let foreign = [cookie_header, ("sec-fetch-site", "cross-site")];
    let by_stranger = served.post("/logout", &foreign, &confirmed).await;
    assert!(by_link.status == 200 && by_stranger.status == 200 && is_signed_in(&served, &cookie).await);

    let own = [cookie_header, ("sec-fetch-site", "same-origin")];
    let reply = served.post("/logout", &own, &confirmed).await;
    assert_eq!(reply.header("location"), Some(SIGNED_OUT));
    assert!(!is_signed_in(&served, &cookie).await);
}

#[tokio::test(start_paused = true)]
async fn a_bad_request_ends_nothing_and_leads_nowhere() {
    let served = Served::start();
    let (tokens, cookie) = sign_in(&served, "openid").await;
    for request in [
        form().with("id_token_hint", "a.b.c"),
        form().with("id_token_hint", tokens["access_token"].as_str().unwrap()),
        form().with("client_id", "nobody"),
        form().with("post_logout_redirect_uri", SIGNED_OUT),
        hint(&tokens).with("client_id", "bff-web"),
        hint(&tokens).with("post_logout_redirect_uri", "https://evil.example/"),
        hint(&tokens).with("post_logout_redirect_uri", "http://localhost:4002/"),
    ] {
        let reply =
            served.get(&format!("/logout?{}", request.encode()), &[("cookie", cookie.as_str())]).await;
        assert_eq!((reply.status.as_u16(), reply.header("location")), (400, None), "{}", request.encode());
    }
    assert!(is_signed_in(&served, &cookie).await);
}
