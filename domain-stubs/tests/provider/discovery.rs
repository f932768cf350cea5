use serde_json::{Value, json};

use crate::support::{ADA, ISSUER, START, Served, header_of};

#[tokio::test(start_paused = true)]
async fn both_documents_are_one_and_name_endpoints_that_exist() {
    let served = Served::start();
    let metadata = served.get("/.well-known/openid-configuration", &[]).await.json();
    let other = served.get("/.well-known/oauth-authorization-server", &[]).await.json();
    assert_eq!(metadata, other);
    assert_eq!(metadata["issuer"], ISSUER);

    let members = metadata.as_object().unwrap();
    let endpoints = members.iter().filter(|(name, _)| name.ends_with("_endpoint") || *name == "jwks_uri");
    let endpoints: Vec<_> = endpoints.map(|(_, uri)| uri.as_str().unwrap()).collect();
    assert_eq!(endpoints.len(), 6);
    for uri in endpoints {
        let path = uri.strip_prefix(ISSUER).unwrap();
        assert_ne!(served.get(path, &[]).await.status, 404, "{uri}");
    }
    assert_eq!(served.get("/nowhere", &[]).await.status, 404);
}

#[tokio::test(start_paused = true)]
async fn a_phone_token_has_the_claims_of_rfc_9068() {
    let served = Served::start();
    let token: Value = served.provider.phone_token(ADA, "orders:read openid").into();
    let header = header_of(&token);
    assert_eq!((&header["typ"], &header["alg"]), (&json!("at+jwt"), &json!("ES256")));

    let mut claims = served.claims(&token).await;
    assert!(claims.as_object_mut().unwrap().remove("jti").is_some());
    let expected = json!({
        "iss": ISSUER, "aud": "bff-mobile", "sub": ADA, "client_id": "shop-phone",
        "iat": START, "exp": START + 8 * 60 * 60, "scope": "openid orders:read",
    });
    assert_eq!(claims, expected);
    let without_scopes: Value = served.provider.phone_token(ADA, "").into();
    assert!(served.claims(&without_scopes).await["scope"].is_null());
}

#[tokio::test(start_paused = true)]
async fn keys_are_published_for_verifying_alone() {
    let served = Served::start();
    let reply = served.get("/jwks", &[]).await;
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let keys = reply.json();
    assert_eq!(keys["keys"].as_array().unwrap().len(), 1);
    let mut key = keys["keys"][0].clone();
    let token: Value = served.provider.phone_token(ADA, "").into();
    assert_eq!(key["kid"], header_of(&token)["kid"]);
    for varying in ["x", "y", "kid"] {
        assert_eq!(key.as_object_mut().unwrap().remove(varying).unwrap().as_str().unwrap().len(), 43);
    }
    assert_eq!(key, json!({ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256" }));
    assert_eq!(serde_json::from_str::<Value>(&served.provider.jwks()).unwrap(), keys);
}

#[tokio::test(start_paused = true)]
async fn a_key_verifies_until_the_second_rotation() {
    let served = Served::start();
    let first = served.provider.phone_token(ADA, "");
    served.provider.rotate_key();
    let second = served.provider.phone_token(ADA, "");
    assert!(served.verify(&first).await.is_some() && served.verify(&second).await.is_some());
    served.provider.rotate_key();
    assert!(served.verify(&first).await.is_none() && served.verify(&second).await.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_key_that_is_retired_verifies_no_more() {
    let served = Served::start();
    let first = served.provider.phone_token(ADA, "openid");
    served.provider.rotate_key();
    let authorization = format!("Bearer {first}");
    let authorization = [("authorization", authorization.as_str())];
    assert_eq!(served.get("/userinfo", &authorization).await.status, 200);
    served.provider.retire_key();
    assert!(served.verify(&first).await.is_none());
    assert_eq!(served.get("/userinfo", &authorization).await.status, 401);
    let second = served.provider.phone_token(ADA, "");
    assert!(served.verify(&second).await.is_some());
}
