use super::*;

const SECOND: u64 = 1_000_000_000;

#[test]
fn each_step_has_its_signs() {
    let asked = [(0, 0.9), (1, 0.0), (0, 1.1), (5, 0.0), (0, 2.1), (30, 0.0), (0, 90.0)];
    let pressures = asked.map(|(shed, excess)| Pressure::of(shed, 100 - shed, excess));
    assert_eq!(pressures.map(|it| it as u8), [0, 1, 1, 2, 1, 3, 1]);
}

#[test]
fn pressure_rises_a_step_at_a_time_and_waits_before_it_falls() {
    let mut ladder = Ladder::default();
    let steps: Vec<_> = (0..4).map(|_| ladder.update(Pressure::Severe, 0)).collect();
    assert_eq!(steps, [1, 2, 3, 3]);
    let steps: Vec<_> = (1..=8).map(|at| ladder.update(Pressure::None, at * SECOND)).collect();
    assert_eq!(steps, [3, 2, 2, 1, 1, 0, 0, 0]);
}

#[test]
fn a_relapse_starts_the_wait_again() {
    let mut ladder = Ladder::default();
    ladder.update(Pressure::Moderate, 0);
    let asked = [Pressure::None, Pressure::Moderate, Pressure::None, Pressure::None];
    let steps: Vec<_> = (1..).zip(asked).map(|(at, asked)| ladder.update(asked, at * SECOND)).collect();
    assert_eq!(steps, [1, 1, 1, 0]);
}
