//! A browser with its cookies, and the server that it visits.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri};
use http_body_util::BodyExt as _;
use identity::{OidcSettings, OidcSignIn, RequestHead, SessionSettings, Sessions, SignIn, SignedIn};
use rustls::RootCertStore;
use serde_json::Value;
use tower::ServiceExt as _;

use crate::provider::{CALLBACK, CLIENT, Provider, SECRET};
use crate::store::Watched;

pub(crate) const SESSION: &str = "__Host-session";

/// A server whose browsers sign in at a provider. Sessions end after eight hours without a request, a week in all.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) provider: Provider,
    pub(crate) sign_in: Arc<OidcSignIn>,
    pub(crate) store: Arc<Watched>,
    pub(crate) sessions: Sessions,
    routes: Router,
}

/// An answer of the server.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

/// A browser: it keeps cookies and sends them along.
#[derive(Clone)]
pub(crate) struct Browser {
    pub(crate) server: Server,
    pub(crate) cookies: BTreeMap<String, String>,
}

pub(crate) fn settings(provider: &Provider) -> OidcSettings {
    OidcSettings {
        client_secret: Some(SECRET.into()),
        scopes: vec!["openid".to_owned(), "offline_access".to_owned(), "cart".to_owned()],
        return_origins: vec!["https://shop.example".to_owned(), "http://localhost:5173".to_owned()],
        after_logout: Some("https://shop.example/bye".to_owned()),
        ..OidcSettings::new(&provider.issuer, CLIENT, CALLBACK, "")
    }
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::at(Provider::start().await)
    }

    pub(crate) fn at(provider: Provider) -> Self {
        Self::with(provider, Arc::default())
    }

    /// Starts a replica over a store.
    pub(crate) fn with(provider: Provider, store: Arc<Watched>) -> Self {
        let sessions = Sessions::new(store.clone(), SessionSettings::default(), provider.clock());
        let sign_in = OidcSignIn::new(settings(&provider), sessions.clone(), RootCertStore::empty()).unwrap();
        let sign_in = Arc::new(sign_in);
        let maintained = sign_in.clone();
        tokio::spawn(async move { maintained.maintain().await });
        let routes = (sign_in.clone() as Arc<dyn SignIn>).routes();
        Self { provider, sign_in, store, sessions, routes }
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser { server: self.clone(), cookies: BTreeMap::new() }
    }

    /// Sends a request. No answer may be kept by a cache.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let (head, body) = self.routes.clone().oneshot(request).await.unwrap().into_parts();
        assert_eq!(head.headers.get(CACHE_CONTROL).unwrap(), "no-store");
        let body = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        Answer { status: head.status, headers: head.headers, body }
    }

    /// Signs in the request of a page with these headers.
    pub(crate) async fn page(&self, headers: &HeaderMap) -> SignedIn {
        self.sign_in.sign_in(RequestHead::new(&Method::POST, &Uri::from_static("/graphql"), headers)).await
    }

    /// Posts a form as the provider does.
    pub(crate) async fn post(&self, path: &str, form: String) -> Answer {
        let request = Request::post(path).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(form.into()).unwrap()).await
    }
}

impl Answer {
    pub(crate) fn location(&self) -> &str {
        self.headers[LOCATION].to_str().unwrap()
    }

    pub(crate) fn cookies(&self) -> Vec<&str> {
        self.headers.get_all(SET_COOKIE).iter().map(|it| it.to_str().unwrap()).collect()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

impl Browser {
    pub(crate) fn headers(&self) -> HeaderMap {
        let pairs: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookie = HeaderValue::from_str(&pairs.join("; ")).unwrap();
        if pairs.is_empty() { HeaderMap::new() } else { HeaderMap::from_iter([(COOKIE, cookie)]) }
    }

    pub(crate) async fn send(&mut self, method: Method, path: &str) -> Answer {
        let mut request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        *request.headers_mut() = self.headers();
        let answer = self.server.send(request).await;
        for cookie in answer.cookies() {
            let (name, rest) = cookie.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if rest.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path).await
    }

    /// Begins a login. Returns the authorization request.
    pub(crate) async fn begin(&mut self, return_to: &str) -> BTreeMap<String, String> {
        let path = format!("/auth/login?{}", crate::provider::query(&[("return_to", return_to)]));
        let answer = self.get(&path).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        let (endpoint, query) = answer.location().split_once('?').unwrap();
        assert_eq!(endpoint, format!("{}/authorize", self.server.provider.issuer));
        form_urlencoded::parse(query.as_bytes()).into_owned().collect()
    }

    /// Comes back from the provider.
    pub(crate) async fn come_back(&mut self, query: &str) -> Answer {
        self.get(&format!("/auth/callback?{query}")).await
    }

    /// Signs in.
    pub(crate) async fn log_in(&mut self) -> Answer {
        let request = self.begin("/cart").await;
        let query = self.server.provider.authorize(&request);
        self.come_back(&query).await
    }

    /// Returns a browser that has signed in.
    pub(crate) async fn signed_in(server: &Server) -> Self {
        let mut browser = server.browser();
        let answer = browser.log_in().await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        assert!(browser.cookies.contains_key(SESSION));
        browser
    }

    /// Signs in a request of a page.
    pub(crate) async fn page(&self) -> SignedIn {
        self.server.page(&self.headers()).await
    }

    pub(crate) async fn me(&mut self) -> Value {
        let answer = self.get("/auth/me").await;
        assert_eq!(answer.status, StatusCode::OK);
        answer.json()
    }
}

/// Returns the user of a result; a status if there is none.
pub(crate) fn user(result: &SignedIn) -> Result<String, u16> {
    match result {
        Ok(principal) => Ok(principal.user().map_or_else(String::new, |it| it.to_string())),
        Err(challenge) => Err(challenge.status().as_u16()),
    }
}

/// Lets the time of intervals pass, which follow tokio's clock.
pub(crate) async fn intervals_pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}
