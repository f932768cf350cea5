//! The cost of a sign-in with a proof: the CPU time of the thread, since other programs run on the same machine.

use std::time::Duration;

use cpu_time::ThreadTime;
use http::HeaderMap;

use super::client::{Client, Stand, headers};
use crate::support::{TestKey, status};

const REQUESTS: u32 = 100;

/// CPU time of one sign-in that ends with a status; the best of five rounds. Each request has headers of its own.
async fn cost(stand: &Stand, expected: u16, mut request: impl FnMut() -> HeaderMap) -> Duration {
    let mut best = Duration::MAX;
    for _ in 0..5 {
        let requests: Vec<_> = std::iter::repeat_with(&mut request).take(REQUESTS as usize).collect();
        let start = ThreadTime::now();
        for headers in &requests {
            assert_eq!(status(&stand.send(headers).await), expected);
        }
        best = best.min(start.elapsed() / REQUESTS);
    }
    best
}

#[tokio::test(start_paused = true)]
async fn a_proof_costs_one_signature_and_little_else() {
    let stand = Stand::new();
    for key in [TestKey::rsa("rs"), TestKey::rsa_pss("ps"), TestKey::p256("es"), TestKey::ed25519("ed")] {
        let client = Client { key };
        let token = stand.token(&client);
        let bytes = client.proof(&token).text().len();
        let good = cost(&stand, 200, || client.proof(&token).headers()).await;
        let other = headers(&token, &client.proof("another token").text());
        let for_another = cost(&stand, 401, || other.clone()).await;
        let name = client.key.name;
        println!("{name}: a proof of {bytes} bytes {good:?}, one for another token {for_another:?}");
        let most = if cfg!(debug_assertions) { 1_000 } else { 300 };
        assert!(good < Duration::from_micros(most), "{name}: {good:?}");
        assert!(for_another < Duration::from_micros(100), "{name}: {for_another:?}");
    }
    let malformed = cost(&stand, 401, || headers("a.b.c", "a.b.c")).await;
    println!("malformed: {malformed:?}");
}
