//! The times at which the faults of a simulation begin and end, drawn from its seed.

use std::time::Duration;

use crate::support::Dice;

/// Start of the first faults, and the latest end of the last.
const FIRST: Duration = Duration::from_secs(2);
pub(super) const END: Duration = Duration::from_secs(10);

/// Shortest and longest time of an episode, and of the pause behind it, in milliseconds.
const EPISODE_MS: (u64, u64) = (200, 4_000);
const PAUSE_MS: (u64, u64) = (50, 1_500);

/// A time in which faults strike some replicas.
#[derive(Clone, Debug)]
pub(super) struct Episode {
    pub(super) from: Duration,
    pub(super) until: Duration,
    pub(super) replicas: Vec<String>,
    /// The number from which all else about the faults follows.
    pub(super) severity: u64,
}

/// Draws the episodes of a simulation, one behind the other.
pub(super) fn episodes(dice: &mut Dice, replicas: &[String]) -> Vec<Episode> {
    let (mut at, mut episodes) = (FIRST, Vec::new());
    while at < END {
        let until = (at + between(dice, EPISODE_MS)).min(END);
        let mut struck = replicas.to_vec();
        // Often one replica, sometimes most of them, now and then all.
        let count = [1, 1, 1, 2, 2, 3, 4, replicas.len()][usize::try_from(dice.roll(8)).unwrap()];
        while struck.len() > count {
            struck.remove(usize::try_from(dice.roll(struck.len() as u64)).unwrap());
        }
        episodes.push(Episode { from: at, until, replicas: struck, severity: dice.roll(1 << 30) });
        at = until + between(dice, PAUSE_MS);
    }
    episodes
}

fn between(dice: &mut Dice, (least, most): (u64, u64)) -> Duration {
    Duration::from_millis(least + dice.roll(most - least))
}
