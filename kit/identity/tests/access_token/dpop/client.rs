//! A client with a key, and a server that demands proofs of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use identity::{DpopSettings, RequestHead, SignIn as _, SignedIn};
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

use crate::store::Watched;
use crate::support::{Issuer, START, Server, TestKey, claims, encode, settings};

pub(super) const ORIGIN: &str = "https://mobile.shop.example";
pub(super) const DPOP: HeaderName = HeaderName::from_static("dpop");

/// An issuer, and a server that demands bound tokens of it.
pub(super) struct Stand {
    pub(super) key: TestKey,
    pub(super) issuer: Issuer,
    pub(super) store: Arc<Watched>,
    pub(super) server: Server,
}

impl Stand {
    pub(super) fn new() -> Self {
        let key = TestKey::ed25519("issuer");
        let issuer = Issuer::with(&[&key]);
        let store = Arc::<Watched>::default();
        let server = Self::replica(&issuer, &store);
        Self { key, issuer, store, server }
    }

    /// Starts a server over a store.
    pub(super) fn replica(issuer: &Issuer, store: &Arc<Watched>) -> Server {
        let sign_in = Server::sign_in(issuer, settings());
        Server::maintained(sign_in.with_dpop(DpopSettings::new(ORIGIN), store.clone()))
    }

    /// Issues a token for Ada that is bound to the key of a client.
    pub(super) fn token(&self, client: &Client) -> String {
        let mut claims = claims();
        claims["cnf"] = json!({ "jkt": client.thumbprint() });
        self.key.token(&claims)
    }

    pub(super) async fn send(&self, headers: &HeaderMap) -> SignedIn {
        self.server.headers(headers).await
    }

    pub(super) async fn sign_in(&self, method: &Method, uri: &str, headers: &HeaderMap) -> SignedIn {
        let uri: Uri = uri.parse().unwrap();
        self.server.0.sign_in(RequestHead::new(method, &uri, headers)).await
    }
}

/// A client with a key. Its thumbprint is made by `jsonwebtoken`, so that two implementations have to agree.
pub(super) struct Client {
    pub(super) key: TestKey,
}

impl Client {
    pub(super) fn new() -> Self {
        Self { key: TestKey::p256("client") }
    }

    pub(super) fn thumbprint(&self) -> String {
        let jwk = Jwk::from_encoding_key(&self.key.key, self.key.algorithm).unwrap();
        jwk.thumbprint(ThumbprintHash::SHA256).unwrap()
    }

    pub(super) fn jwk(&self) -> Value {
        let mut jwk = self.key.jwk();
        for name in ["kid", "use", "alg"] {
            jwk.as_object_mut().unwrap().remove(name);
        }
        jwk
    }

    /// Returns a proof for a token at which nothing is wrong, with a name of its own.
    pub(super) fn proof(&self, token: &str) -> Proof<'_> {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let header = json!({ "alg": self.key.name, "typ": "dpop+jwt", "jwk": self.jwk() });
        let claims = json!({
            "jti": format!("proof-{}", MADE.fetch_add(1, Ordering::Relaxed)),
            "htm": "POST", "htu": format!("{ORIGIN}/graphql"), "iat": START,
            "ath": encode(digest(&SHA256, token.as_bytes())),
        });
        Proof { header, claims, signer: &self.key, token: token.to_owned() }
    }
}

/// A proof, before it is signed, and the token beside it.
pub(super) struct Proof<'a> {
    pub(super) header: Value,
    pub(super) claims: Value,
    pub(super) signer: &'a TestKey,
    pub(super) token: String,
}

impl Proof<'_> {
    pub(super) fn claim(mut self, name: &str, value: Value) -> Self {
        self.claims[name] = value;
        self
    }

    pub(super) fn header(mut self, name: &str, value: Value) -> Self {
        self.header[name] = value;
        self
    }

    pub(super) fn text(&self) -> String {
        self.signer.sign(&self.header.to_string(), self.claims.to_string())
    }

    /// Returns the headers of a request with the token and the proof.
    pub(super) fn headers(&self) -> HeaderMap {
        headers(&self.token, &self.text())
    }
}

/// Returns the headers of a request with a token and a proof.
pub(super) fn headers(token: &str, proof: &str) -> HeaderMap {
    let value = |text: &str| HeaderValue::from_str(text).unwrap();
    HeaderMap::from_iter([(AUTHORIZATION, value(&format!("DPoP {token}"))), (DPOP, value(proof))])
}
