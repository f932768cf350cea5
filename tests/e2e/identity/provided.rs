//! A shop whose users sign in at the identity provider.

use std::sync::{Arc, OnceLock};

use bff_kit::host::config::Config;
use bytes::Bytes;
use domain_stubs::credential::KeySet;
use domain_stubs::provider::{Client, DEVELOPMENT_CLIENT_SECRET, Provider, ProviderOptions};
use domain_stubs::{Clock, Options};
use http::{Request, Response, StatusCode, header};
use http_body_util::Full;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::support::{Shop, now, options};

/// A shop and its provider.
pub(super) struct Provided {
    pub(super) shop: Shop,
    pub(super) provider: Provider,
    ending: oneshot::Sender<()>,
    serving: JoinSet<()>,
}

impl Provided {
    pub(super) async fn open() -> Self {
        Self::with(|_| {}).await
    }

    /// A shop with another configuration of the BFFs.
    pub(super) async fn with(configure: impl Fn(&mut Config)) -> Self {
        Self::opened(options(None), configure).await
    }

    /// A shop whose services are shown credentials that the provider has given the BFFs.
    pub(super) async fn exchanging() -> Self {
        Self::exchanging_with(|_| {}).await
    }

    /// Such a shop with another configuration of the BFFs.
    pub(super) async fn exchanging_with(configure: impl Fn(&mut Config)) -> Self {
        // Credentials are compared with the time of the provider.
        Self::opened(Options { credential_clock: Clock::fixed(now()), ..options(None) }, |config| {
            config.credential.token_endpoint =
                config.sign_in.issuer.as_ref().map(|issuer| format!("{issuer}/token"));
            configure(config);
        })
        .await
    }

    /// The credential that the provider gives a BFF for a service, in exchange for the token of a client.
    pub(super) async fn exchanged(&self, bff: &str, token: &str, service: &str) -> String {
        let form = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
            ("subject_token", token),
            ("audience", service),
            ("client_id", bff),
            ("client_secret", DEVELOPMENT_CLIENT_SECRET),
        ];
        let form: Vec<_> = form.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = Request::post(format!("{}/token", self.provider.issuer()))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Full::from(form.join("&")));
        let answer = self.shop.fetch(request.unwrap()).await;
        let answer: Value = serde_json::from_slice(answer.body()).unwrap();
        answer["access_token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    async fn opened(mut options: Options, configure: impl Fn(&mut Config)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let published = Arc::new(OnceLock::<Provider>::new());
        let keys = published.clone();
        let keys = move || keys.get().map(Provider::jwks).unwrap_or_default();
        options.key_sets.insert(issuer.clone(), KeySet::published(keys));
        let shop = Shop::built_on(options, |config| {
            config.sign_in.issuer = Some(issuer.clone());
            config.sign_in.jwks = Some(format!("{issuer}/jwks"));
            config.sign_in.client_secret = Some(DEVELOPMENT_CLIENT_SECRET.into());
            configure(config);
        })
        .await;
        let options = ProviderOptions {
            clients: Client::of_the_shop_at(&format!("http://{}", shop.web)),
            clock: Clock::fixed(now()),
            issuer,
            ..ProviderOptions::default()
        };
        let provider = published.get_or_init(|| Provider::new(options).unwrap()).clone();
        let mut serving = JoinSet::new();
        let (served, (ending, end)) = (provider.clone(), oneshot::channel());
        serving.spawn(async move { served.serve(listener, async { drop(end.await) }).await.unwrap() });
        Self { shop, provider, ending, serving }
    }

    /// Stops the provider, with all of its connections. The shop goes on.
    pub(super) async fn without_provider(self) -> (Shop, Provider) {
        let Self { shop, provider, ending, serving } = self;
        ending.send(()).unwrap();
        serving.join_all().await;
        (shop, provider)
    }

    /// Visits a page of the web shop's BFF.
    pub(super) async fn visit(&self, path: &str, cookie: &str) -> Response<Bytes> {
        let request = Request::get(format!("http://{}{path}", self.shop.web)).header(header::COOKIE, cookie);
        self.shop.fetch(request.body(Full::default()).unwrap()).await
    }

    /// Begins a login, and returns the cookie of the attempt and the way back from the provider.
    pub(super) async fn attempt(&self, user: &str, return_to: &str) -> (String, String) {
        let begun = self.visit(&format!("/auth/login?return_to={return_to}"), "").await;
        assert_eq!(begun.status(), StatusCode::SEE_OTHER, "{begun:?}");
        let back = self.provider.choose(begun.headers()[header::LOCATION].to_str().unwrap(), user).unwrap();
        (cookie(&begun), back.strip_prefix(&format!("http://{}", self.shop.web)).unwrap().to_owned())
    }

    /// Signs a user in at the web shop, and returns the cookie of the session.
    pub(super) async fn session(&self, user: &str) -> String {
        let (attempt, back) = self.attempt(user, "/").await;
        cookie(&self.visit(&back, &attempt).await)
    }
}

/// The cookie that an answer sets, as requests send it.
pub(super) fn cookie(answer: &Response<Bytes>) -> String {
    let cookies = answer.headers().get_all(header::SET_COOKIE).iter().map(|it| it.to_str().unwrap());
    let mut pairs = cookies.filter_map(|it| it.split(';').next()).filter(|it| !it.ends_with('='));
    pairs.next().unwrap_or_else(|| panic!("no cookie is set: {answer:?}")).to_owned()
}
