//! Whole shops in simulated time: a BFF, replicas of its services and a network between them, in which everything that
//! goes wrong follows from a seed.
//!
//! `RELIABILITY=long cargo test --test e2e -- simulated --nocapture` runs 200 seeds of each kind of fault.
//! `SIMULATION=17:crash` runs one of them alone, and prints its requests.

mod additions;
mod customer;
mod fault;
mod hosts;
mod network;
mod record;
mod schedule;
mod simulation;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use fault::FaultKind;
use record::Record;
use simulation::Simulation;
use tokio::time::Instant;

/// Threads that simulate, each its own simulations.
const THREADS: usize = 2;

/// The figures of all simulations of a kind of fault.
#[derive(Clone, Copy, Debug, Default)]
struct Figures {
    simulations: usize,
    requests: usize,
    broken: usize,
    slowest: Duration,
    recovery: Duration,
    took: Duration,
}

fn is_long() -> bool {
    std::env::var_os("RELIABILITY").is_some_and(|it| it == "long")
}

/// The simulations to run: one that the environment names, or all of so many seeds.
fn simulations(seeds: u64) -> Vec<Simulation> {
    let named = std::env::var_os("SIMULATION");
    let all = |seed| FaultKind::ALL.map(|kind| Simulation { seed, kind });
    let Some(named) = named else { return (0..seeds).flat_map(all).collect() };
    let (seed, kind) = named.to_str().and_then(|it| it.split_once(':')).expect("SEED:FAULT");
    let mut of_seed = all(seed.parse().unwrap()).into_iter();
    vec![of_seed.find(|it| it.kind.to_string() == kind).expect("a kind of fault")]
}

fn simulate(simulation: Simulation, figures: &Mutex<[Figures; 8]>, problems: &Mutex<Vec<String>>) -> Record {
    let start = Instant::now();
    let record = simulation.run();
    let took = start.elapsed();
    let mut all = figures.lock().unwrap();
    let of_kind = &mut all[simulation.kind as usize];
    of_kind.simulations += 1;
    of_kind.requests += record.lines.len();
    of_kind.broken += record.broken;
    of_kind.slowest =
        record.lines.iter().map(|line| line.took).max().unwrap_or_default().max(of_kind.slowest);
    of_kind.recovery = of_kind.recovery.max(record.recovery());
    of_kind.took += took;
    let lines = record.problems.iter().map(|problem| format!("SIMULATION={simulation}: {problem}"));
    problems.lock().unwrap().extend(lines);
    record
}

#[test]
fn requests_are_answered_in_time_changes_are_made_once_and_all_is_well_after_the_last_fault() {
    let simulations = simulations(if is_long() { 200 } else { 1 });
    let (figures, problems) = (Mutex::default(), Mutex::default());
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while let Some(simulation) = simulations.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let record = simulate(*simulation, &figures, &problems);
                    if simulations.len() == 1 {
                        record.lines.iter().for_each(|line| println!("{line:?}"));
                    }
                }
            });
        }
    });
    println!("{} simulations:", simulations.len());
    for (kind, of_kind) in FaultKind::ALL.into_iter().zip(figures.into_inner().unwrap()) {
        println!("{kind}: {of_kind:?}");
    }
    let problems = problems.into_inner().unwrap();
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn a_seed_repeats_itself_on_any_thread() {
    let mut simulations = simulations(if is_long() { 5 } else { 1 });
    if !is_long() && simulations.len() > 1 {
        simulations.retain(|it| matches!(it.kind, FaultKind::Loss | FaultKind::Crash));
    }
    for simulation in simulations {
        let [first, second] = std::thread::scope(|scope| {
            let runs = [scope.spawn(|| simulation.run()), scope.spawn(|| simulation.run())];
            runs.map(|run| run.join().unwrap())
        });
        for (first, second) in first.lines.iter().zip(&second.lines) {
            assert_eq!(first, second, "{simulation}");
        }
        assert_eq!(first.lines.len(), second.lines.len(), "{simulation}");
    }
}
