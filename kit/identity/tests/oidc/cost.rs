//! The cost of a sign-in by a session: the CPU time of the thread, since other programs run on the same machine.

use std::time::Duration;

use cpu_time::ThreadTime;

use crate::browser::{Browser, Server};

const REQUESTS: u32 = 2_000;

#[tokio::test]
async fn a_session_costs_little() {
    let server = Server::start().await;
    let browser = Browser::signed_in(&server).await;
    let mut best = Duration::MAX;
    for _ in 0..5 {
        let start = ThreadTime::now();
        for _ in 0..REQUESTS {
            assert!(browser.page().await.is_ok());
        }
        best = best.min(start.elapsed() / REQUESTS);
    }
    println!("a session {best:?}");
    // Without optimisation it takes several times as long as with it.
    let most = if cfg!(debug_assertions) { 100 } else { 20 };
    assert!(best < Duration::from_micros(most), "{best:?}");
}
