//! Phones whose tokens are bound to a key of theirs (RFC 9449).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{StatusCode, header};
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use operation::document_hash;
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256};
use serde_json::json;

use super::provided::Provided;
use crate::support::{ADA, Answer, now};

const ORIGIN: &str = "https://mobile.shop.example";

/// A phone with a key that never leaves it.
struct Phone(EncodingKey);

impl Phone {
    fn new() -> Self {
        let pair = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        Self(EncodingKey::from_ec_der(&pair.serialize_der()))
    }

    fn jwk(&self) -> Jwk {
        Jwk::from_encoding_key(&self.0, Algorithm::ES256).unwrap()
    }

    fn token(&self, shop: &Provided) -> String {
        let thumbprint = self.jwk().thumbprint(ThumbprintHash::SHA256).unwrap();
        shop.provider.bound_phone_token(ADA.1, "openid", &thumbprint)
    }

    /// Proves that it has the key, for one request with a token.
    fn proof(&self, token: &str, name: &str) -> String {
        let header = Header {
            typ: Some("dpop+jwt".to_owned()),
            jwk: Some(self.jwk()),
            ..Header::new(Algorithm::ES256)
        };
        let claims = json!({ "jti": name, "htm": "POST", "htu": format!("{ORIGIN}/graphql"),
            "iat": now().as_second(), "ath": URL_SAFE_NO_PAD.encode(sha256(token)) });
        jsonwebtoken::encode(&header, &claims, &self.0).unwrap()
    }
}

fn sha256(text: &str) -> Vec<u8> {
    let hex = document_hash(text);
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

impl Provided {
    async fn demanding_proofs() -> Self {
        Self::with(|config| config.sign_in.dpop = Some(ORIGIN.to_owned())).await
    }

    async fn cart_by(&self, authorization: &str, proof: &str) -> Answer {
        let headers = [("authorization", authorization), ("dpop", proof)];
        let headers = if proof.is_empty() { &headers[..1] } else { &headers };
        self.shop.post(self.shop.mobile, json!({ "query": "{ cart { count } }" }), headers).await
    }
}

#[tokio::test]
async fn a_token_that_was_taken_from_a_phone_is_of_no_use_without_its_key() {
    let (shop, phone, thief) = (Provided::demanding_proofs().await, Phone::new(), Phone::new());
    let token = phone.token(&shop);
    let bound = format!("DPoP {token}");
    let proof = phone.proof(&token, "first");
    shop.cart_by(&bound, &proof).await.whole();
    shop.cart_by(&bound, &phone.proof(&token, "second")).await.whole();

    let unbound = shop.provider.phone_token(ADA.1, "openid");
    let bad = [
        (bound.clone(), proof, "a proof that was used before"),
        (bound.clone(), thief.proof(&token, "third"), "a proof of another key"),
        (bound.clone(), phone.proof(&unbound, "fourth"), "a proof for another token"),
        (bound, String::new(), "no proof"),
        (format!("Bearer {token}"), phone.proof(&token, "fifth"), "another scheme"),
        (format!("DPoP {unbound}"), phone.proof(&unbound, "sixth"), "a token that is bound to no key"),
    ];
    for (authorization, proof, what) in bad {
        let answer = shop.cart_by(&authorization, &proof).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{what}");
        assert_eq!(answer.errors(), [": UNAUTHENTICATED"], "{what}");
        let challenge = answer.headers[header::WWW_AUTHENTICATE].to_str().unwrap();
        assert!(challenge.starts_with("DPoP error=\"invalid_token\", algs="), "{what}: {challenge}");
    }
}

#[tokio::test]
async fn a_bound_token_is_no_bearer_token_elsewhere() {
    let (shop, phone) = (Provided::open().await, Phone::new());
    let token = phone.token(&shop);
    let answer = shop.cart_by(&format!("Bearer {token}"), &phone.proof(&token, "only")).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(shop.shop.domain.calls().list().len(), 0);
}
