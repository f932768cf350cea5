//! An issuer with keys, and a server that accepts its tokens.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue, Method, Uri};
use identity::{
    AccessTokenSettings, AccessTokenSignIn, Clock, Jwks, JwksSettings, KeySource, KeySourceError,
    RequestHead, SignIn as _, SignedIn,
};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey};
use rustls::pki_types::PrivatePkcs1KeyDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::{Value, json};
use tokio::time::Instant;

pub(crate) const ISSUER: &str = "https://id.example";
pub(crate) const AUDIENCE: &str = "bff-mobile";

/// Time at which every test starts, in seconds since 1970.
pub(crate) const START: i64 = 1_800_000_000;

/// A key of the issuer. Tokens are signed by `jsonwebtoken`, so that two implementations have to agree.
pub(crate) struct TestKey {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) algorithm: Algorithm,
    pub(crate) key: EncodingKey,
}

impl TestKey {
    pub(crate) fn rsa(id: &'static str) -> Self {
        let key = PrivatePkcs1KeyDer::from_pem_slice(include_bytes!("rsa_test_key.pem")).unwrap();
        let key = EncodingKey::from_rsa_der(key.secret_pkcs1_der());
        Self { id, name: "RS256", algorithm: Algorithm::RS256, key }
    }

    pub(crate) fn rsa_pss(id: &'static str) -> Self {
        Self { name: "PS256", algorithm: Algorithm::PS256, ..Self::rsa(id) }
    }

    pub(crate) fn p256(id: &'static str) -> Self {
        let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
        let key = EncodingKey::from_ec_der(&key.serialize_der());
        Self { id, name: "ES256", algorithm: Algorithm::ES256, key }
    }

    pub(crate) fn ed25519(id: &'static str) -> Self {
        // PKCS #8 around a seed (RFC 8410, section 7).
        let mut der = b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20".to_vec();
        der.extend(std::iter::repeat_with(|| fastrand::u8(..)).take(32));
        Self { id, name: "EdDSA", algorithm: Algorithm::EdDSA, key: EncodingKey::from_ed_der(&der) }
    }

    pub(crate) fn jwk(&self) -> Value {
        let mut jwk =
            serde_json::to_value(Jwk::from_encoding_key(&self.key, self.algorithm).unwrap()).unwrap();
        jwk["kid"] = self.id.into();
        jwk["use"] = "sig".into();
        jwk["alg"] = self.name.into();
        jwk
    }

    pub(crate) fn header(&self) -> Value {
        json!({ "alg": self.name, "typ": "at+jwt", "kid": self.id })
    }

    pub(crate) fn sign(&self, header: &str, claims: impl AsRef<[u8]>) -> String {
        let signed = format!("{}.{}", encode(header), encode(claims));
        let signature = jsonwebtoken::crypto::sign(signed.as_bytes(), &self.key, self.algorithm).unwrap();
        format!("{signed}.{signature}")
    }

    /// A token of these claims, at which nothing is wrong but what is wrong with the claims.
    pub(crate) fn token(&self, claims: &Value) -> String {
        self.sign(&self.header().to_string(), claims.to_string())
    }
}

pub(crate) fn encode(part: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(part)
}

/// Claims of a token for Ada that is good from `START` on, for an hour.
pub(crate) fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "ada", "client_id": "shop-app", "jti": "1",
        "iat": START, "exp": START + 3600, "scope": "cart orders:read",
    })
}

/// The issuer's answers, and how often it was asked.
#[derive(Clone)]
pub(crate) struct Issuer(Arc<IssuerState>);

struct IssuerState {
    answer: Mutex<Result<String, KeySourceError>>,
    delay: Mutex<Duration>,
    fetches: AtomicUsize,
}

impl Issuer {
    pub(crate) fn with(keys: &[&TestKey]) -> Self {
        let state = IssuerState {
            answer: Mutex::new(Ok(set(keys))),
            delay: Mutex::default(),
            fetches: AtomicUsize::new(0),
        };
        Self(Arc::new(state))
    }

    pub(crate) fn publishes(&self, keys: &[&TestKey]) {
        *self.0.answer.lock().unwrap() = Ok(set(keys));
    }

    pub(crate) fn answers(&self, text: &str) {
        *self.0.answer.lock().unwrap() = Ok(text.to_owned());
    }

    pub(crate) fn fails(&self) {
        *self.0.answer.lock().unwrap() = Err(KeySourceError::new("out of reach"));
    }

    pub(crate) fn takes(&self, delay: Duration) {
        *self.0.delay.lock().unwrap() = delay;
    }

    pub(crate) fn fetches(&self) -> usize {
        self.0.fetches.load(Ordering::Relaxed)
    }
}

pub(crate) fn set(keys: &[&TestKey]) -> String {
    json!({ "keys": keys.iter().map(|key| key.jwk()).collect::<Vec<_>>() }).to_string()
}

impl KeySource for Issuer {
    fn fetch(&self) -> BoxFuture<'_, Result<Bytes, KeySourceError>> {
        async {
            self.0.fetches.fetch_add(1, Ordering::Relaxed);
            let delay = *self.0.delay.lock().unwrap();
            tokio::time::sleep(delay).await;
            self.0.answer.lock().unwrap().clone().map(Bytes::from)
        }
        .boxed()
    }
}

/// A server that accepts the tokens of an issuer. Its wall clock follows tokio's.
#[derive(Clone)]
pub(crate) struct Server(pub(crate) Arc<AccessTokenSignIn>);

impl Server {
    /// Serves requests, and maintains the keys beside them.
    pub(crate) fn start(issuer: &Issuer, settings: AccessTokenSettings) -> Self {
        Self::maintained(Self::sign_in(issuer, settings))
    }

    /// Serves requests with a sign-in, and maintains its keys.
    pub(crate) fn maintained(sign_in: AccessTokenSignIn) -> Self {
        let server = Self(Arc::new(sign_in));
        let maintained = server.0.clone();
        tokio::spawn(async move { maintained.maintain().await });
        server
    }

    /// Serves requests, and loads no keys.
    pub(crate) fn idle(issuer: &Issuer, settings: AccessTokenSettings) -> Self {
        Self(Arc::new(Self::sign_in(issuer, settings)))
    }

    pub(crate) fn sign_in(issuer: &Issuer, settings: AccessTokenSettings) -> AccessTokenSignIn {
        let keys = Jwks::new(issuer.clone(), JwksSettings::default());
        let started = Instant::now();
        let clock = Clock::new(move || {
            let since = SignedDuration::try_from(started.elapsed()).unwrap();
            Timestamp::from_second(START).unwrap() + since
        });
        AccessTokenSignIn::new(settings, keys, clock)
    }

    pub(crate) async fn bearer(&self, token: &str) -> SignedIn {
        let value = HeaderValue::from_str(&format!("Bearer {token}")).unwrap();
        self.headers(&HeaderMap::from_iter([(AUTHORIZATION, value)])).await
    }

    pub(crate) async fn headers(&self, headers: &HeaderMap) -> SignedIn {
        self.0.sign_in(RequestHead::new(&Method::POST, &Uri::from_static("/graphql"), headers)).await
    }
}

pub(crate) fn settings() -> AccessTokenSettings {
    AccessTokenSettings::new(ISSUER, AUDIENCE)
}

/// The status of a result: 200 for any principal.
pub(crate) fn status(result: &SignedIn) -> u16 {
    result.as_ref().map_or_else(|challenge| challenge.status().as_u16(), |_| 200)
}
