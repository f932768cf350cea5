//! The admission of single requests.

use std::time::Duration;

use admission::{Admission, Baseline, Permit, Pressure, Priority, Settings};
use tokio::time;

fn fill(admission: &Admission, priority: Priority) -> Vec<Permit> {
    let baseline = Baseline::default();
    std::iter::from_fn(|| admission.admit(priority, &baseline).ok()).collect()
}

#[tokio::test(start_paused = true)]
async fn lower_priorities_use_a_part_of_the_limit() {
    let admission = Admission::new(Settings { min: 10, max: 100, ..Settings::default() });
    let background = fill(&admission, Priority::Background);
    let usual = fill(&admission, Priority::Usual);
    let essential = fill(&admission, Priority::Essential);
    assert_eq!([background.len(), usual.len(), essential.len()], [60, 20, 20]);
    assert_eq!((admission.under_way(), admission.limit()), (100, 100));
    drop(background);
    assert_eq!(admission.under_way(), 40);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_permit_ends_its_request_and_teaches_nothing() {
    let (admission, baseline) = (Admission::new(Settings::default()), Baseline::default());
    for _ in 0..100 {
        drop(admission.admit(Priority::Essential, &baseline).unwrap());
    }
    assert_eq!((admission.under_way(), baseline.latency()), (0, None));
    for _ in 0..100 {
        let permit = admission.admit(Priority::Essential, &baseline).unwrap();
        time::advance(Duration::from_millis(3)).await;
        permit.completed();
    }
    assert_eq!((admission.under_way(), baseline.latency()), (0, Some(Duration::from_millis(3))));
}

#[tokio::test(start_paused = true)]
async fn clients_wait_longer_after_a_longer_overload_and_not_all_for_the_same_time() {
    let (admission, baseline) = (Admission::new(Settings::default()), Baseline::default());
    let _held = fill(&admission, Priority::Usual);
    let mut most = Vec::new();
    for seconds in [1, 10, 60] {
        for _ in 0..seconds * 10 {
            time::advance(Duration::from_millis(100)).await;
            admission.admit(Priority::Usual, &baseline).unwrap_err();
        }
        let shed = || admission.admit(Priority::Usual, &baseline).unwrap_err().retry_after.as_secs();
        let mut waits: Vec<_> = (0..1000).map(|_| shed()).collect();
        waits.sort_unstable();
        waits.dedup();
        assert_eq!(waits[0], 1);
        most.push(waits[waits.len() - 1]);
    }
    assert_eq!(most, [2, 6, 11]);
}

#[tokio::test(start_paused = true)]
async fn pressure_is_over_after_a_silence() {
    let (admission, baseline) = (Admission::new(Settings::default()), Baseline::default());
    let held = fill(&admission, Priority::Usual);
    for _ in 0..20 {
        time::advance(Duration::from_millis(100)).await;
        admission.admit(Priority::Usual, &baseline).unwrap_err();
    }
    assert_eq!(admission.pressure(), Pressure::Severe);
    drop(held);
    time::advance(Duration::from_secs(1)).await;
    admission.refresh();
    time::advance(Duration::from_mins(1)).await;
    admission.refresh();
    assert_eq!(admission.pressure(), Pressure::None);
}

#[tokio::test(start_paused = true)]
async fn settings_without_sense_still_admit() {
    let settings =
        Settings { min: 0, max: 0, background_percent: 0, usual_percent: 500, ..Settings::default() };
    let admission = Admission::new(settings);
    assert!(admission.admit(Priority::Background, &Baseline::default()).is_ok());
}
