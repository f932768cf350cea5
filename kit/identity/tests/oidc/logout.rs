//! Logouts of a user.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::browser::{Browser, SESSION, Server, user};

#[tokio::test]
async fn a_logout_ends_the_session_here_and_at_the_provider() {
    let server = Server::start().await;
    let mut browser = Browser::signed_in(&server).await;
    let before = browser.clone();
    let refresh_token = server.provider.state().refresh_tokens[0].clone();
    let answer = browser.send(Method::POST, "/auth/logout").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.cookies(), ["__Host-session=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"]);
    assert_eq!(user(&before.page().await), Err(401), "the id is worth nothing any more");
    assert_eq!(server.provider.state().revoked, [refresh_token]);

    let location = answer.json()["location"].as_str().unwrap().to_owned();
    let (endpoint, query) = location.split_once("/logout?from=shop&").unwrap();
    assert_eq!(endpoint, server.provider.issuer);
    let query: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let hint = server.provider.state().secrets.iter().find(|it| it.starts_with("ey")).unwrap().clone();
    let expected = [
        ("id_token_hint", hint.as_str()),
        ("client_id", "bff-web"),
        ("post_logout_redirect_uri", "https://shop.example/bye"),
    ];
    assert_eq!(query, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

#[tokio::test]
async fn a_logout_without_a_session_leads_nowhere() {
    let server = Server::start().await;
    for cookie in [None, Some("nonsense".to_owned()), Some("A".repeat(43))] {
        let mut browser = server.browser();
        browser.cookies.extend(cookie.map(|it| (SESSION.to_owned(), it)));
        let answer = browser.send(Method::POST, "/auth/logout").await;
        assert_eq!((answer.status, answer.json()), (StatusCode::OK, json!({ "location": null })));
        assert!(browser.cookies.is_empty());
    }
    assert_eq!(server.browser().get("/auth/logout").await.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn a_provider_without_logout_and_revocation_is_not_asked() {
    let server = Server::start().await;
    {
        let mut state = server.provider.state();
        let metadata = state.metadata.as_object_mut().unwrap();
        metadata.remove("end_session_endpoint").unwrap();
        metadata.remove("revocation_endpoint").unwrap();
    }
    let mut browser = Browser::signed_in(&server).await;
    let calls = server.provider.state().calls;
    let answer = browser.send(Method::POST, "/auth/logout").await;
    assert_eq!(answer.json()["location"], Value::Null);
    assert_eq!(server.provider.state().calls, calls);
}

#[tokio::test]
async fn a_logout_succeeds_though_the_provider_fails() {
    let server = Server::start().await;
    let mut browser = Browser::signed_in(&server).await;
    server.provider.state().fails_with = Some(503);
    let before = browser.clone();
    assert_eq!(browser.send(Method::POST, "/auth/logout").await.status, StatusCode::OK);
    assert_eq!(user(&before.page().await), Err(401));
}
