//! Logouts that the provider asks for.

use std::sync::atomic::Ordering;

use http::StatusCode;
use serde_json::{Value, json};

use crate::browser::{Browser, Server, user};
use crate::keys::TestKey;
use crate::provider::{Forge, START, claim, header, query, without};

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// The claims of a good token, which names neither user nor session yet.
fn claims(server: &Server, jti: &str) -> Value {
    let now = server.provider.now();
    json!({
        "iss": server.provider.issuer, "aud": "bff-web", "iat": now, "exp": now + 120, "jti": jti,
        "events": { EVENT: {} },
    })
}

async fn send(server: &Server, claims: Value) -> StatusCode {
    let token = server.provider.sign("logout+jwt", claims);
    server.post("/auth/backchannel-logout", query(&[("logout_token", &token)])).await.status
}

/// Signs in Ada twice, in two sessions of the provider, and Eve.
async fn three(server: &Server) -> [Browser; 3] {
    let one = Browser::signed_in(server).await;
    server.provider.forge(|_, claims| claims["sid"] = "sid-other".into());
    let other = Browser::signed_in(server).await;
    {
        let mut state = server.provider.state();
        (state.forge, state.user) = (None, "eve".to_owned());
    }
    [one, other, Browser::signed_in(server).await]
}

/// Checks the user of each browser, or the status of its answer.
async fn assert_users(browsers: &[Browser; 3], expected: [Result<&str, u16>; 3]) {
    for (browser, expected) in browsers.iter().zip(expected) {
        assert_user(browser, expected).await;
    }
}

async fn assert_user(browser: &Browser, expected: Result<&str, u16>) {
    assert_eq!(user(&browser.page().await), expected.map(str::to_owned));
}

const ADA: Result<&str, u16> = Ok("ada");
const EVE: Result<&str, u16> = Ok("eve");

#[tokio::test]
async fn a_session_of_the_provider_ends_the_sessions_that_came_of_it() {
    for with_user in [false, true] {
        let server = Server::start().await;
        let browsers = three(&server).await;
        let mut claims = claims(&server, "1");
        claims["sid"] = "sid-ada".into();
        if with_user {
            claims["sub"] = "ada".into();
        }
        assert_eq!(send(&server, claims).await, StatusCode::OK);
        assert_users(&browsers, [Err(401), ADA, EVE]).await;
    }
}

#[tokio::test]
async fn a_user_without_a_session_ends_all_of_the_user() {
    let server = Server::start().await;
    let browsers = three(&server).await;
    let mut claims = claims(&server, "1");
    claims["sub"] = "ada".into();
    claims["aud"] = json!(["other", "bff-web"]);
    assert_eq!(send(&server, claims).await, StatusCode::OK);
    assert_users(&browsers, [Err(401), Err(401), EVE]).await;
}

#[tokio::test]
async fn a_session_of_another_user_is_left_alone() {
    let server = Server::start().await;
    let browsers = three(&server).await;
    let mut claims = claims(&server, "1");
    claims["sid"] = "sid-ada".into();
    claims["sub"] = "eve".into();
    assert_eq!(send(&server, claims).await, StatusCode::OK);
    assert_users(&browsers, [ADA, ADA, EVE]).await;
}

/// Every way in which a token differs from a good one, by name.
fn bad_tokens() -> Vec<(&'static str, Forge)> {
    vec![
        ("another issuer", claim("iss", json!("https://evil.example"))),
        ("another audience", claim("aud", json!("bff-mobile"))),
        ("an audience that is a number", claim("aud", json!([1, "bff-web"]))),
        ("no audience", without("aud")),
        ("expired", claim("exp", json!(START - 5))),
        ("no expiry", without("exp")),
        ("good for a day", claim("exp", json!(START + 86_400))),
        ("issued in the future", claim("iat", json!(START + 6))),
        ("no time of issue", without("iat")),
        ("no events", without("events")),
        ("another event", claim("events", json!({ "http://schemas.openid.net/event/other": {} }))),
        ("an event that is no object", claim("events", json!({ EVENT: true }))),
        ("events that are a list", claim("events", json!([EVENT]))),
        ("a nonce", claim("nonce", json!("n"))),
        ("no identifier", without("jti")),
        ("an empty identifier", claim("jti", json!(""))),
        ("neither user nor session", without("sub")),
        ("a user that is a number", claim("sub", json!(1))),
        ("an empty session", claim("sid", json!(""))),
        ("the algorithm none", header("alg", json!("none"))),
        ("the algorithm HS256", header("alg", json!("HS256"))),
        ("the type of access tokens", header("typ", json!("at+jwt"))),
        ("critical extensions", header("crit", json!(["exp"]))),
        ("an unknown key id", header("kid", json!("key-9"))),
    ]
}

#[tokio::test]
async fn a_token_that_is_not_good_ends_nothing() {
    let server = Server::start().await;
    let browsers = three(&server).await;
    for (what, forge) in bad_tokens() {
        server.provider.state().forge = Some(forge);
        let mut claims = claims(&server, what);
        claims["sub"] = "ada".into();
        assert_eq!(send(&server, claims).await, StatusCode::BAD_REQUEST, "{what}");
    }
    server.provider.state().forge = None;
    let own = server.provider.state().signs_with.clone();
    server.provider.state().signs_with = TestKey::es256("key-1");
    let mut good = claims(&server, "1");
    good["sub"] = "ada".into();
    assert_eq!(send(&server, good.clone()).await, StatusCode::BAD_REQUEST, "signed by another key");
    server.provider.state().signs_with = own;

    let token = server.provider.sign("JWT", good);
    for form in [
        String::new(),
        query(&[("logout_token", "")]),
        query(&[("logout_token", "a.b.c")]),
        query(&[("token", &token)]),
        query(&[("logout_token", &token), ("logout_token", &token)]),
        query(&[("logout_token", &format!("{token}A"))]),
    ] {
        let answer = server.post("/auth/backchannel-logout", form.clone()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{form}");
        assert_eq!(answer.body, "{\"error\":\"invalid_request\"}");
    }
    assert_users(&browsers, [ADA, ADA, EVE]).await;
    let good = query(&[("logout_token", &token)]);
    assert_eq!(server.post("/auth/backchannel-logout", good).await.status, StatusCode::OK);
    assert_users(&browsers, [Err(401), Err(401), EVE]).await;
}

#[tokio::test]
async fn an_id_token_is_no_logout_token() {
    let server = Server::start().await;
    let browser = Browser::signed_in(&server).await;
    let token = server.provider.state().secrets.iter().find(|it| it.starts_with("ey")).unwrap().clone();
    let answer = server.post("/auth/backchannel-logout", query(&[("logout_token", &token)])).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_user(&browser, ADA).await;
}

#[tokio::test]
async fn a_token_is_good_once() {
    let server = Server::start().await;
    let first = Browser::signed_in(&server).await;
    let mut claims = claims(&server, "1");
    claims["sub"] = "ada".into();
    assert_eq!(send(&server, claims.clone()).await, StatusCode::OK);
    assert_user(&first, Err(401)).await;
    let again = Browser::signed_in(&server).await;
    for _ in 0..3 {
        assert_eq!(send(&server, claims.clone()).await, StatusCode::BAD_REQUEST);
    }
    assert_user(&again, ADA).await;
    claims["jti"] = "2".into();
    assert_eq!(send(&server, claims).await, StatusCode::OK);
    assert_user(&again, Err(401)).await;
}

#[tokio::test]
async fn a_logout_that_failed_can_be_sent_again() {
    let server = Server::start().await;
    let browser = Browser::signed_in(&server).await;
    let mut claims = claims(&server, "1");
    claims["sid"] = "sid-ada".into();
    server.store.is_broken.store(true, Ordering::Relaxed);
    assert_eq!(send(&server, claims.clone()).await, StatusCode::BAD_REQUEST);
    server.store.is_broken.store(false, Ordering::Relaxed);
    assert_user(&browser, ADA).await;
    assert_eq!(send(&server, claims).await, StatusCode::OK);
    assert_user(&browser, Err(401)).await;
}
