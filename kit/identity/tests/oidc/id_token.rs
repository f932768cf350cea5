//! ID tokens that are not accepted.

use std::sync::Arc;

use http::StatusCode;
use serde_json::json;

use crate::browser::{Browser, SESSION, Server};
use crate::keys::TestKey;
use crate::provider::{Forge, START, claim, header, without};

/// Every way in which a token differs from a good one, by name.
fn bad_tokens() -> Vec<(&'static str, Forge)> {
    vec![
        ("the nonce of another attempt", claim("nonce", json!("A".repeat(43)))),
        ("an empty nonce", claim("nonce", json!(""))),
        ("no nonce", without("nonce")),
        ("another issuer", claim("iss", json!("https://evil.example"))),
        (
            "an issuer with a slash",
            Arc::new(|_, claims| {
                claims["iss"] = format!("{}/", claims["iss"].as_str().unwrap()).into();
            }),
        ),
        ("no issuer", without("iss")),
        ("another audience", claim("aud", json!("bff-mobile"))),
        ("a longer audience", claim("aud", json!("bff-web2"))),
        ("a further audience", claim("aud", json!(["bff-web", "bff-mobile"]))),
        ("an empty list of audiences", claim("aud", json!([]))),
        ("no audience", without("aud")),
        ("another authorized party", claim("azp", json!("bff-mobile"))),
        ("expired by more than the leeway", claim("exp", json!(START - 5))),
        ("an expiry that is a text", claim("exp", json!("9999999999"))),
        ("no expiry", without("exp")),
        ("issued in the future", claim("iat", json!(START + 6))),
        ("no time of issue", without("iat")),
        ("the hash of another access token", claim("at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA"))),
        ("no user", without("sub")),
        ("an empty user", claim("sub", json!(""))),
        ("a user with a space", claim("sub", json!("ada lovelace"))),
        ("a user with a line break", claim("sub", json!("ada\r\n"))),
        ("a user of 256 characters", claim("sub", json!("a".repeat(256)))),
        ("a user that is a number", claim("sub", json!(1))),
        ("the algorithm none", header("alg", json!("none"))),
        ("the algorithm HS256", header("alg", json!("HS256"))),
        ("the algorithm of another key type", header("alg", json!("RS256"))),
        ("another curve", header("alg", json!("ES384"))),
        ("an algorithm that nobody knows", header("alg", json!("XX256"))),
        ("the type of access tokens", header("typ", json!("at+jwt"))),
        ("the type of logout tokens", header("typ", json!("logout+jwt"))),
        ("critical extensions", header("crit", json!(["exp"]))),
        (
            "no key id",
            Arc::new(|header, _| {
                header.as_object_mut().unwrap().remove("kid").unwrap();
            }),
        ),
        ("an unknown key id", header("kid", json!("key-9"))),
    ]
}

#[tokio::test]
async fn a_token_that_is_not_for_this_attempt_begins_no_session() {
    let server = Server::start().await;
    let tokens = bad_tokens();
    assert!(tokens.len() >= 30);
    for (what, forge) in tokens {
        server.provider.state().forge = Some(forge);
        let mut browser = server.browser();
        let answer = browser.log_in().await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{what}");
        assert!(!browser.cookies.contains_key(SESSION), "{what}");
    }
    assert!(server.store.written.lock().unwrap().is_empty());
    server.provider.state().forge = None;
    Browser::signed_in(&server).await;
}

#[tokio::test]
async fn a_token_that_another_key_has_signed_begins_no_session() {
    let server = Server::start().await;
    Browser::signed_in(&server).await;
    // The key of somebody else under the id of the provider's.
    for stranger in [TestKey::es256("key-1"), TestKey::rs256("key-1"), TestKey::ed25519("key-1")] {
        server.provider.state().signs_with = stranger;
        assert_eq!(server.browser().log_in().await.status, StatusCode::BAD_REQUEST);
    }
}

#[tokio::test]
async fn a_key_that_the_provider_has_withdrawn_is_accepted_until_the_next_load() {
    let server = Server::start().await;
    Browser::signed_in(&server).await;
    let old = server.provider.state().signs_with.clone();
    let new = TestKey::es256("key-2");
    {
        let mut state = server.provider.state();
        (state.published, state.signs_with) = (vec![new.clone()], new);
    }
    Browser::signed_in(&server).await;
    server.provider.state().signs_with = old;
    assert_eq!(server.browser().log_in().await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn made_up_key_ids_cause_one_load() {
    let server = Server::start().await;
    Browser::signed_in(&server).await;
    let before = server.provider.state().calls;
    server.provider.forge(|header, _| header["kid"] = fastrand::u64(..).to_string().into());
    for _ in 0..20 {
        assert_eq!(server.browser().log_in().await.status, StatusCode::BAD_REQUEST);
    }
    // Twenty codes, and one load of the metadata and the keys.
    assert_eq!(server.provider.state().calls - before, 20 + 2);
}
