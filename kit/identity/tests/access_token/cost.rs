//! The cost of a sign-in: the CPU time of the thread, since other programs run on the same machine.

use std::time::Duration;

use cpu_time::ThreadTime;

use crate::support::{Issuer, Server, TestKey, claims, settings, status};

const REQUESTS: u32 = 1_000;

/// CPU time of one sign-in that ends with a status; the best of five rounds.
async fn cost(server: &Server, token: &str, expected: u16) -> Duration {
    let mut best = Duration::MAX;
    for _ in 0..5 {
        let start = ThreadTime::now();
        for _ in 0..REQUESTS {
            assert_eq!(status(&server.bearer(token).await), expected);
        }
        best = best.min(start.elapsed() / REQUESTS);
    }
    best
}

#[tokio::test(start_paused = true)]
async fn a_remembered_token_costs_less_than_ten_microseconds() {
    let keys = [TestKey::rsa("rs"), TestKey::rsa_pss("ps"), TestKey::p256("es"), TestKey::ed25519("ed")];
    let issuer = Issuer::with(&keys.each_ref());
    let remembering = Server::start(&issuer, settings());
    let mut settings = settings();
    settings.remember = Duration::ZERO;
    let forgetful = Server::start(&issuer, settings);
    assert_eq!(status(&forgetful.bearer(&keys[0].token(&claims())).await), 200, "the keys are loaded");

    for key in &keys {
        let token = key.token(&claims());
        let remembered = cost(&remembering, &token, 200).await;
        let verified = cost(&forgetful, &token, 200).await;
        println!("{}: {} bytes, remembered {remembered:?}, verified {verified:?}", key.name, token.len());
        assert!(remembered < Duration::from_micros(10), "{}: {remembered:?}", key.name);
    }
    let mut long = claims();
    long["roles"] = "x".repeat(5_500).into();
    let long = keys[0].token(&long);
    println!("{} bytes, remembered {:?}", long.len(), cost(&remembering, &long, 200).await);
    println!("malformed: {:?}", cost(&remembering, "a.b.c", 401).await);
}
