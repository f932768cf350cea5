//! Proofs that are used twice, and stores that are away.

use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::{advance, sleep};

use super::client::{Client, Stand};
use crate::support::{START, status};

#[tokio::test(start_paused = true)]
async fn a_proof_is_accepted_once() {
    let stand = Stand::new();
    let client = Client::new();
    let token = stand.token(&client);
    let headers = client.proof(&token).headers();
    assert_eq!(status(&stand.send(&headers).await), 200);
    for _ in 0..100 {
        let challenge = stand.send(&headers).await.unwrap_err();
        assert_eq!((challenge.status().as_u16(), challenge.reason()), (401, "the proof was used before"));
    }
    assert_eq!(status(&stand.send(&client.proof(&token).headers()).await), 200, "another proof");
}

#[tokio::test(start_paused = true)]
async fn of_all_uses_at_once_one_is_accepted() {
    let stand = Stand::new();
    let client = Client::new();
    let token = stand.token(&client);
    let headers = client.proof(&token).headers();
    let results = join_all((0..50).map(|_| stand.send(&headers))).await;
    assert_eq!(results.iter().filter(|it| it.is_ok()).count(), 1);
}

#[tokio::test(start_paused = true)]
async fn replicas_with_one_store_accept_a_proof_once() {
    let stand = Stand::new();
    let replica = Stand::replica(&stand.issuer, &stand.store);
    let client = Client::new();
    let token = stand.token(&client);
    for _ in 0..2 {
        let headers = client.proof(&token).headers();
        assert_eq!(status(&stand.send(&headers).await), 200);
        assert_eq!(status(&replica.headers(&headers).await), 401);
    }
}

/// A proof that was used early is known for as long as it would be good.
#[tokio::test(start_paused = true)]
async fn a_proof_is_not_forgotten_while_it_is_good() {
    let stand = Stand::new();
    let client = Client::new();
    let token = stand.token(&client);
    let early = client.proof(&token).claim("iat", (START + 5).into());
    assert_eq!(status(&stand.send(&early.headers()).await), 200);
    for second in 1..=75 {
        advance(Duration::from_secs(1)).await;
        let fresh = client.proof(&token).claim("iat", (START + 5).into());
        let expected = if second < 70 { 200 } else { 401 };
        assert_eq!(status(&stand.send(&fresh.headers()).await), expected, "unused, {second} s later");
        assert_eq!(status(&stand.send(&early.headers()).await), 401, "used, {second} s later");
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_takes_no_names_from_another() {
    let stand = Stand::new();
    for _ in 0..3 {
        let client = Client::new();
        let token = stand.token(&client);
        let first = client.proof(&token).claim("jti", "1".into());
        assert_eq!(status(&stand.send(&first.headers()).await), 200);
        let same = client.proof(&token).claim("jti", "1".into()).claim("iat", (START - 1).into());
        assert_eq!(status(&stand.send(&same.headers()).await), 401, "another proof of the same name");
    }
}

#[tokio::test(start_paused = true)]
async fn while_the_store_is_away_no_proof_is_accepted() {
    let stand = Stand::new();
    let client = Client::new();
    let token = stand.token(&client);
    for _ in 0..2 {
        stand.store.is_broken.store(true, Ordering::Relaxed);
        let challenge = stand.send(&client.proof(&token).headers()).await.unwrap_err();
        assert_eq!((challenge.status().as_u16(), challenge.authenticate()), (503, None));
        let bad = client.proof(&token).claim("htm", "GET".into());
        assert_eq!(status(&stand.send(&bad.headers()).await), 401, "a bad one is known without the store");
        stand.store.is_broken.store(false, Ordering::Relaxed);
        assert_eq!(status(&stand.send(&client.proof(&token).headers()).await), 200);
    }
}

#[tokio::test(start_paused = true)]
async fn a_proof_that_waits_for_the_keys_is_not_used_up() {
    let stand = Stand::new();
    let client = Client::new();
    let token = stand.token(&client);
    stand.issuer.fails();
    let headers = client.proof(&token).headers();
    assert_eq!(status(&stand.send(&headers).await), 503, "no keys");
    assert!(stand.store.written.lock().unwrap().is_empty());
    stand.issuer.publishes(&[&stand.key]);
    sleep(Duration::from_secs(2)).await;
    assert_eq!(status(&stand.send(&headers).await), 200);
}

#[tokio::test(start_paused = true)]
async fn a_proof_that_waits_too_long_for_the_keys_is_too_old() {
    let stand = Stand::new();
    let client = Client::new();
    let token = stand.token(&client);
    stand.issuer.takes(Duration::from_secs(4));
    let last = |age: i64| client.proof(&token).claim("iat", (START - age).into()).headers();
    let results = join_all([60, 62].map(|age| {
        let (headers, stand) = (last(age), &stand);
        async move { status(&stand.send(&headers).await) }
    }));
    assert_eq!(results.await, [200, 401]);
}
