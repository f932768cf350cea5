//! Requirements that every BFF meets, whatever its schema.

mod expected;
mod failures;
mod fields;
mod ids;
mod isolation;
mod plans;

use std::fmt;

use tokio::runtime::Builder;

use crate::bff::Bff;
use crate::operations::Operation;
use crate::probe::Probe;

pub use expected::compare;

/// Problems that are told, at most: one fault shows in many places.
const MAX_TOLD: usize = 40;

/// Characters of a problem, at most: an answer may be long.
const MAX_CHARS: usize = 1_200;

/// Numbers of cases, so that a test can see that there were some.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tried {
    /// Fields that were selected, with read masks and without.
    pub fields: usize,
    /// Runs of operations that were compared with their plan.
    pub runs: usize,
    /// Failures of calls that were compared with the failure table of their plan.
    pub failures: usize,
    /// Consequences of these failures that showed in an answer.
    pub consequences: usize,
    /// Answers to several principals at the same time.
    pub shared: usize,
    /// Requests whose answer depends on the principal.
    pub personal: usize,
    /// Malformed ids.
    pub ids: usize,
}

/// Holds a BFF to what it declares, over services that its contracts make up:
///
/// - calls and paths are those of the contracts, also where they are written by hand;
/// - every field answers the same with its read mask and without, so it reads what it says; it makes the calls that it
///   declares, and no others;
/// - every operation in the folder of its contracts keeps its plan in calls, keys and bytes, with lists that are empty, of one
///   item, of three, and pages that are as long as they may be;
/// - every operation fails as its plan says, for each call that is not there, silent, unreadable, declined, or finds nothing;
/// - principals whose requests run at the same time get their own answers;
/// - a malformed id is an error that names its place, in every argument of a root field and in every field of its input, and
///   no service is called.
///
/// State that a BFF keeps in a static shows only if it is overwritten while others run: all servers of this process share it.
///
/// It has a runtime and a clock of its own, so it is called from a plain `#[test]`. It opens no sockets and takes seconds.
///
/// # Panics
/// If one of these does not hold: with every problem that was found.
#[expect(clippy::must_use_candidate, reason = "it panics for whom it is to")]
pub fn honest(bff: &Bff) -> Tried {
    let runtime = Builder::new_current_thread().enable_all().start_paused(true).build();
    let runtime = runtime.expect("a runtime");
    let (tried, problems) = runtime.block_on(all(bff));
    assert!(problems.is_empty(), "{}", Told(&problems));
    tried
}

async fn all(bff: &Bff) -> (Tried, Vec<String>) {
    let (probes, mut problems) = bff.probes().await;
    let (operations, unknown) = bff.operations();
    problems.extend(unknown);
    problems.extend(bff.declaration_problems());
    let mut suite = Suite { bff, probes, operations, tried: Tried::default(), problems };
    suite.fields().await;
    suite.ids().await;
    suite.plans().await;
    suite.failures().await;
    suite.isolation().await;
    (suite.tried, suite.problems)
}

/// The state of a run.
struct Suite<'a> {
    bff: &'a Bff,
    probes: Vec<Probe>,
    operations: Vec<Operation>,
    tried: Tried,
    problems: Vec<String>,
}

impl Suite<'_> {
    fn holds(&mut self, holds: bool, problem: impl FnOnce() -> String) -> bool {
        if !holds {
            self.problems.push(problem());
        }
        holds
    }
}

/// Problems, one a line.
struct Told<'a>(&'a [String]);

impl fmt::Display for Told<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{} problems:", self.0.len())?;
        for problem in self.0.iter().take(MAX_TOLD) {
            let end = problem.char_indices().nth(MAX_CHARS).map_or(problem.len(), |(end, _)| end);
            writeln!(formatter, "- {}", &problem[..end])?;
        }
        let more = self.0.len().saturating_sub(MAX_TOLD);
        if more > 0 {
            writeln!(formatter, "and {more} more")?;
        }
        Ok(())
    }
}
