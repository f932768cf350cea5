use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::{BoxFuture, join_all};
use http::HeaderValue;
use jiff::SignedDuration;
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
async fn a_credential_is_used_for_half_of_its_life() {
    let credential =
        Credential { authorization: HeaderValue::from_static("carts"), expires: Timestamp::now() + minute() };
    let used = Remembered::of(&credential).unwrap().for_time;
    assert!(used > Duration::from_secs(29) && used <= Duration::from_secs(30), "{used:?}");

    let source = Counting::giving(SignedDuration::from_millis(2));
    let credentials = Credentials::new("bff", source.clone(), None);
    while source.given() < 3 {
        shown(&credentials, &Principal::of_user("ada"), "carts").await;
    }
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
