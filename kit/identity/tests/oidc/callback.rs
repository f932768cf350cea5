//! Callbacks that begin no session.

use http::StatusCode;
use serde_json::json;

use crate::browser::{Answer, Browser, SESSION, Server};
use crate::provider::query;

/// Checks that an answer begins no session, and says the same as all others.
fn assert_failed(answer: &Answer, what: &str) {
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{what}");
    assert!(!answer.cookies().iter().any(|it| it.starts_with(SESSION)), "{what}");
    assert!(answer.body.contains("You are not signed in. <a href=\"/auth/login\">Try again</a>"), "{what}");
    assert!(answer.body.len() < 400, "{what}: {}", answer.body);
}

/// A server, a browser that has begun a login, and the query with which the provider sends it back.
async fn begun() -> (Server, Browser, String, String) {
    let server = Server::start().await;
    let mut browser = server.browser();
    let request = browser.begin("/cart").await;
    let query = server.provider.authorize(&request);
    (server, browser, query, request["state"].clone())
}

#[tokio::test]
async fn a_state_that_this_browser_has_not_begun_is_rejected() {
    let (server, mut browser, good, state) = begun().await;
    let mut other = server.browser();
    let foreign = server.provider.authorize(&other.begin("/").await);
    let changed = good.replace(&state[16..], &state[16..].chars().rev().collect::<String>());
    let code = good.split('&').next().unwrap();
    let long = format!("{code}&state={}", "A".repeat(5000));
    for (what, query) in [
        ("no state", code.to_owned()),
        ("an empty state", format!("{code}&state=")),
        ("the state of another browser", foreign),
        ("a state with the same beginning", changed),
        ("the beginning of the state alone", format!("{code}&state={}", &state[..16])),
        ("a short state", format!("{code}&state=a")),
        ("a state of other characters", format!("{code}&state=%3B%0d%0aSet-Cookie:%20a=b;{state}")),
        (
            "a state of other letters",
            format!("{code}&state=%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9"),
        ),
        ("two states", format!("{good}&state={state}")),
        ("a long state", long),
    ] {
        assert_failed(&browser.come_back(&query).await, what);
    }
    assert_eq!(server.provider.state().secrets.len(), 2, "no code was exchanged");
    assert_eq!(browser.come_back(&good).await.status, StatusCode::SEE_OTHER, "the attempt goes on");
}

#[tokio::test]
async fn an_attempt_of_another_browser_is_rejected() {
    let (server, browser, good, _) = begun().await;
    assert_failed(&server.browser().come_back(&good).await, "no cookie");
    // Login CSRF: the browser has its own attempt, and gets the answer to the attacker's.
    let mut victim = server.browser();
    victim.begin("/").await;
    assert_failed(&victim.come_back(&good).await, "the cookie of another attempt");
    let mut mixed = server.browser();
    let (name, _) = browser.cookies.first_key_value().unwrap();
    mixed.begin("/").await;
    let (_, value) = mixed.cookies.pop_first().unwrap();
    mixed.cookies.insert(name.clone(), value);
    assert_failed(&mixed.come_back(&good).await, "the content of another attempt under this name");
}

#[tokio::test]
async fn a_code_is_good_once() {
    let (_, mut browser, good, _) = begun().await;
    let cookies = browser.cookies.clone();
    assert_eq!(browser.come_back(&good).await.status, StatusCode::SEE_OTHER);
    assert_failed(&browser.come_back(&good).await, "the attempt has ended");
    browser.cookies = cookies;
    assert_failed(&browser.come_back(&good).await, "the provider does not accept the code again");
}

#[tokio::test]
async fn the_verifier_of_the_attempt_goes_with_its_code() {
    let (server, mut browser, good, _) = begun().await;
    let (name, value) = browser.cookies.pop_first().unwrap();
    let mut parts: Vec<_> = value.split('.').map(str::to_owned).collect();
    parts[2] = "A".repeat(43);
    browser.cookies.insert(name, parts.join("."));
    assert_failed(&browser.come_back(&good).await, "another verifier");
    assert!(server.store.written.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_cookie_that_was_changed_leads_nowhere_else() {
    let (server, mut browser, good, _) = begun().await;
    let (name, value) = browser.cookies.pop_first().unwrap();
    let (secrets, _) = value.rsplit_once('.').unwrap();
    browser.cookies.insert(name, format!("{secrets}.{}", crate::keys::encode("https://evil.example/")));
    assert_failed(&browser.come_back(&good).await, "another place to return to");
    assert!(server.store.written.lock().unwrap().is_empty());
}

#[tokio::test]
async fn an_answer_names_its_issuer_if_the_provider_says_so() {
    for issuer in [None, Some("https://evil.example"), Some("")] {
        let (server, mut browser, good, state) = begun().await;
        let code = good.split('&').next().unwrap().strip_prefix("code=").unwrap();
        let mut pairs = vec![("code", code), ("state", state.as_str())];
        pairs.extend(issuer.map(|it| ("iss", it)));
        assert_failed(&browser.come_back(&query(&pairs)).await, &format!("{issuer:?}"));
        assert_eq!(server.provider.state().secrets.len(), 1, "no code was exchanged");
    }
    let server = Server::start().await;
    server.provider.state().metadata["authorization_response_iss_parameter_supported"] = json!(false);
    let mut browser = server.browser();
    let request = browser.begin("/").await;
    let good = server.provider.authorize(&request);
    let (without, _) = good.rsplit_once("&iss=").unwrap();
    assert_eq!(browser.come_back(without).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_user_who_does_not_want_to_sign_in_returns_as_a_guest() {
    let (server, mut browser, _, state) = begun().await;
    let denied = query(&[("error", "access_denied"), ("state", &state), ("iss", &server.provider.issuer)]);
    let answer = browser.come_back(&denied).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "https://shop.example/cart"));
    assert!(browser.cookies.is_empty(), "the attempt has ended, and no session has begun");
    assert_failed(&browser.come_back(&denied).await, "the attempt has ended");
}

#[tokio::test]
async fn any_other_answer_is_a_failure_that_repeats_no_word_of_it() {
    for pairs in [
        vec![("error", "login_required"), ("error_description", "<script>words</script>")],
        vec![("error", "access_denied"), ("code", "words")],
        vec![("code", "words")],
        vec![("code", "")],
        vec![],
    ] {
        let (server, mut browser, _, state) = begun().await;
        let mut pairs = pairs;
        pairs.extend([("state", state.as_str()), ("iss", &server.provider.issuer)]);
        let answer = browser.come_back(&query(&pairs)).await;
        assert_failed(&answer, &format!("{pairs:?}"));
        assert!(!answer.body.contains("words"));
        assert!(browser.cookies.is_empty(), "the attempt has ended");
    }
}

#[tokio::test]
async fn a_token_endpoint_that_fails_is_told_from_one_that_rejects() {
    let token = json!({ "access_token": "a", "token_type": "Bearer" });
    for (status, body, expected) in [
        (400, json!({ "error": "invalid_grant" }), 400),
        (401, json!({ "error": "invalid_client" }), 400),
        (200, json!({}), 400),
        (200, json!("words"), 400),
        (200, token, 400),
        (302, json!({}), 400),
        (429, json!({}), 503),
        (500, json!({ "error": "invalid_grant" }), 503),
        (503, json!({}), 503),
    ] {
        let (server, mut browser, good, _) = begun().await;
        server.provider.state().token_answer = Some((status, body.clone()));
        let answer = browser.come_back(&good).await;
        assert_eq!(answer.status.as_u16(), expected, "{status} {body}");
        assert!(browser.cookies.is_empty(), "{status} {body}");
    }
}
