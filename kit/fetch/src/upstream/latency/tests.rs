use super::*;

const MS: Duration = Duration::from_millis(1);

fn observe(latency: &Latency, calls: u32, time: Duration) {
    (0..calls).for_each(|_| latency.took(time));
}

/// Returns the estimate in whole milliseconds, rounded down; 0 without one.
fn p95_ms(latency: &Latency) -> u128 {
    latency.p95().unwrap_or_default().as_millis()
}

#[tokio::test(start_paused = true)]
async fn there_is_no_estimate_before_a_hundred_calls() {
    let latency = Latency::new();
    observe(&latency, 96, 5 * MS);
    assert_eq!(latency.p95(), None);
    observe(&latency, 16, 5 * MS);
    assert_eq!(p95_ms(&latency), 5);
}

#[tokio::test(start_paused = true)]
async fn five_of_a_hundred_calls_are_longer_than_the_estimate() {
    let latency = Latency::new();
    for number in 0..960 {
        latency.took(MS * if number % 100 < 4 { 200 } else { 5 });
    }
    assert_eq!(p95_ms(&latency), 5);
    for number in 0..960 {
        latency.took(MS * if number % 100 < 7 { 200 } else { 5 });
    }
    assert!((200..225).contains(&p95_ms(&latency)), "{}", p95_ms(&latency));
}

#[tokio::test(start_paused = true)]
async fn the_estimate_follows_after_two_thousand_calls() {
    let latency = Latency::new();
    observe(&latency, 1_000, 200 * MS);
    observe(&latency, 2_000, 5 * MS);
    assert_eq!(p95_ms(&latency), 5);
}

#[tokio::test(start_paused = true)]
async fn calls_of_four_minutes_ago_do_not_count() {
    let latency = Latency::new();
    observe(&latency, 200, 200 * MS);
    tokio::time::advance(Duration::from_secs(119)).await;
    assert!(latency.p95().is_some());
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(latency.p95(), None);
    // Few calls a minute are never enough, even when the old ones were many.
    for _ in 0..200 {
        tokio::time::advance(Duration::from_secs(2)).await;
        latency.took(5 * MS);
    }
    assert_eq!(latency.p95(), None);
    // The old calls count for as long as the calls after them are too few to be judged by.
    observe(&latency, 200, 200 * MS);
    for _ in 0..16 {
        tokio::time::advance(Duration::from_secs(15)).await;
        observe(&latency, 16, 5 * MS);
    }
    assert_eq!(p95_ms(&latency), 5);
}

#[tokio::test(start_paused = true)]
async fn calls_that_are_given_up_make_the_estimate_no_shorter() {
    let latency = Latency::new();
    observe(&latency, 960, 20 * MS);
    for _ in 0..5_000 {
        latency.took_at_least(3 * MS);
    }
    assert_eq!(p95_ms(&latency), 20);
    for _ in 0..100 {
        latency.took_at_least(50 * MS);
    }
    assert!(p95_ms(&latency) >= 50, "{}", p95_ms(&latency));
}
