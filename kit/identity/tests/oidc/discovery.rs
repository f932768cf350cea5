//! The metadata of a provider, and a provider that cannot be reached.

use http::StatusCode;
use identity::{OidcError, OidcSettings, OidcSignIn, SessionSettings, Sessions};
use rustls::RootCertStore;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::browser::{Browser, Server, settings, user};
use crate::provider::Provider;

#[tokio::test]
async fn metadata_that_cannot_be_used_make_the_login_unavailable() {
    let server = Server::start().await;
    let issuer = server.provider.issuer.clone();
    let evil = json!("http://evil.example/token");
    for (name, value) in [
        ("issuer", json!("https://evil.example")),
        ("issuer", json!(format!("{issuer}/"))),
        ("issuer", Value::Null),
        ("authorization_endpoint", json!("http://evil.example/authorize")),
        ("token_endpoint", evil.clone()),
        ("token_endpoint", Value::Null),
        ("jwks_uri", evil.clone()),
        ("revocation_endpoint", evil.clone()),
        ("end_session_endpoint", json!("javascript:alert(1)")),
    ] {
        let provider = Provider::start().await;
        provider.state().metadata[name] = value.clone();
        let answer = Server::at(provider).browser().get("/auth/login").await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{name} {value}");
        assert!(answer.cookies().is_empty());
        assert!(answer.body.contains("not possible right now"));
    }
}

#[tokio::test]
async fn a_server_starts_and_serves_guests_while_the_provider_is_away() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let server = Server::at(Provider::new(issuer));
    let mut browser = server.browser();
    assert_eq!(browser.get("/auth/login").await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(browser.get("/auth/callback?code=a&state=b").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(browser.me().await, json!({ "user": null }));
    assert_eq!(user(&browser.page().await), Ok(String::new()));
}

#[tokio::test]
async fn sessions_go_on_while_the_provider_is_away() {
    let server = Server::start().await;
    let mut browser = Browser::signed_in(&server).await;
    let request = browser.begin("/").await;
    let query = server.provider.authorize(&request);
    server.provider.state().fails_with = Some(503);
    assert_eq!(user(&browser.page().await), Ok("ada".to_owned()));
    assert_eq!(browser.me().await["user"]["id"], "ada");
    assert_eq!(browser.get("/auth/sessions").await.status, StatusCode::OK);
    let answer = browser.come_back(&query).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "a login needs the provider");
    // A replica that starts now knows the sessions, and no login.
    let replica = Server::with(server.provider.clone(), server.store.clone());
    assert_eq!(user(&replica.page(&browser.headers()).await), Ok("ada".to_owned()));
    assert_eq!(replica.browser().get("/auth/login").await.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn settings_with_which_nobody_could_sign_in_are_an_error() {
    let provider = Provider::new("https://id.example".to_owned());
    let good = settings(&provider);
    let made = |settings: OidcSettings| {
        let store = std::sync::Arc::new(store::MemoryStore::new(1024));
        let sessions = Sessions::new(store, SessionSettings::default(), provider.clock());
        OidcSignIn::new(settings, sessions, RootCertStore::empty())
    };
    assert!(made(good.clone()).is_ok());
    let bad = [
        OidcSettings { issuer: "http://id.example".to_owned(), ..good.clone() },
        OidcSettings { issuer: String::new(), ..good.clone() },
        OidcSettings { redirect_uri: "/auth/callback".to_owned(), ..good.clone() },
        OidcSettings { return_origins: Vec::new(), ..good.clone() },
        OidcSettings { return_origins: vec!["http://shop.example".to_owned()], ..good.clone() },
        OidcSettings { return_origins: vec!["https://shop.example/shop".to_owned()], ..good.clone() },
        OidcSettings { return_origins: vec!["https://ada@shop.example".to_owned()], ..good.clone() },
        OidcSettings { after_logout: Some("javascript:alert(1)".to_owned()), ..good.clone() },
        OidcSettings { scopes: vec!["two words".to_owned()], ..good.clone() },
    ];
    for settings in bad {
        let text = format!("{settings:?}");
        assert!(made(settings).is_err(), "{text}");
    }
    let error = made(OidcSettings { issuer: "http://id.example".to_owned(), ..good }).unwrap_err();
    assert!(matches!(error, OidcError::Url("the issuer", _)), "{error}");
    assert_eq!(error.to_string(), "the URL of the issuer is not https, and http is for loopback alone");
}
