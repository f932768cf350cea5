//! An identity provider on loopback, with switches to misbehave.

mod endpoints;

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use identity::Clock;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::keys::TestKey;

pub(crate) const CLIENT: &str = "bff-web";
pub(crate) const SECRET: &str = "the secret: of bff-web";
pub(crate) const CALLBACK: &str = "https://shop.example/auth/callback";

/// Time at which every test starts, in seconds since 1970.
pub(crate) const START: i64 = 1_800_000_000;

/// Lifetime of access tokens, in seconds.
pub(crate) const TOKEN_LIFETIME: i64 = 600;

/// Changes the header and the claims of a token before it is signed.
pub(crate) type Forge = Arc<dyn Fn(&mut Value, &mut Value) + Send + Sync>;

/// Sets a claim.
pub(crate) fn claim(name: &'static str, value: Value) -> Forge {
    Arc::new(move |_, claims| claims[name] = value.clone())
}

/// Removes a claim.
pub(crate) fn without(name: &'static str) -> Forge {
    Arc::new(move |_, claims| {
        claims.as_object_mut().unwrap().remove(name).unwrap();
    })
}

/// Sets a parameter of the header.
pub(crate) fn header(name: &'static str, value: Value) -> Forge {
    Arc::new(move |header, _| header[name] = value.clone())
}

/// The provider. Ada is signed in at it, in the session `sid-ada`, unless [`State::user`] says otherwise.
#[derive(Clone)]
pub(crate) struct Provider {
    pub(crate) issuer: String,
    state: Arc<Mutex<State>>,
    seconds: Arc<AtomicI64>,
}

pub(crate) struct State {
    pub(crate) user: String,
    pub(crate) signs_with: TestKey,
    pub(crate) published: Vec<TestKey>,
    pub(crate) metadata: Value,
    pub(crate) forge: Option<Forge>,
    /// Status of every answer, if the provider has failed.
    pub(crate) fails_with: Option<u16>,
    /// True if each refresh token is good once, and its second use revokes the grant.
    pub(crate) rotates: bool,
    /// Answer of the token endpoint, in place of tokens.
    pub(crate) token_answer: Option<(u16, Value)>,
    /// User in the ID token that comes with a refresh; `None` for no ID token.
    pub(crate) refreshed_user: Option<String>,
    /// Calls of the token endpoint that named a refresh token.
    pub(crate) refreshes: usize,
    /// Calls of any endpoint.
    pub(crate) calls: usize,
    pub(crate) revoked: Vec<String>,
    /// Every secret that was issued.
    pub(crate) secrets: Vec<String>,
    codes: HashMap<String, BTreeMap<String, String>>,
    /// Refresh tokens that are good.
    pub(crate) refresh_tokens: Vec<String>,
}

impl Provider {
    /// Serves on a port of its own.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let provider = Self::new(format!("http://{}", listener.local_addr().unwrap()));
        let routes = endpoints::routes(provider.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        provider
    }

    /// Creates a provider that does not serve.
    pub(crate) fn new(issuer: String) -> Self {
        let key = TestKey::es256("key-1");
        let at = |path| format!("{issuer}{path}");
        let metadata = json!({
            "issuer": issuer,
            "authorization_endpoint": at("/authorize"),
            "token_endpoint": at("/token"),
            "jwks_uri": at("/jwks"),
            "end_session_endpoint": at("/logout?from=shop"),
            "revocation_endpoint": at("/revoke"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256", "Ed448"],
            "authorization_response_iss_parameter_supported": true,
        });
        let state = State {
            user: "ada".to_owned(),
            signs_with: key.clone(),
            published: vec![key],
            metadata,
            forge: None,
            fails_with: None,
            rotates: true,
            token_answer: None,
            refreshed_user: None,
            refreshes: 0,
            calls: 0,
            revoked: Vec::new(),
            secrets: Vec::new(),
            codes: HashMap::new(),
            refresh_tokens: Vec::new(),
        };
        let seconds = Arc::new(AtomicI64::new(START));
        Self { issuer, state: Arc::new(Mutex::new(state)), seconds }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub(crate) fn now(&self) -> i64 {
        self.seconds.load(Ordering::Relaxed)
    }

    /// Lets time pass, for the provider and all its clients.
    pub(crate) fn after(&self, seconds: i64) {
        self.seconds.fetch_add(seconds, Ordering::Relaxed);
    }

    pub(crate) fn clock(&self) -> Clock {
        let seconds = self.seconds.clone();
        Clock::new(move || Timestamp::from_second(seconds.load(Ordering::Relaxed)).unwrap())
    }

    /// Signs tokens that were changed like this from now on.
    pub(crate) fn forge(&self, forge: impl Fn(&mut Value, &mut Value) + Send + Sync + 'static) {
        self.state().forge = Some(Arc::new(forge));
    }

    /// Answers an authorization request with a code. Returns the query of the callback.
    pub(crate) fn authorize(&self, request: &BTreeMap<String, String>) -> String {
        assert_eq!(request["client_id"], CLIENT);
        assert_eq!(request["redirect_uri"], CALLBACK);
        assert_eq!(request["response_type"], "code");
        assert_eq!(request["code_challenge_method"], "S256");
        let code = self.secret("code");
        self.state().codes.insert(code.clone(), request.clone());
        query(&[("code", &code), ("state", &request["state"]), ("iss", &self.issuer)])
    }

    /// Signs a token of these claims, changed as the switches say.
    pub(crate) fn sign(&self, typ: &str, mut claims: Value) -> String {
        let state = self.state();
        let mut header = json!({ "alg": state.signs_with.name, "typ": typ, "kid": state.signs_with.id });
        if let Some(forge) = &state.forge {
            forge(&mut header, &mut claims);
        }
        state.signs_with.sign(&header, &claims.to_string())
    }

    fn id_token(&self, user: &str, nonce: Option<&str>, access_token: &str) -> String {
        let now = self.now();
        let mut claims = json!({
            "iss": self.issuer, "aud": CLIENT, "sub": user, "iat": now, "exp": now + 300,
            "sid": format!("sid-{user}"), "at_hash": self.state().signs_with.at_hash(access_token),
        });
        if let Some(nonce) = nonce {
            claims["nonce"] = nonce.into();
        }
        let token = self.sign("JWT", claims);
        self.state().secrets.push(token.clone());
        token
    }

    fn secret(&self, kind: &str) -> String {
        let random: String = std::iter::repeat_with(fastrand::alphanumeric).take(20).collect();
        let secret = format!("{kind}-{random}");
        self.state().secrets.push(secret.clone());
        secret
    }
}

pub(crate) fn query(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}
