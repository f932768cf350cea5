//! Tokens that run out.

use std::time::Duration;

use futures_util::future::join_all;
use http::{Method, StatusCode, Uri};
use identity::{ExposeSecret as _, RequestHead, SessionId, SignIn as _};
use serde_json::json;
use store::Store as _;
use tokio::time::Instant;

use crate::browser::{Browser, SESSION, Server, intervals_pass, user};
use crate::provider::TOKEN_LIFETIME;

/// Returns the access token that a request of a browser could exchange.
async fn access_token(server: &Server, browser: &Browser) -> Option<String> {
    let headers = browser.headers();
    let uri = Uri::from_static("/graphql");
    let head = RequestHead::new(&Method::POST, &uri, &headers);
    let principal = server.sign_in.sign_in(head).await.unwrap();
    principal.subject_token().map(|it| it.expose_secret().to_owned())
}

fn last_access_token(server: &Server) -> Option<String> {
    server.provider.state().secrets.iter().rev().find(|it| it.starts_with("access-")).cloned()
}

#[tokio::test]
async fn a_token_is_refreshed_when_it_runs_out_and_not_before() {
    let server = Server::start().await;
    let browser = Browser::signed_in(&server).await;
    let first = last_access_token(&server);
    server.provider.after(TOKEN_LIFETIME - 6);
    assert_eq!(access_token(&server, &browser).await, first);
    assert_eq!(server.provider.state().refreshes, 0);

    server.provider.after(1);
    assert_eq!(user(&browser.page().await), Ok("ada".to_owned()));
    assert_eq!(server.provider.state().refreshes, 1);
    let second = access_token(&server, &browser).await;
    assert!(second.is_some() && second != first);
    assert_eq!(second, last_access_token(&server));
    for round in 2..5 {
        server.provider.after(TOKEN_LIFETIME);
        assert_eq!(user(&browser.page().await), Ok("ada".to_owned()));
        assert_eq!(server.provider.state().refreshes, round, "each with the token of the one before");
    }
    let principal = browser.page().await.unwrap();
    assert_eq!(principal.scopes().iter().collect::<Vec<_>>(), ["cart", "offline_access", "openid"]);
}

#[tokio::test]
async fn a_provider_that_does_not_rotate_keeps_its_refresh_token() {
    let server = Server::start().await;
    server.provider.state().rotates = false;
    let browser = Browser::signed_in(&server).await;
    for round in 1..4 {
        server.provider.after(TOKEN_LIFETIME);
        assert_eq!(user(&browser.page().await), Ok("ada".to_owned()));
        assert_eq!(server.provider.state().refreshes, round);
    }
}

/// Sends 100 requests at once to replicas over one store, after the token has run out.
async fn hundred(replicas: &[Server], browser: &Browser) {
    replicas[0].provider.after(TOKEN_LIFETIME);
    let before = replicas[0].provider.state().refreshes;
    let requests = (0..100).map(|index| {
        let (server, headers) = (replicas[index % replicas.len()].clone(), browser.headers());
        tokio::spawn(async move { user(&server.page(&headers).await) })
    });
    for result in join_all(requests.collect::<Vec<_>>()).await {
        assert_eq!(result.unwrap(), Ok("ada".to_owned()));
    }
    assert_eq!(replicas[0].provider.state().refreshes - before, 1);
}

#[tokio::test]
async fn a_hundred_requests_refresh_once() {
    let server = Server::start().await;
    let browser = Browser::signed_in(&server).await;
    for _ in 0..5 {
        hundred(std::slice::from_ref(&server), &browser).await;
    }
}

#[tokio::test]
async fn a_hundred_requests_to_two_replicas_refresh_once() {
    let server = Server::start().await;
    let browser = Browser::signed_in(&server).await;
    let replicas = [server.clone(), Server::with(server.provider.clone(), server.store.clone())];
    for _ in 0..5 {
        hundred(&replicas, &browser).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_requests_on_many_threads_to_three_replicas_refresh_once() {
    let server = Server::start().await;
    let browser = Browser::signed_in(&server).await;
    let replica = || Server::with(server.provider.clone(), server.store.clone());
    let replicas = [server.clone(), replica(), replica()];
    for _ in 0..5 {
        hundred(&replicas, &browser).await;
    }
}

#[tokio::test]
async fn a_refresh_goes_on_though_its_request_is_dropped() {
    let server = Server::start().await;
    let browser = Browser::signed_in(&server).await;
    server.provider.after(TOKEN_LIFETIME);
    let headers = browser.headers();
    let dropped = tokio::spawn({
        let (server, headers) = (server.clone(), headers.clone());
        async move { server.page(&headers).await }
    });
    while server.provider.state().refreshes == 0 {
        tokio::task::yield_now().await;
    }
    dropped.abort();
    assert_eq!(user(&server.page(&headers).await), Ok("ada".to_owned()));
    assert_eq!(server.provider.state().refreshes, 1);
}

#[tokio::test]
async fn a_grant_that_the_provider_has_revoked_ends_the_session() {
    let server = Server::start().await;
    let mut browser = Browser::signed_in(&server).await;
    server.provider.state().refresh_tokens.clear();
    assert_eq!(user(&browser.page().await), Ok("ada".to_owned()), "the token is still good");
    server.provider.after(TOKEN_LIFETIME);
    assert_eq!(user(&browser.page().await), Err(401));
    assert_eq!(user(&browser.page().await), Err(401));
    assert_eq!(server.provider.state().refreshes, 1);
    assert_eq!(browser.me().await, json!({ "user": null }));
}

#[tokio::test]
async fn a_provider_that_is_away_is_asked_again_after_the_cool_down() {
    let server = Server::start().await;
    let browser = Browser::signed_in(&server).await;
    let replica = Server::with(server.provider.clone(), server.store.clone());
    server.provider.after(TOKEN_LIFETIME);
    for (status, body) in [(503, json!({})), (401, json!({ "error": "invalid_client" })), (200, json!({}))] {
        let before = server.provider.state().refreshes;
        server.provider.state().token_answer = Some((status, body));
        for _ in 0..10 {
            assert_eq!(user(&browser.page().await), Ok("ada".to_owned()));
            assert_eq!(user(&replica.page(&browser.headers()).await), Ok("ada".to_owned()));
        }
        assert_eq!(server.provider.state().refreshes - before, 1, "{status}");
        assert_eq!(access_token(&server, &browser).await, None, "it has run out");
        intervals_pass(Duration::from_secs(31)).await;
    }
    server.provider.state().token_answer = None;
    assert_eq!(user(&browser.page().await), Ok("ada".to_owned()));
    assert_eq!(access_token(&server, &browser).await, last_access_token(&server));
    assert_eq!(server.provider.state().refreshes, 4);
}

#[tokio::test]
async fn an_id_token_of_another_user_ends_the_session() {
    let server = Server::start().await;
    let browser = Browser::signed_in(&server).await;
    server.provider.state().refreshed_user = Some("ada".to_owned());
    server.provider.after(TOKEN_LIFETIME);
    assert_eq!(user(&browser.page().await), Ok("ada".to_owned()));
    server.provider.state().refreshed_user = Some("eve".to_owned());
    server.provider.after(TOKEN_LIFETIME);
    assert_eq!(user(&browser.page().await), Err(401));
}

/// Logs out when some operations of the store have passed since the provider was asked, so that the logout meets each step
/// of the refresh.
async fn log_out_during_a_refresh(steps: usize) {
    let server = Server::start().await;
    let mut browser = Browser::signed_in(&server).await;
    server.provider.after(TOKEN_LIFETIME);
    let page = tokio::spawn({
        let (server, headers) = (server.clone(), browser.headers());
        async move { user(&server.page(&headers).await) }
    });
    while server.provider.state().refreshes == 0 {
        tokio::task::yield_now().await;
    }
    for _ in 0..steps {
        tokio::task::yield_now().await;
    }
    let headers = browser.headers();
    assert_eq!(browser.send(Method::POST, "/auth/logout").await.status, StatusCode::OK);
    page.await.unwrap().ok();
    assert_eq!(user(&server.page(&headers).await), Err(401));
    // Whichever was first, the refresh token that is good is revoked.
    let good = server.provider.state().refresh_tokens.clone();
    assert!(server.provider.state().revoked.contains(&good[0]), "after {steps} steps: {good:?}");
}

#[tokio::test]
async fn a_session_that_ends_during_its_refresh_stays_ended() {
    for steps in 0..30 {
        log_out_during_a_refresh(steps).await;
    }
}

#[tokio::test]
async fn a_replica_that_went_away_during_a_refresh_holds_requests_up_for_a_bounded_time() {
    let server = Server::start().await;
    let browser = Browser::signed_in(&server).await;
    server.provider.after(TOKEN_LIFETIME);
    let handle = SessionId::parse(&browser.cookies[SESSION]).unwrap().handle();
    let claim = format!("session-refresh:{handle}");
    server.store.insert(&claim, "gone".into(), Duration::from_secs(30)).await.unwrap();

    tokio::time::pause();
    let started = Instant::now();
    assert_eq!(user(&browser.page().await), Ok("ada".to_owned()), "the session goes on");
    let waited = started.elapsed();
    tokio::time::resume();
    assert!((5.0..5.2).contains(&waited.as_secs_f64()), "{waited:?}");
    assert_eq!(server.provider.state().refreshes, 0);

    intervals_pass(Duration::from_secs(26)).await;
    assert_eq!(user(&browser.page().await), Ok("ada".to_owned()));
    assert_eq!(server.provider.state().refreshes, 1, "the claim has run out");
}
