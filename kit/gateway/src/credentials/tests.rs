use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::{BoxFuture, join_all};
use http::HeaderValue;
use identity::{Credential, ExposeSecret as _};
use jiff::SignedDuration;
use tokio::sync::Notify;
use tokio::task::yield_now;

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
            let authorization = HeaderValue::try_from(format!("{audience} {number}")).unwrap();
            Ok(Credential { authorization, expires: Timestamp::now() + lives })
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
            let authorization = HeaderValue::from_str(audience).unwrap();
            Ok(Credential { authorization, expires: Timestamp::now() + minute() })
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
            Ok(Credential {
                authorization: HeaderValue::from_static("good"),
                expires: Timestamp::now() + minute(),
            })
        }
        .boxed()
    }
}

fn minute() -> SignedDuration {
    SignedDuration::from_secs(60)
}

async fn shown(credentials: &Credentials, principal: &Principal, service: &'static str) -> String {
    credentials.of(principal.clone()).authorize(service).await.unwrap().to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_principal_has_one_credential_for_each_service_however_many_requests_need_it() {
    let source = Counting::giving(minute());
    let credentials = Credentials::new("bff", source.clone(), None);
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
    let credentials = Credentials::new("bff", source.clone(), Some("shop"));
    let ada = Principal::of_user("ada");
    assert_eq!(shown(&credentials, &ada, "carts").await, "shop 0");
    assert_eq!(shown(&credentials, &ada, "orders").await, "shop 0");
}

#[tokio::test]
async fn requests_that_give_up_end_nothing() {
    let source = Slow::default();
    let credentials = Credentials::new("bff", source.clone(), None);
    let of_ada = credentials.of(Principal::of_user("ada"));
    for _ in 0..300 {
        assert!(of_ada.authorize("carts").now_or_never().is_none());
    }
    assert_eq!(source.asked.load(Ordering::Relaxed), 1);
    source.open.notify_one();
    assert_eq!(of_ada.authorize("carts").await.unwrap(), "carts");
    assert_eq!(of_ada.authorize("carts").now_or_never().unwrap().unwrap(), "carts");
}

#[tokio::test]
async fn a_failure_is_no_call_and_is_not_remembered() {
    let source = Counting { given: Arc::default(), lives: None };
    let credentials = Credentials::new("bff", source.clone(), None);
    let of_ada = credentials.of(Principal::of_user("ada"));
    for round in 1..=3 {
        let error = of_ada.authorize("carts").await.unwrap_err();
        assert_eq!((error.kind(), source.given()), (FailureKind::Unavailable, round));
    }
}

#[tokio::test]
async fn a_token_that_is_rejected_costs_no_other_request_of_the_user_its_answer() {
    let credentials = Credentials::new("bff", ByToken, None);
    let with = |token: &str| credentials.of(Principal::of_user("ada").with_subject_token(token.into()));
    let (bad, good) = (with("revoked"), with("good"));
    let (bad, good) = tokio::join!(bad.authorize("carts"), good.authorize("carts"));
    assert_eq!((bad.unwrap_err().kind(), good.unwrap().to_str().unwrap()), (FailureKind::Internal, "good"));
}
