//! The list of a user's sessions.

use http::{Method, StatusCode};
use serde_json::Value;

use crate::browser::{Browser, SESSION, Server, user};

async fn listed(browser: &mut Browser) -> Vec<Value> {
    let answer = browser.get("/auth/sessions").await;
    assert_eq!(answer.status, StatusCode::OK);
    answer.json()["sessions"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_user_sees_their_own_sessions() {
    let server = Server::start().await;
    let mut one = Browser::signed_in(&server).await;
    server.provider.after(60);
    let mut other = Browser::signed_in(&server).await;
    server.provider.state().user = "eve".to_owned();
    let mut eve = Browser::signed_in(&server).await;

    let all = listed(&mut one).await;
    assert_eq!(all.len(), 2);
    assert_eq!(all[0]["started"], "2027-01-15T08:00:00Z");
    assert_eq!(all[1]["started"], "2027-01-15T08:01:00Z");
    assert_eq!(all[0]["used"], "2027-01-15T08:00:00Z");
    assert_eq!((&all[0]["current"], &all[1]["current"]), (&Value::Bool(true), &Value::Bool(false)));
    assert_eq!(listed(&mut other).await[1]["current"], Value::Bool(true));
    assert_eq!(listed(&mut eve).await.len(), 1);
    let text = all.iter().map(Value::to_string).collect::<String>();
    assert!(!text.contains(&one.cookies[SESSION]) && !text.contains(&other.cookies[SESSION]));
}

#[tokio::test]
async fn a_user_ends_one_of_their_sessions_and_no_other() {
    let server = Server::start().await;
    let (mut one, other) = (Browser::signed_in(&server).await, Browser::signed_in(&server).await);
    server.provider.state().user = "eve".to_owned();
    let mut eve = Browser::signed_in(&server).await;
    let all = listed(&mut one).await;
    let path = |index: usize| format!("/auth/sessions/{}", all[index]["handle"].as_str().unwrap());

    assert_eq!(eve.send(Method::DELETE, &path(1)).await.status, StatusCode::NOT_FOUND, "not Eve's");
    assert_eq!(user(&other.page().await), Ok("ada".to_owned()));
    assert_eq!(one.send(Method::DELETE, &path(1)).await.status, StatusCode::NO_CONTENT);
    assert_eq!(user(&other.page().await), Err(401));
    assert_eq!(one.send(Method::DELETE, &path(1)).await.status, StatusCode::NOT_FOUND, "it has ended");
    assert_eq!(user(&one.page().await), Ok("ada".to_owned()));
    assert!(server.provider.state().revoked.is_empty(), "the tokens of another session cannot be opened");
    let own_token = server.provider.state().refresh_tokens[0].clone();
    assert_eq!(one.send(Method::DELETE, &path(0)).await.status, StatusCode::NO_CONTENT);
    assert!(one.cookies.is_empty(), "it was the browser's own");
    assert_eq!(server.provider.state().revoked, [own_token]);
    for handle in ["nonsense", &"A".repeat(43), "..%2f..%2fsessions-of:ada"] {
        let answer = eve.send(Method::DELETE, &format!("/auth/sessions/{handle}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{handle}");
    }
}

#[tokio::test]
async fn a_user_ends_all_of_their_sessions() {
    let server = Server::start().await;
    let (mut one, other) = (Browser::signed_in(&server).await, Browser::signed_in(&server).await);
    server.provider.state().user = "eve".to_owned();
    let eve = Browser::signed_in(&server).await;
    let before = one.clone();
    let own_token = server.provider.state().refresh_tokens[0].clone();
    assert_eq!(one.send(Method::DELETE, "/auth/sessions").await.status, StatusCode::NO_CONTENT);
    assert!(one.cookies.is_empty());
    assert_eq!(server.provider.state().revoked, [own_token]);
    assert_eq!(user(&before.page().await), Err(401));
    assert_eq!(user(&other.page().await), Err(401));
    assert_eq!(user(&eve.page().await), Ok("eve".to_owned()));
}

#[tokio::test]
async fn the_list_needs_a_session() {
    let server = Server::start().await;
    let handle = "A".repeat(43);
    for (method, path) in [
        (Method::GET, "/auth/sessions".to_owned()),
        (Method::DELETE, "/auth/sessions".to_owned()),
        (Method::DELETE, format!("/auth/sessions/{handle}")),
    ] {
        for cookie in [None, Some("nonsense"), Some(handle.as_str())] {
            let mut browser = server.browser();
            browser.cookies.extend(cookie.map(|it| (SESSION.to_owned(), it.to_owned())));
            let answer = browser.send(method.clone(), &path).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path} {cookie:?}");
            assert_eq!(answer.headers["www-authenticate"], "Cookie cookie-name=\"__Host-session\"");
        }
    }
}
