//! One simulation: hosts, customers and faults, all of which follow from a seed.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use tokio::task::JoinSet;
use turmoil::{Builder, Sim};

use super::customer::{Customer, USERS};
use super::fault::{FaultKind, LATENCY};
use super::hosts::Hosts;
use super::record::Record;
use super::schedule::{Episode, episodes};
use crate::support::Dice;

/// Simulated time by which every simulation has ended by itself.
const LIMIT: Duration = Duration::from_mins(5);

/// Connections that a host can leave unaccepted, and segments that one can leave unread.
const TCP_CAPACITY: usize = 1_024;

/// A simulation to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Simulation {
    pub(super) seed: u64,
    pub(super) kind: FaultKind,
}

impl Simulation {
    /// Runs the simulation on this thread.
    pub(super) fn run(self) -> Record {
        // All randomness of the BFF comes from here.
        fastrand::seed(self.seed);
        let mut sim = Builder::new()
            .rng_seed(self.seed)
            .simulation_duration(LIMIT)
            .min_message_latency(LATENCY)
            .max_message_latency(LATENCY)
            .tcp_capacity(TCP_CAPACITY)
            .build();
        let hosts = Hosts::start(&mut sim, self.seed);
        let mut dice = Dice(self.seed);
        let episodes = episodes(&mut dice, &hosts.replicas());
        let record = Rc::new(RefCell::new(Record::default()));
        let of_customers = record.clone();
        sim.client("customers", async move {
            let mut customers = JoinSet::new();
            for number in 0..USERS.len() {
                customers.spawn_local(Customer::new(number, self.seed, of_customers.clone()).shop());
            }
            while let Some(ended) = customers.join_next().await {
                ended?;
            }
            Ok(())
        });
        let ended = self.play(&mut sim, &hosts, &episodes);
        drop(sim);
        let mut record = record.take();
        record.problems.extend(ended.err().map(|error| error.to_string()));
        record
    }

    /// Lets time pass until all customers have ended, and faults strike when they are due.
    fn play(self, sim: &mut Sim<'_>, hosts: &Hosts, episodes: &[Episode]) -> turmoil::Result {
        let begins = episodes.iter().map(|episode| (episode.from, episode, true));
        let ends = episodes.iter().map(|episode| (episode.until, episode, false));
        let mut events: Vec<_> = begins.chain(ends).collect();
        events.sort_by_key(|(at, ..)| *at);
        let mut events = events.into_iter().peekable();
        while !sim.step()? {
            while let Some((_, episode, begins)) = events.next_if(|(at, ..)| *at <= sim.elapsed()) {
                if begins {
                    self.kind.begin(sim, hosts, episode);
                } else {
                    self.kind.end(sim, hosts, episode);
                }
            }
        }
        Ok(())
    }
}

impl fmt::Display for Simulation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.seed, self.kind)
    }
}
