//! Logins that begin a session.

use http::{Method, StatusCode};
use identity::SessionId;
use serde_json::json;

use crate::browser::{Browser, SESSION, Server, user};
use crate::keys::TestKey;

#[tokio::test]
async fn a_login_leads_to_the_provider_and_back_with_a_session() {
    let server = Server::start().await;
    let mut browser = server.browser();
    assert_eq!(browser.page().await.unwrap().user(), None, "a guest");

    let request = browser.begin("/cart?open=1#top").await;
    assert_eq!(request["scope"], "openid offline_access cart");
    assert!(request["state"].len() >= 43 && request["nonce"].len() >= 43);
    let answer = browser.come_back(&server.provider.authorize(&request)).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.location(), "https://shop.example/cart?open=1#top");

    let principal = browser.page().await.unwrap();
    assert_eq!(principal.user().as_deref(), Some("ada"));
    assert_eq!(principal.scopes().iter().collect::<Vec<_>>(), ["cart", "offline_access", "openid"]);
    let expires = principal.expires().unwrap().as_second();
    assert_eq!(expires - server.provider.now(), 8 * 3600, "the idle time of the session");
    assert_eq!(
        browser.me().await,
        json!({
            "user": { "id": "ada" },
            "session": { "started": "2027-01-15T08:00:00Z", "expires": "2027-01-15T16:00:00Z" },
        })
    );
}

#[tokio::test]
async fn the_cookies_are_exactly_these() {
    let server = Server::start().await;
    let mut browser = server.browser();
    let request = browser.begin("/").await;
    let attempt = format!("__Host-login-{}", &request["state"][..16]);
    let value = browser.cookies[&attempt].clone();
    assert!(value.starts_with(&format!("{}.{}.", request["state"], request["nonce"])));

    let login = server.browser().get("/auth/login").await;
    let [cookie] = login.cookies()[..] else { panic!("one cookie") };
    assert!(cookie.starts_with("__Host-login-"), "{cookie}");
    assert!(cookie.ends_with("; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600"), "{cookie}");

    let answer = browser.come_back(&server.provider.authorize(&request)).await;
    let id = &browser.cookies[SESSION];
    assert!(SessionId::parse(id).is_some());
    assert_eq!(
        answer.cookies(),
        [
            format!("__Host-session={id}; Path=/; Secure; HttpOnly; SameSite=Lax"),
            format!("{attempt}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"),
        ]
    );
    assert_eq!(browser.cookies.len(), 1);
}

#[tokio::test]
async fn a_planted_session_is_never_signed_in() {
    let server = Server::start().await;
    for round in 0..20 {
        let mut browser = server.browser();
        // An id that the attacker knows: their own, one of the same user, and one that was never given out.
        let planted = match round % 3 {
            0 => server.sessions.sign_in("eve", None).await.unwrap().expose().to_owned(),
            1 => Browser::signed_in(&server).await.cookies[SESSION].clone(),
            _ => "A".repeat(43),
        };
        browser.cookies.insert(SESSION.to_owned(), planted.clone());
        assert_eq!(browser.log_in().await.status, StatusCode::SEE_OTHER);
        assert_ne!(browser.cookies[SESSION], planted);
        assert_eq!(user(&browser.page().await), Ok("ada".to_owned()));
        browser.cookies.insert(SESSION.to_owned(), planted);
        assert_eq!(user(&browser.page().await), Err(401), "round {round}");
    }
}

#[tokio::test]
async fn two_tabs_can_sign_in_at_once() {
    let server = Server::start().await;
    let mut browser = server.browser();
    let (one, other) = (browser.begin("/one").await, browser.begin("/other").await);
    let answer = browser.come_back(&server.provider.authorize(&one)).await;
    assert_eq!(answer.location(), "https://shop.example/one");
    let answer = browser.come_back(&server.provider.authorize(&other)).await;
    assert_eq!(answer.location(), "https://shop.example/other");
    assert_eq!(user(&browser.page().await), Ok("ada".to_owned()));
}

#[tokio::test]
async fn attempts_do_not_pile_up_in_a_browser() {
    let server = Server::start().await;
    let mut browser = server.browser();
    for _ in 0..30 {
        browser.begin("/").await;
        assert!(browser.cookies.len() <= 8, "{}", browser.cookies.len());
    }
    assert_eq!(browser.log_in().await.status, StatusCode::SEE_OTHER, "the last one still counts");
}

#[tokio::test]
async fn nothing_is_stored_before_a_session_begins() {
    let server = Server::start().await;
    for _ in 0..10 {
        server.browser().begin("/cart").await;
    }
    assert!(server.store.written.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_provider_may_sign_with_any_of_four_algorithms() {
    for key in [TestKey::es256("k"), TestKey::rs256("k"), TestKey::ps256("k"), TestKey::ed25519("k")] {
        let server = Server::start().await;
        let name = key.name;
        {
            let mut state = server.provider.state();
            (state.signs_with, state.published) = (key.clone(), vec![key]);
        }
        let browser = Browser::signed_in(&server).await;
        assert_eq!(user(&browser.page().await), Ok("ada".to_owned()), "{name}");
    }
}

#[tokio::test]
async fn a_key_that_the_provider_has_begun_to_use_is_loaded() {
    let server = Server::start().await;
    Browser::signed_in(&server).await;
    let key = TestKey::es256("key-2");
    {
        let mut state = server.provider.state();
        state.published.insert(0, key.clone());
        state.signs_with = key;
    }
    let browser = Browser::signed_in(&server).await;
    assert_eq!(user(&browser.page().await), Ok("ada".to_owned()));
}

#[tokio::test]
async fn optional_claims_are_accepted_as_the_specification_permits_them() {
    let server = Server::start().await;
    server.provider.forge(|header, claims| {
        header.as_object_mut().unwrap().remove("typ");
        claims["aud"] = json!(["bff-web"]);
        claims["azp"] = "bff-web".into();
        let claims = claims.as_object_mut().unwrap();
        claims.remove("at_hash");
        claims.remove("sid");
        claims.insert("exp".to_owned(), (crate::provider::START - 4).into());
    });
    Browser::signed_in(&server).await;
}

#[tokio::test]
async fn a_cookie_that_names_no_session_is_no_guest() {
    let server = Server::start().await;
    let mut browser = Browser::signed_in(&server).await;
    let id = browser.cookies[SESSION].clone();
    server.provider.after(8 * 3600 + 1);
    let challenge = browser.page().await.unwrap_err();
    assert_eq!(challenge.status(), 401);
    assert_eq!(challenge.authenticate().unwrap(), "Cookie cookie-name=\"__Host-session\"");

    for value in ["", "short", &"A".repeat(43), &format!("{id}A"), &"é".repeat(43)] {
        browser.cookies.insert(SESSION.to_owned(), value.to_owned());
        let other = browser.page().await.unwrap_err();
        assert_eq!((other.status(), other.authenticate()), (challenge.status(), challenge.authenticate()));
        assert_eq!(browser.me().await, json!({ "user": null }));
        assert!(!browser.cookies.contains_key(SESSION), "the cookie is taken away");
        assert_eq!(user(&browser.page().await), Ok(String::new()), "a guest from then on");
    }
}

#[tokio::test]
async fn two_cookies_of_the_session_are_rejected() {
    let server = Server::start().await;
    let browser = Browser::signed_in(&server).await;
    let own = format!("{SESSION}={}", browser.cookies[SESSION]);
    let one = http::HeaderMap::from_iter([(http::header::COOKIE, own.parse().unwrap())]);
    assert_eq!(user(&server.page(&one).await), Ok("ada".to_owned()));
    let mut two = one.clone();
    two.append(http::header::COOKIE, own.parse().unwrap());
    assert_eq!(user(&server.page(&two).await), Err(401));
    for text in [format!("{own}; {own}"), format!("{own}; {SESSION}=other"), format!("{SESSION}=; {own}")] {
        let headers = http::HeaderMap::from_iter([(http::header::COOKIE, text.parse().unwrap())]);
        assert_eq!(user(&server.page(&headers).await), Err(401), "two in one header");
    }
}

#[tokio::test]
async fn a_store_that_fails_is_no_missing_session() {
    let server = Server::start().await;
    let mut browser = Browser::signed_in(&server).await;
    let request = browser.begin("/").await;
    server.store.is_broken.store(true, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(user(&browser.page().await), Err(503));
    let cookies = browser.cookies.clone();
    for (method, path) in [
        (Method::GET, "/auth/me"),
        (Method::POST, "/auth/logout"),
        (Method::GET, "/auth/sessions"),
        (Method::DELETE, "/auth/sessions"),
    ] {
        assert_eq!(browser.send(method, path).await.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert_eq!(browser.cookies, cookies, "{path} takes no cookie away");
    }
    let answer = browser.come_back(&server.provider.authorize(&request)).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
}
