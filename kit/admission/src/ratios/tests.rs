use super::*;
use crate::number::whole;

/// The slowdown of operations with these numbers of requests and ratios.
fn typical(operations: &[(u32, f64)]) -> f64 {
    let ratios = Ratios::default();
    for (operation, (requests, ratio)) in operations.iter().enumerate() {
        let latency = whole(1e9 * ratio);
        (0..*requests).for_each(|_| ratios.add(operation, latency, 1_000_000_000));
    }
    let typical = ratios.take().unwrap().slowdown;
    assert_eq!(ratios.total(), 0);
    assert!(ratios.take().is_none());
    typical
}

#[test]
fn equal_ratios_are_told_within_a_bucket() {
    for ratio in [0.3, 1.0, 1.1, 7.0, 900.0] {
        let told = typical(&[(100, ratio)]);
        assert!((0.93..1.08).contains(&(told / ratio)), "{ratio} {told}");
    }
    assert!((typical(&[(100, 1.0)]) - 1.0).abs() < 1e-9);
}

#[test]
fn one_operation_that_hangs_is_not_typical() {
    for share in [30, 60, 70] {
        assert!(typical(&[(share, 80.0), (100 - share, 1.0)]) < 1.1);
    }
}

#[test]
fn what_most_operations_show_is_typical() {
    assert!(typical(&[(20, 5.0), (30, 5.0), (20, 5.0), (30, 1.0)]) > 4.0);
}

#[test]
fn quick_operations_do_not_speak_for_those_that_queue() {
    let ratios = Ratios::default();
    (0..95).for_each(|_| ratios.admit(0));
    (0..5).for_each(|_| ratios.admit(1));
    ratios.add(1, 1_000, 1_000);
    assert!(!ratios.are_of_most());
    ratios.add(0, 9_000, 1_000);
    assert!(ratios.are_of_most());
}

#[test]
fn ratios_out_of_range_count_at_its_ends() {
    assert!(typical(&[(10, 1e-9)]) < 0.3);
    assert!(typical(&[(10, 1e9)]) > 900.0);
}
