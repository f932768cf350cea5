//! The cost of a sign-in: the CPU time of the thread, since other programs run on the same machine.

use std::time::Duration;

use cpu_time::ThreadTime;
use identity::ExposeSecret as _;

use crate::support::{Server, World};

const REQUESTS: u32 = 10_000;

/// CPU time of one sign-in; the best of five rounds.
async fn cost(server: &Server, key: &str, accepted: bool) -> Duration {
    let mut best = Duration::MAX;
    for _ in 0..5 {
        let start = ThreadTime::now();
        for _ in 0..REQUESTS {
            assert_eq!(server.headers(&[("x-api-key", key)]).await.is_ok(), accepted);
        }
        best = best.min(start.elapsed() / REQUESTS);
    }
    best
}

#[tokio::test(start_paused = true)]
async fn a_key_costs_less_than_ten_microseconds() {
    let world = World::new();
    let issued = world.issue("device-1");
    let server = world.server();
    let key = issued.key.expose_secret();
    let accepted = cost(&server, key, true).await;
    let malformed = cost(&server, &key.replace("shopd_", "shopd-"), false).await;
    println!("accepted {accepted:?}, malformed {malformed:?}");
    assert!(accepted < Duration::from_micros(10) && malformed < Duration::from_micros(10));
}
