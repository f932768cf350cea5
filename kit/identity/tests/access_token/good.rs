//! Tokens that are accepted, and what their principal carries.

use http::HeaderMap;
use http::header::AUTHORIZATION;
use identity::{Actor, Algorithm, Principal, SignIn as _};
use jiff::Timestamp;
use serde_json::json;

use crate::support::{AUDIENCE, Issuer, START, Server, TestKey, claims, settings, status};

#[tokio::test(start_paused = true)]
async fn each_algorithm_is_verified() {
    let keys = [TestKey::rsa("rs"), TestKey::rsa_pss("ps"), TestKey::p256("es"), TestKey::ed25519("ed")];
    let server = Server::start(&Issuer::with(&keys.each_ref()), settings());
    for key in &keys {
        let principal = server.bearer(&key.token(&claims())).await.unwrap();
        assert_eq!(principal.actor(), &Actor::User("ada".into()), "{}", key.name);
    }
}

#[tokio::test(start_paused = true)]
async fn only_the_algorithms_of_the_settings_are_accepted() {
    let keys = [TestKey::p256("es"), TestKey::ed25519("ed")];
    let mut settings = settings();
    settings.algorithms = vec![Algorithm::Es256];
    let server = Server::start(&Issuer::with(&keys.each_ref()), settings);
    assert_eq!(status(&server.bearer(&keys[0].token(&claims())).await), 200);
    assert_eq!(status(&server.bearer(&keys[1].token(&claims())).await), 401);
}

#[tokio::test(start_paused = true)]
async fn the_principal_carries_scopes_expiry_and_the_claims_that_are_kept() {
    let key = TestKey::p256("es");
    let mut settings = settings();
    settings.kept_claims.push("roles".to_owned());
    let server = Server::start(&Issuer::with(&[&key]), settings);
    let mut claims = claims();
    claims["roles"] = json!(["buyer", "editor"]);
    claims["email"] = "ada@example.org".into();
    let principal = server.bearer(&key.token(&claims)).await.unwrap();

    assert!(principal.scopes().has("cart") && principal.scopes().has("orders:read"));
    assert_eq!(principal.expires(), Some(Timestamp::from_second(START + 3600).unwrap()));
    assert_eq!(principal.claims().get("client_id"), Some("shop-app"));
    let roles: Vec<_> = principal.claims().list("roles").iter().map(|it| &**it).collect();
    assert_eq!(roles, ["buyer", "editor"]);
    assert_eq!(principal.claims().get("email"), None);
}

#[tokio::test(start_paused = true)]
async fn the_user_may_be_in_another_claim() {
    let key = TestKey::p256("es");
    let mut settings = settings();
    settings.user_claim = "shop_user".to_owned();
    let server = Server::start(&Issuer::with(&[&key]), settings);
    assert_eq!(status(&server.bearer(&key.token(&claims())).await), 401, "it is not there");
    let mut claims = claims();
    claims["shop_user"] = "u-1".into();
    assert_eq!(server.bearer(&key.token(&claims)).await.unwrap().user().as_deref(), Some("u-1"));
}

#[tokio::test(start_paused = true)]
async fn forms_that_the_standards_permit_are_accepted() {
    let key = TestKey::ed25519("ed");
    let server = Server::start(&Issuer::with(&[&key]), settings());
    let changed = |name: &str, value: serde_json::Value| {
        let mut claims = claims();
        claims[name] = value;
        key.token(&claims)
    };
    let header = |typ: &str, alg: &str| {
        key.sign(
            &json!({ "alg": alg, "typ": typ, "kid": "ed", "x5t": "abc" }).to_string(),
            claims().to_string(),
        )
    };
    let tokens = [
        ("a list of audiences", changed("aud", json!(["other", AUDIENCE]))),
        ("no scope", changed("scope", json!(""))),
        ("a start that is over", changed("nbf", json!(START))),
        ("a start within the leeway", changed("nbf", json!(START + 5))),
        ("expired within the leeway", changed("exp", json!(START - 4))),
        ("the long media type", header("application/at+jwt", "EdDSA")),
        ("capitals in the type", header("AT+JWT", "EdDSA")),
        ("the name of RFC 9864", header("at+jwt", "Ed25519")),
    ];
    for (case, token) in tokens {
        assert_eq!(status(&server.bearer(&token).await), 200, "{case}");
    }
    let lower =
        HeaderMap::from_iter([(AUTHORIZATION, format!("bearer {}", key.token(&claims())).parse().unwrap())]);
    assert_eq!(status(&server.headers(&lower).await), 200, "names of schemes are case-insensitive");
}

#[tokio::test(start_paused = true)]
async fn a_request_without_a_credential_is_anonymous() {
    let server = Server::start(&Issuer::with(&[]), settings());
    assert_eq!(server.headers(&HeaderMap::new()).await.unwrap(), Principal::anonymous());
    assert_eq!(server.0.reads(), [AUTHORIZATION]);
}

#[tokio::test(start_paused = true)]
async fn a_remembered_token_is_rejected_once_it_has_expired() {
    let key = TestKey::ed25519("ed");
    let server = Server::start(&Issuer::with(&[&key]), settings());
    let mut claims = claims();
    claims["exp"] = (START + 10).into();
    let token = key.token(&claims);
    for (second, expected) in [(0, 200), (14, 200), (1, 401), (1, 401)] {
        tokio::time::advance(std::time::Duration::from_secs(second)).await;
        assert_eq!(status(&server.bearer(&token).await), expected);
    }
}
