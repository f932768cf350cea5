//! Half load with random faults for ten minutes: the server keeps its promises, and holds no more in the end than in the
//! beginning.

mod chaos;
mod server;
mod traffic;

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use self::chaos::Chaos;
use self::server::{descriptors, resident_kb};
use self::traffic::{Got, Traffic};
use super::load::percentile;
use super::size;
use crate::support::Process;

/// Requests a second: about half of what two cores sustain, of which the services and the clients have their part. The
/// short form runs beside other tests.
fn rate() -> u32 {
    u32::try_from(size(50, 300)).unwrap()
}

/// The deadline of a request, and the tolerance for a machine that others use as well.
const DEADLINE: Duration = Duration::from_secs(3);
const TOLERANCE: Duration = Duration::from_millis(250);

/// Time within which all is well after the last fault: a breaker stays open for a minute at most.
const RECOVERY: Duration = Duration::from_secs(90);

/// Growth of what the server holds that is no leak: it may open three more connections to each of three replicas, and
/// two to one that it had not called before.
const DESCRIPTORS: usize = 11;
const MEMORY_KB: usize = 8 * 1024;

fn seconds(short: usize, long: usize) -> Duration {
    Duration::from_secs(size(short, long) as u64)
}

fn summary(all: &[Got]) -> String {
    let took = [0.5, 0.99, 1.0].map(|share| percentile(all.iter().map(|it| it.took), share));
    let mut missing = BTreeMap::<&str, usize>::new();
    for code in all.iter().filter_map(|it| it.missing.as_deref()) {
        *missing.entry(code).or_default() += 1;
    }
    format!("{} answers, of which not whole: {missing:?}; p50, p99 and most: {took:?}", all.len())
}

/// Returns true if all answers are whole, but for those that are shed where others use the machine as well: it is then
/// slower all of a sudden, and the server cannot know why.
fn is_well(all: &[Got]) -> bool {
    let mut missing = all.iter().filter_map(|it| it.missing.as_deref());
    missing.all(|code| matches!(code, "OVERLOADED" | "UPSTREAM_OVERLOADED"))
}

/// Descriptors and resident memory, in kilobytes, that the server holds without clients.
async fn held(server: &Process, traffic: &Traffic, most: usize) -> (usize, usize) {
    traffic.hang_up();
    let start = Instant::now();
    // Connections end in their own time, and idle threads give memory back at intervals.
    while start.elapsed() < seconds(3, 10) && (start.elapsed() < seconds(1, 5) || descriptors(server) > most)
    {
        sleep(Duration::from_millis(50)).await;
    }
    (descriptors(server), resident_kb(server))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_under_random_faults_answers_in_time_recovers_and_holds_no_more_than_before() {
    let mut chaos = Chaos::over(3).await;
    let server = server::start(&chaos.addresses());
    let traffic = Traffic::to(server.address);

    let before = traffic.until(rate(), sleep(seconds(2, 30))).await;
    println!("before: {}", summary(&before));
    assert!(is_well(&before));
    let (descriptors, memory) = held(&server, &traffic, 0).await;

    let during = traffic.until(rate(), chaos.strike_for(seconds(4, 600))).await;
    println!("during {:?} errors, restarts, kills and silences: {}", chaos.count, summary(&during));
    let late = during.iter().filter(|it| it.took > DEADLINE + TOLERANCE).count();
    assert_eq!(late, 0, "of {}", during.len());

    let lifted = Instant::now();
    while !traffic.until(rate(), sleep(Duration::from_secs(1))).await.iter().all(|it| it.missing.is_none()) {
        assert!(lifted.elapsed() < RECOVERY, "not all answers are whole again");
    }
    let recovered = lifted.elapsed();
    let after = traffic.until(rate(), sleep(seconds(1, 30))).await;
    println!("{recovered:.1?} after the last fault: {}", summary(&after));
    assert!(is_well(&after));

    let (descriptors_after, memory_after) = held(&server, &traffic, descriptors + DESCRIPTORS).await;
    println!(
        "descriptors {descriptors} before and {descriptors_after} after, memory {memory} and {memory_after} kB"
    );
    assert!(descriptors_after <= descriptors + DESCRIPTORS, "{descriptors_after} of {descriptors}");
    assert!(memory_after <= memory + MEMORY_KB.max(memory / 10), "{memory_after} of {memory} kB");
}
