//! The credentials that services are shown: signed by the server, or exchanged at a provider.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::routing::post;
use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{HeaderMap, StatusCode};
use identity::{
    Credential, CredentialSigner, CredentialSource as _, ExchangeError, ExchangeSettings, NoCredential,
    Principal, TokenExchange,
};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use rustls::RootCertStore;
use serde_json::{Value, json};
use tokio::net::TcpListener;

const CARTS: &str = "shop.carts.v1.CartService";

/// A token endpoint, with its next answer and what it was sent.
#[derive(Clone)]
struct Provider {
    url: String,
    answer: Arc<Mutex<(u16, String)>>,
    forms: Arc<Mutex<Vec<BTreeMap<String, String>>>>,
}

impl Provider {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let provider = Self {
            url: format!("http://{}/token", listener.local_addr().unwrap()),
            answer: Arc::new(Mutex::new((200, good().to_string()))),
            forms: Arc::default(),
        };
        let of_route = provider.clone();
        let token = move |headers: HeaderMap, form: Bytes| {
            // The pair `bff-web:a secret: of ours`, each part of it encoded as a form.
            assert_eq!(headers[AUTHORIZATION], "Basic YmZmLXdlYjphK3NlY3JldCUzQStvZitvdXJz");
            of_route.forms.lock().unwrap().push(form_urlencoded::parse(&form).into_owned().collect());
            let (status, body) = of_route.answer.lock().unwrap().clone();
            std::future::ready((StatusCode::from_u16(status).unwrap(), body))
        };
        let routes = Router::new().route("/token", post(token));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        provider
    }

    fn exchange(&self) -> TokenExchange {
        TokenExchange::new(settings(&self.url), RootCertStore::empty()).unwrap()
    }

    fn answers(&self, status: u16, body: &impl ToString) {
        *self.answer.lock().unwrap() = (status, body.to_string());
    }

    fn asked(&self) -> usize {
        self.forms.lock().unwrap().len()
    }
}

fn settings(url: &str) -> ExchangeSettings {
    ExchangeSettings {
        token_endpoint: url.to_owned(),
        client_id: "bff-web".to_owned(),
        client_secret: "a secret: of ours".into(),
        timeout: Duration::from_secs(5),
    }
}

fn good() -> Value {
    json!({ "access_token": "exchanged", "token_type": "bearer", "expires_in": 60 })
}

fn ada() -> Principal {
    Principal::of_user("ada").with_subject_token("the token of a phone".into())
}

#[tokio::test]
async fn a_signed_credential_names_the_server_the_principal_and_its_audience() {
    let signer = CredentialSigner::shared("a secret that is shared", "bff-web");
    assert!(signer.key_set().is_none());
    let key = DecodingKey::from_secret(b"a secret that is shared");
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_audience(&[CARTS]);
    validation.set_issuer(&["bff-web"]);
    for (principal, sub, actor) in [
        (ada(), json!("ada"), json!("user")),
        (Principal::of_device("shelf"), json!("shelf"), json!("device")),
        (Principal::anonymous(), Value::Null, Value::Null),
    ] {
        let credential = signer.credential(&principal, CARTS).await.unwrap();
        let token = bearer(&credential);
        let claims = jsonwebtoken::decode::<Value>(&token, &key, &validation).unwrap().claims;
        assert_eq!((&claims["sub"], &claims["actor"]), (&sub, &actor));
        assert_eq!(claims["exp"], credential.expires().as_second());
        assert!(!claims.to_string().contains("phone"));
    }
}

#[tokio::test]
async fn the_token_of_a_client_is_exchanged_and_nobody_has_the_credentials_of_the_server() {
    let provider = Provider::start().await;
    let (exchange, before) = (provider.exchange(), Timestamp::now());
    let credential = exchange.credential(&ada(), CARTS).await.unwrap();
    assert_eq!(bearer(&credential), "exchanged");
    let lives = credential.expires().duration_since(before);
    assert!((SignedDuration::from_secs(60)..SignedDuration::from_secs(65)).contains(&lives), "{lives}");
    exchange.credential(&Principal::anonymous(), CARTS).await.unwrap();
    let expected = [
        json!({
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
            "subject_token": "the token of a phone",
            "subject_token_type": "urn:ietf:params:oauth:token-type:access_token",
            "requested_token_type": "urn:ietf:params:oauth:token-type:access_token",
            "audience": CARTS,
        }),
        json!({ "grant_type": "client_credentials", "audience": CARTS }),
    ];
    assert_eq!(json!(*provider.forms.lock().unwrap()), json!(expected));
}

#[tokio::test]
async fn a_principal_without_a_token_gets_no_credential_and_the_provider_is_not_asked() {
    let provider = Provider::start().await;
    let none = provider.exchange().credential(&Principal::of_user("ada"), CARTS).await.unwrap_err();
    assert_eq!((none, provider.asked()), (NoCredential::NoToken, 0));
}

#[tokio::test]
async fn visitors_and_devices_are_signed_for_where_there_is_a_key_and_users_never() {
    let provider = Provider::start().await;
    let exchange =
        provider.exchange().with_signer(CredentialSigner::shared("a secret that is shared", "bff-web"));
    for known_here in [Principal::of_visitor("v"), Principal::of_device("shelf")] {
        let signed = bearer(&exchange.credential(&known_here, CARTS).await.unwrap());
        assert_eq!((signed.split('.').count(), provider.asked()), (3, 0));
    }
    let without_token = exchange.credential(&Principal::of_user("ada"), CARTS).await.unwrap_err();
    assert_eq!((without_token, provider.asked()), (NoCredential::NoToken, 0));
    for asks in [ada(), Principal::anonymous()] {
        assert_eq!(bearer(&exchange.credential(&asks, CARTS).await.unwrap()), "exchanged");
    }
}

#[tokio::test]
async fn an_answer_that_is_no_token_is_no_credential() {
    let provider = Provider::start().await;
    let exchange = provider.exchange();
    let with = |name: &str, value: Value| {
        let mut answer = good();
        answer[name] = value;
        answer.to_string()
    };
    let bad = [
        with("token_type", json!("DPoP")),
        with("token_type", json!("N_A")),
        with("expires_in", json!(0)),
        with("expires_in", json!(-1)),
        with("expires_in", json!("soon")),
        with("access_token", Value::Null),
        with("access_token", json!("two\nlines")),
        "no JSON".to_owned(),
        String::new(),
        "x".repeat(300 * 1024),
    ];
    for body in bad {
        provider.answers(200, &body);
        let outcome = exchange.credential(&ada(), CARTS).await;
        assert!(
            matches!(outcome, Err(NoCredential::Unavailable(_))),
            "{}: {outcome:?}",
            &body[..body.len().min(99)]
        );
        pass_cool_down().await;
    }
    provider.answers(200, &json!({ "access_token": "exchanged", "token_type": "Bearer" }));
    exchange.credential(&ada(), CARTS).await.unwrap();
}

#[tokio::test]
async fn what_the_provider_does_not_exchange_is_not_sent_again_for_a_moment() {
    let provider = Provider::start().await;
    let exchange = provider.exchange();
    let other = "no registered error code";
    let answers = [
        (400, "invalid_request", "invalid_request"),
        (401, "invalid_client", "invalid_client"),
        (400, "secret words", other),
        (302, "", other),
    ];
    for (number, (status, error, told)) in answers.into_iter().enumerate() {
        let user = Principal::of_user("ada").with_subject_token(format!("token {number}").into());
        provider.answers(status, &json!({ "error": error }));
        for _ in 0..3 {
            let outcome = exchange.credential(&user, CARTS).await;
            assert_eq!(outcome.unwrap_err(), NoCredential::Rejected(told), "{status}");
        }
        assert_eq!(provider.asked(), 2 * number + 1);
        provider.answers(200, &good());
        exchange.credential(&user, "another audience").await.unwrap();
    }
}

#[tokio::test]
async fn a_failure_that_may_be_of_one_token_stops_nobody_else() {
    let provider = Provider::start().await;
    let exchange = provider.exchange();
    provider.answers(500, &"");
    let outcome = exchange.credential(&ada(), CARTS).await;
    assert!(matches!(outcome, Err(NoCredential::Unavailable(_))), "{outcome:?}");
    provider.answers(200, &good());
    exchange.credential(&Principal::anonymous(), CARTS).await.unwrap();
}

#[tokio::test]
async fn a_provider_that_never_answers_holds_up_no_more_than_its_time() {
    // Connections are accepted by the system, and never answered.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/token", listener.local_addr().unwrap());
    let hasty = ExchangeSettings { timeout: Duration::from_millis(50), ..settings(&url) };
    let exchange = TokenExchange::new(hasty, RootCertStore::empty()).unwrap();
    for reason in ["the provider cannot be reached", "the provider could not be reached a moment ago"] {
        let outcome = exchange.credential(&ada(), CARTS).await;
        assert_eq!(outcome.unwrap_err(), NoCredential::Unavailable(reason));
    }
}

#[tokio::test]
async fn a_provider_that_fails_is_left_alone_for_a_second() {
    let provider = Provider::start().await;
    let exchange = provider.exchange();
    provider.answers(503, &"");
    for _ in 0..10 {
        let outcome = exchange.credential(&ada(), CARTS).await;
        assert!(matches!(outcome, Err(NoCredential::Unavailable(_))), "{outcome:?}");
    }
    assert_eq!(provider.asked(), 1);
    pass_cool_down().await;
    provider.answers(200, &good());
    exchange.credential(&ada(), CARTS).await.unwrap();
    assert_eq!(provider.asked(), 2);
}

#[tokio::test]
async fn a_provider_that_cannot_be_reached_gives_no_credential() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/token", listener.local_addr().unwrap());
    drop(listener);
    let exchange = TokenExchange::new(settings(&url), RootCertStore::empty()).unwrap();
    let outcome = exchange.credential(&ada(), CARTS).await;
    assert!(matches!(outcome, Err(NoCredential::Unavailable(_))), "{outcome:?}");
}

#[test]
fn a_token_goes_nowhere_but_over_tls_or_to_this_machine() {
    for url in
        ["http://id.shop.example/token", "id.shop.example/token", "https://user@id.shop.example/token", ""]
    {
        let error = TokenExchange::new(settings(url), RootCertStore::empty()).unwrap_err();
        assert!(matches!(error, ExchangeError::TokenEndpoint(_)), "{url}");
    }
    TokenExchange::new(settings("https://id.shop.example/token"), RootCertStore::empty()).unwrap();
}

#[tokio::test]
async fn nothing_secret_is_printed() {
    let provider = Provider::start().await;
    let exchange = provider.exchange();
    let credential = exchange.credential(&ada(), CARTS).await.unwrap();
    let printed = format!("{exchange:?} {credential:?} {:?} {:?}", ada(), credential.headers());
    for secret in ["of ours", "exchanged", "phone", "ada", "YmZm"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}

fn bearer(credential: &Credential) -> String {
    credential.headers()[AUTHORIZATION].to_str().unwrap().strip_prefix("Bearer ").unwrap().to_owned()
}

/// Lets the time pass for which a provider that failed is left alone.
async fn pass_cool_down() {
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(1)).await;
    tokio::time::resume();
}
