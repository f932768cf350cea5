//! Tokens that are bound to a key of their client, and the proofs of it (RFC 9449).

/// Proofs and tokens that are rejected, all with one answer.
mod bad;
/// A client with a key, and a server that demands proofs of it.
mod client;
/// The cost of a sign-in with a proof.
mod cost;
/// Proofs that are used twice, and stores that are away.
mod replays;

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, Method};
use identity::{Principal, SignIn as _};
use serde_json::json;

use self::client::{Client, ORIGIN, Stand};
use crate::support::{Issuer, START, Server, TestKey, claims, encode, settings, status};

#[tokio::test(start_paused = true)]
async fn a_proof_is_accepted_with_each_algorithm() {
    let stand = Stand::new();
    for key in [TestKey::rsa("rs"), TestKey::rsa_pss("ps"), TestKey::p256("es"), TestKey::ed25519("ed")] {
        let client = Client { key };
        let token = stand.token(&client);
        for round in ["new", "remembered"] {
            let principal = stand.send(&client.proof(&token).headers()).await.unwrap();
            assert_eq!(principal.user().as_deref(), Some("ada"), "{} {round}", client.key.name);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn forms_that_the_standard_permits_are_accepted() {
    let stand = Stand::new();
    let client = Client::new();
    let token = stand.token(&client);
    let claim = |name: &str, value: serde_json::Value| client.proof(&token).claim(name, value);
    let header = |name: &str, value: serde_json::Value| client.proof(&token).header(name, value);
    let target = |text: &str| claim("htu", text.into());
    let mut jwk = client.jwk();
    (jwk["kid"], jwk["use"], jwk["alg"], jwk["ext"], jwk["d"]) =
        (json!("mine"), json!("sig"), json!("ES256"), json!(true), json!(null));
    jwk["key_ops"] = json!(["verify"]);
    let cases = [
        ("a query", target(&format!("{ORIGIN}/graphql?id=1"))),
        ("a fragment", target(&format!("{ORIGIN}/graphql#top"))),
        ("capitals in the host", target("HTTPS://Mobile.Shop.Example/graphql")),
        ("the usual port", target(&format!("{ORIGIN}:443/graphql"))),
        ("an escape that is not needed", target(&format!("{ORIGIN}/gr%61phql"))),
        ("the oldest", claim("iat", json!(START - 64))),
        ("the newest", claim("iat", json!(START + 5))),
        ("the longest name", claim("jti", "j".repeat(255).into())),
        ("almost 4 KiB", claim("x", "x".repeat(2_600).into())),
        ("a claim that we do not know", claim("nonce", "n".into())),
        ("the long media type", header("typ", "application/dpop+jwt".into())),
        ("capitals in the type", header("typ", "DPoP+JWT".into())),
        ("a key with more than it needs", header("jwk", jwk)),
        ("a header that we do not know", header("kid", "mine".into())),
    ];
    for (case, proof) in cases {
        assert_eq!(status(&stand.send(&proof.headers()).await), 200, "{case}");
    }
    let mut lower = client.proof(&token).headers();
    lower.insert(AUTHORIZATION, format!("dpop {token}").parse().unwrap());
    assert_eq!(status(&stand.send(&lower).await), 200, "names of schemes are case-insensitive");
}

#[tokio::test(start_paused = true)]
async fn a_proof_is_of_the_method_and_path_of_its_request() {
    let stand = Stand::new();
    let client = Client::new();
    let token = stand.token(&client);
    let path = "/graphql/o/0a1b";
    let proof = |method: &str, path: &str| {
        let proof = client.proof(&token).claim("htm", method.into());
        proof.claim("htu", format!("{ORIGIN}{path}").into()).headers()
    };
    for (method, at, expected) in [("GET", path, 200), ("HEAD", path, 401), ("GET", "/graphql", 401)] {
        let result =
            stand.sign_in(&Method::GET, &format!("{path}?variables=%7B%7D"), &proof(method, at)).await;
        assert_eq!(status(&result), expected, "{method} {at}");
    }
    let whole = format!("{ORIGIN}{path}");
    let result = stand.sign_in(&Method::GET, &whole, &proof("GET", path)).await;
    assert_eq!(status(&result), 200, "HTTP/2 names the whole target");
}

#[tokio::test(start_paused = true)]
async fn a_remembered_token_stays_bound_to_its_key() {
    let stand = Stand::new();
    let (client, thief) = (Client::new(), Client::new());
    let token = stand.token(&client);
    for _ in 0..2 {
        assert_eq!(status(&stand.send(&client.proof(&token).headers()).await), 200);
        assert_eq!(status(&stand.send(&thief.proof(&token).headers()).await), 401);
        let alone = HeaderMap::from_iter([(AUTHORIZATION, format!("DPoP {token}").parse().unwrap())]);
        assert_eq!(status(&stand.send(&alone).await), 401, "no proof");
        assert_eq!(status(&stand.server.bearer(&token).await), 401, "as a bearer token");
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_checks_no_bindings_accepts_no_token_that_is_bound() {
    let stand = Stand::new();
    let client = Client::new();
    let bearers = Server::start(&Issuer::with(&[&stand.key]), settings());
    assert_eq!(status(&bearers.bearer(&stand.key.token(&claims())).await), 200);
    let confirmations = [
        json!({ "jkt": client.thumbprint() }),
        json!({ "jkt": "" }),
        json!({ "jkt": client.thumbprint(), "x5t#S256": encode([0; 32]) }),
        json!({ "x5t#S256": encode([0; 32]) }),
        json!({ "jwk": client.jwk() }),
        json!({}),
        json!([]),
        json!(null),
        json!(false),
    ];
    for confirmation in confirmations {
        let mut claims = claims();
        claims["cnf"] = confirmation;
        let token = stand.key.token(&claims);
        for _ in 0..2 {
            let challenge = bearers.bearer(&token).await.unwrap_err();
            assert_eq!(challenge.status(), 401, "{claims}");
            assert_eq!(challenge.authenticate().unwrap(), "Bearer error=\"invalid_token\"");
        }
        let with_proof = client.proof(&token).headers();
        assert_eq!(status(&bearers.headers(&with_proof).await), 401, "{claims}");
    }
    assert_eq!(bearers.0.reads(), [AUTHORIZATION]);
}

#[tokio::test(start_paused = true)]
async fn a_request_with_neither_token_nor_proof_is_anonymous() {
    let stand = Stand::new();
    let client = Client::new();
    assert_eq!(stand.send(&HeaderMap::new()).await.unwrap(), Principal::anonymous());
    let mut alone = client.proof("").headers();
    alone.remove(AUTHORIZATION).unwrap();
    assert_eq!(status(&stand.send(&alone).await), 401, "a guest's page would hide that the token is missing");
    assert_eq!(stand.server.0.reads(), [AUTHORIZATION, HeaderName::from_static("dpop")]);
}
