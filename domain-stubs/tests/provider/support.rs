//! The base of every test: a provider in memory whose clock is set by hand, and requests to it.

use std::{
    collections::BTreeMap,
    io,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use domain_stubs::{
    Clock,
    provider::{DEVELOPMENT_CLIENT_SECRET, PHONE_REDIRECT_URI, Provider, ProviderOptions, WEB_REDIRECT_URI},
};
use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, jwk::JwkSet};
use serde_json::Value;
use tokio::{io::DuplexStream, sync::mpsc};

pub(crate) const ISSUER: &str = "http://id.shop.example";
pub(crate) const ADA: &str = "user-ada-lindqvist";

/// Time at which every test starts, in seconds since 1970.
pub(crate) const START: i64 = 1_800_000_000;

/// The example of RFC 7636, appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

pub(crate) const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
pub(crate) const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

/// A provider, and the way to it.
pub(crate) struct Served {
    pub(crate) provider: Provider,
    now: Arc<AtomicI64>,
    dial: mpsc::UnboundedSender<DuplexStream>,
}

/// A listener in memory.
pub(crate) struct Dialled(mpsc::UnboundedReceiver<DuplexStream>);

/// Parameters of a request.
#[derive(Clone)]
pub(crate) struct Form(BTreeMap<&'static str, String>);

/// A response.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl axum::serve::Listener for Dialled {
    type Io = DuplexStream;
    type Addr = ();

    async fn accept(&mut self) -> (DuplexStream, ()) {
        match self.0.recv().await {
            Some(stream) => (stream, ()),
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<()> {
        Ok(())
    }
}

impl Served {
    pub(crate) fn start() -> Self {
        let now = Arc::new(AtomicI64::new(START));
        let clock = now.clone();
        let clock = Clock::new(move || Timestamp::from_second(clock.load(Ordering::Relaxed)).unwrap());
        let options = ProviderOptions { issuer: ISSUER.to_owned(), clock, ..ProviderOptions::default() };
        let provider = Provider::new(options).unwrap();
        let (dial, dialled) = mpsc::unbounded_channel();
        let served = provider.clone();
        tokio::spawn(async move { served.serve(Dialled(dialled), std::future::pending()).await });
        Self { provider, now, dial }
    }

    /// Lets time pass.
    pub(crate) fn pass(&self, seconds: i64) {
        self.now.fetch_add(seconds, Ordering::Relaxed);
    }

    pub(crate) async fn send(&self, request: Request<String>) -> Reply {
        let (near, far) = tokio::io::duplex(64 * 1024);
        self.dial.send(far).unwrap();
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(near)).await.unwrap();
        tokio::spawn(connection);
        let response = sender.send_request(request.map(|body| Full::new(Bytes::from(body)))).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let body = String::from_utf8(body.to_vec()).unwrap();
        Reply { status: parts.status, headers: parts.headers, body }
    }

    pub(crate) async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Reply {
        self.send(request("GET", path, headers, String::new())).await
    }

    pub(crate) async fn post(&self, path: &str, headers: &[(&str, &str)], form: &Form) -> Reply {
        let kind = ("content-type", "application/x-www-form-urlencoded");
        self.send(request("POST", path, &[&[kind], headers].concat(), form.encode())).await
    }

    /// Shows the page, or what comes in its place.
    pub(crate) async fn authorize(&self, form: &Form, headers: &[(&str, &str)]) -> Reply {
        self.get(&format!("/authorize?{}", form.encode()), headers).await
    }

    /// Chooses a user on the page.
    pub(crate) async fn choose(&self, form: &Form, user: &str) -> Reply {
        self.post("/authorize", &[("sec-fetch-site", "same-origin")], &form.clone().with("demo_user", user))
            .await
    }

    /// A code for Ada.
    pub(crate) async fn code(&self, form: &Form) -> String {
        self.choose(form, ADA).await.parameter("code").unwrap()
    }

    /// Posts to the token endpoint.
    pub(crate) async fn token(&self, form: &Form) -> Reply {
        self.post("/token", &[], form).await
    }

    /// The tokens of the phone app for Ada.
    pub(crate) async fn tokens(&self, scope: &str) -> Value {
        let code = self.code(&phone().with("scope", scope)).await;
        self.token(&redeem(&code)).await.json()
    }

    /// The claims of a token, which one of the published keys must have signed.
    pub(crate) async fn claims(&self, token: &Value) -> Value {
        self.verify(token.as_str().unwrap()).await.unwrap()
    }

    pub(crate) async fn verify(&self, token: &str) -> Option<Value> {
        let keys: JwkSet = self.get("/jwks", &[]).await.json_as();
        let header = jsonwebtoken::decode_header(token).unwrap();
        let key = DecodingKey::from_jwk(keys.find(&header.kid.unwrap())?).unwrap();
        let mut validation = Validation::new(Algorithm::ES256);
        (validation.validate_exp, validation.validate_aud) = (false, false);
        Some(jsonwebtoken::decode(token, &key, &validation).unwrap().claims)
    }
}

fn request(method: &str, path: &str, headers: &[(&str, &str)], body: String) -> Request<String> {
    let mut request = Request::builder().method(method).uri(path);
    if !headers.iter().any(|(name, _)| *name == "host") {
        request = request.header("host", "id.shop.example");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(body).unwrap()
}

/// A good authorization request of the phone app.
pub(crate) fn phone() -> Form {
    Form(BTreeMap::new())
        .with("client_id", "shop-phone")
        .with("redirect_uri", PHONE_REDIRECT_URI)
        .with("response_type", "code")
        .with("scope", "openid orders:read")
        .with("state", "a state & more")
        .with("nonce", "a nonce")
        .with("code_challenge", CHALLENGE)
        .with("code_challenge_method", "S256")
}

/// A good authorization request of the web shop.
pub(crate) fn web() -> Form {
    phone().with("client_id", "bff-web").with("redirect_uri", WEB_REDIRECT_URI)
}

/// A good token request of the phone app.
pub(crate) fn redeem(code: &str) -> Form {
    Form(BTreeMap::new())
        .with("grant_type", "authorization_code")
        .with("client_id", "shop-phone")
        .with("redirect_uri", PHONE_REDIRECT_URI)
        .with("code", code)
        .with("code_verifier", VERIFIER)
}

/// A good refresh request of the phone app.
pub(crate) fn refresh(tokens: &Value) -> Form {
    Form(BTreeMap::new())
        .with("grant_type", "refresh_token")
        .with("client_id", "shop-phone")
        .with("refresh_token", tokens["refresh_token"].as_str().unwrap())
}

/// A request of a BFF.
pub(crate) fn bff(id: &str) -> Form {
    Form(BTreeMap::new()).with("client_id", id).with("client_secret", DEVELOPMENT_CLIENT_SECRET)
}

/// A request for nobody's tokens, by nobody.
pub(crate) fn form() -> Form {
    Form(BTreeMap::new())
}

impl Form {
    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.0.insert(name, value.to_owned());
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.0.remove(name);
        self
    }

    pub(crate) fn encode(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.0).finish()
    }
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        self.json_as()
    }

    fn json_as<T: serde::de::DeserializeOwned>(&self) -> T {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// A parameter of the URI that the browser is sent to.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        assert_eq!(self.status, 303, "{}", self.body);
        let (_, query) = self.header("location").unwrap().split_once('?')?;
        form_urlencoded::parse(query.as_bytes()).find(|it| it.0 == name).map(|it| it.1.into_owned())
    }

    /// The cookie that the browser keeps.
    pub(crate) fn cookie(&self) -> String {
        let cookie = self.header(header::SET_COOKIE.as_str()).unwrap();
        cookie.split(';').next().unwrap().to_owned()
    }

    /// Status and code of an error.
    pub(crate) fn error(&self) -> (u16, String) {
        let json = self.json();
        assert!(json["access_token"].is_null());
        (self.status.as_u16(), json["error"].as_str().unwrap().to_owned())
    }

    /// Fails unless it is this error.
    #[track_caller]
    pub(crate) fn is_error(&self, status: u16, code: &str) {
        assert_eq!(self.error(), (status, code.to_owned()), "{}", self.body);
    }
}

/// The header of a token.
pub(crate) fn header_of(token: &Value) -> Value {
    let header = token.as_str().unwrap().split('.').next().unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap()
}
