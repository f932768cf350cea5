use std::sync::atomic::{AtomicUsize, Ordering};

use fetch::CallMetadata;
use futures_util::future::{BoxFuture, join_all};
use http::{HeaderMap, HeaderValue};
use identity::{Credential, ExposeSecret as _};
use jiff::SignedDuration;
use tokio::sync::Notify;
use tokio::task::yield_now;
use tonic::metadata::MetadataMap;

use super::*;

/// A source that counts what it gives, each good for this long.
#[derive(Clone, Debug)]
struct Counting {
    given: Arc<AtomicUsize>,
    lives: Option<SignedDuration>,
}

impl Counting {
    fn giving(lives: SignedDuration) -> Self {
        Self { given: Arc::default(), lives: Some(lives) }
    }

    fn given(&self) -> usize {
        self.given.load(Ordering::Relaxed)
    }
}

impl CredentialSource for Counting {
    fn credential<'a>(
        &'a self,
        _principal: &'a Principal,
        audience: &'a str,
    ) -> BoxFuture<'a, Result<Credential, NoCredential>> {
        let number = self.given.fetch_add(1, Ordering::Relaxed);
        async move {
            yield_now().await;
            let lives = self.lives.ok_or(NoCredential::NoToken)?;
            Ok(credential(&format!("{audience} {number}"), lives))
        }
        .boxed()
    }
}

/// A source that answers when it is told to.
#[derive(Clone, Debug, Default)]
struct Slow {
    asked: Arc<AtomicUsize>,
    open: Arc<Notify>,
}

impl CredentialSource for Slow {
    fn credential<'a>(
        &'a self,
        _principal: &'a Principal,
        audience: &'a str,
    ) -> BoxFuture<'a, Result<Credential, NoCredential>> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        async move {
            self.open.notified().await;
            Ok(credential(audience, minute()))
        }
        .boxed()
    }
}

/// A source that gives a credential for a good token alone.
#[derive(Debug)]
struct ByToken;

impl CredentialSource for ByToken {
    fn credential<'a>(
        &'a self,
        principal: &'a Principal,
        _audience: &'a str,
    ) -> BoxFuture<'a, Result<Credential, NoCredential>> {
        async move {
            yield_now().await;
            let token = principal.subject_token().ok_or(NoCredential::NoToken)?.expose_secret();
            if token != "good" {
                return Err(NoCredential::Rejected("invalid_request"));
            }
            Ok(credential("good", minute()))
        }
        .boxed()
    }
}

fn credential(token: &str, lives: SignedDuration) -> Credential {
    Credential::bearer(token, Timestamp::now() + lives).unwrap()
}

fn minute() -> SignedDuration {
    SignedDuration::from_secs(60)
}

fn headers(shown: &CallMetadata) -> HeaderMap {
    let mut metadata = MetadataMap::new();
    shown.show(&mut metadata);
    metadata.into_headers()
}

fn token(shown: &CallMetadata) -> String {
    headers(shown)["authorization"].to_str().unwrap().strip_prefix("Bearer ").unwrap().to_owned()
}

async fn metadata(credentials: &Credentials, principal: &Principal, service: &'static str) -> HeaderMap {
    headers(&credentials.of(principal.clone()).authorize(service).await.unwrap())
}

async fn shown(credentials: &Credentials, principal: &Principal, service: &'static str) -> String {
    token(&credentials.of(principal.clone()).authorize(service).await.unwrap())
}

#[tokio::test]
async fn a_principal_has_one_credential_for_each_service_however_many_requests_need_it() {
    let source = Counting::giving(minute());
    let credentials = Credentials::new("bff", Box::new(source.clone()), None);
    let (ada, bob) = (Principal::of_user("ada"), Principal::of_user("bob"));
    let all = join_all((0..100).map(|_| shown(&credentials, &ada, "carts"))).await;
    assert!(all.iter().all(|it| it == "carts 0"), "{all:?}");
    assert_eq!(shown(&credentials, &ada, "orders").await, "orders 1");
    assert_eq!(shown(&credentials, &bob, "carts").await, "carts 2");
    assert_eq!(shown(&credentials, &Principal::anonymous(), "carts").await, "carts 3");
    // A token that was renewed is of the same principal.
    let renewed = ada.with_subject_token("another".into());
    assert_eq!(shown(&credentials, &renewed, "carts").await, "carts 0");
    assert_eq!(source.given(), 4);
}

#[tokio::test]
async fn one_audience_needs_one_credential_for_all_services() {
    let source = Counting::giving(minute());
    let credentials = Credentials::new("bff", Box::new(source.clone()), Some("shop"));
    let ada = Principal::of_user("ada");
    assert_eq!(shown(&credentials, &ada, "carts").await, "shop 0");
    assert_eq!(shown(&credentials, &ada, "orders").await, "shop 0");
}

#[tokio::test]
async fn requests_that_give_up_end_nothing() {
    let source = Slow::default();
    let credentials = Credentials::new("bff", Box::new(source.clone()), None);
    let of_ada = credentials.of(Principal::of_user("ada"));
    for _ in 0..300 {
        assert!(of_ada.authorize("carts").now_or_never().is_none());
    }
    assert_eq!(source.asked.load(Ordering::Relaxed), 1);
    source.open.notify_one();
    assert_eq!(token(&of_ada.authorize("carts").await.unwrap()), "carts");
    assert_eq!(token(&of_ada.authorize("carts").now_or_never().unwrap().unwrap()), "carts");
}

#[tokio::test]
async fn a_failure_is_no_call_and_is_not_remembered() {
    let source = Counting { given: Arc::default(), lives: None };
    let credentials = Credentials::new("bff", Box::new(source.clone()), None);
    let of_ada = credentials.of(Principal::of_user("ada"));
    for round in 1..=3 {
        let error = of_ada.authorize("carts").await.unwrap_err();
        assert_eq!((error.kind(), source.given()), (FailureKind::Unavailable, round));
    }
}

#[tokio::test]
async fn a_token_that_is_rejected_costs_no_other_request_of_the_user_its_answer() {
    let credentials = Credentials::new("bff", Box::new(ByToken), None);
    let with = |token: &str| credentials.of(Principal::of_user("ada").with_subject_token(token.into()));
    let (bad, good) = (with("revoked"), with("good"));
    let (bad, good) = tokio::join!(bad.authorize("carts"), good.authorize("carts"));
    assert_eq!((bad.unwrap_err().kind(), token(&good.unwrap())), (FailureKind::Internal, "good".to_owned()));
}

#[tokio::test]
async fn a_service_is_shown_what_is_its_own_and_no_other_is() {
    let key = |value| [("x-api-key".parse().unwrap(), HeaderValue::from_static(value))].into_iter().collect();
    let own = [
        ("ads".to_owned(), ServiceMetadata { credential: false, headers: key("of ads") }),
        ("carts".to_owned(), ServiceMetadata { credential: true, headers: key("of carts") }),
    ];
    for audience in [None, Some("shop")] {
        let credentials = Credentials::new("bff", Box::new(Counting::giving(minute())), audience);
        let credentials = credentials.with_metadata(own.clone().into());
        let ada = Principal::of_user("ada");
        let ads = metadata(&credentials, &ada, "ads").await;
        assert_eq!((ads.len(), &ads["x-api-key"]), (1, &HeaderValue::from_static("of ads")));
        let carts = metadata(&credentials, &ada, "carts").await;
        assert_eq!((carts.len(), &carts["x-api-key"]), (2, &HeaderValue::from_static("of carts")));
        assert!(carts.values().all(HeaderValue::is_sensitive));
        assert_eq!(metadata(&credentials, &ada, "orders").await.len(), 1);
    }
}
