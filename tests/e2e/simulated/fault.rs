//! Kinds of faults, and what each of them does to hosts and their links.

use std::fmt;
use std::time::Duration;

use proto::admin::Fault;
use turmoil::Sim;

use super::hosts::{BFF, Hosts};
use super::schedule::Episode;

/// A kind of fault. A simulation has faults of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum FaultKind {
    /// Messages take up to some seconds, each its own time.
    Latency,
    /// Messages are lost. The simulated TCP sends nothing twice, so a connection that loses one is dead and says nothing.
    Loss,
    /// Connections are silent both ways, and none can be opened.
    Partition,
    /// Requests arrive and answers are lost, or all messages are held back and arrive late.
    Silence,
    /// Replicas lose their connections and their memory at once, and come back.
    Crash,
    /// Replicas finish their requests, end, and come back.
    Restart,
    /// Calls fail, before or after they have done their work.
    Errors,
    /// Calls are not answered, before or after they have done their work.
    Hang,
}

/// The time that a message takes when nothing is wrong.
pub(super) const LATENCY: Duration = Duration::from_millis(1);

/// The RPCs of the services with replicas that the customers' requests need.
const RPCS: [&str; 4] = [
    "shop.carts.v1.CartService/AddItem",
    "shop.carts.v1.CartService/GetCart",
    "shop.catalog.v1.CatalogService/BatchGetProducts",
    "shop.catalog.v1.CatalogService/ListProducts",
];

/// `UNAVAILABLE`, `INTERNAL`, and `RESOURCE_EXHAUSTED`.
const CODES: [i32; 3] = [14, 13, 8];

impl FaultKind {
    pub(super) const ALL: [Self; 8] = [
        Self::Latency,
        Self::Loss,
        Self::Partition,
        Self::Silence,
        Self::Crash,
        Self::Restart,
        Self::Errors,
        Self::Hang,
    ];

    /// Begins the faults of an episode.
    pub(super) fn begin(self, sim: &mut Sim<'_>, hosts: &Hosts, episode: &Episode) {
        let severity = episode.severity;
        if matches!(self, Self::Errors | Self::Hang) {
            hosts.domain.faults().set(self.of_rpc(severity)).unwrap();
            return;
        }
        for replica in episode.replicas.iter().map(String::as_str) {
            match self {
                Self::Latency => {
                    let most = Duration::from_millis(100 + severity % 2_900);
                    sim.set_link_max_message_latency(BFF, replica, most);
                }
                Self::Loss => {
                    let rate = f64::from(u32::try_from(1 + severity % 20).unwrap()) / 100.0;
                    sim.set_link_fail_rate(BFF, replica, rate);
                }
                Self::Partition => sim.partition(BFF, replica),
                Self::Silence if is_one_way(severity) => sim.partition_oneway(replica, BFF),
                Self::Silence => sim.hold(BFF, replica),
                Self::Crash => sim.crash(replica),
                Self::Restart => hosts.restart(replica),
                Self::Errors | Self::Hang => unreachable!("it is the fault of an RPC"),
            }
        }
    }

    /// Ends the faults of an episode.
    pub(super) fn end(self, sim: &mut Sim<'_>, hosts: &Hosts, episode: &Episode) {
        hosts.domain.faults().clear();
        for replica in episode.replicas.iter().map(String::as_str) {
            match self {
                Self::Latency => sim.set_link_max_message_latency(BFF, replica, LATENCY),
                Self::Loss => sim.set_link_fail_rate(BFF, replica, 0.0),
                Self::Partition => sim.repair(BFF, replica),
                Self::Silence if is_one_way(episode.severity) => sim.repair_oneway(replica, BFF),
                Self::Silence => sim.release(BFF, replica),
                Self::Crash => sim.bounce(replica),
                Self::Restart | Self::Errors | Self::Hang => {}
            }
        }
    }

    /// The fault of an RPC, in all replicas of its service.
    fn of_rpc(self, severity: u64) -> Fault {
        let draw = |sides: usize, shift: u32| usize::try_from((severity >> shift) % sides as u64).unwrap();
        Fault {
            rpc: RPCS[draw(RPCS.len(), 0)].to_owned(),
            after_work: draw(2, 8) == 0,
            black_hole: self == Self::Hang,
            error_code: if self == Self::Errors { CODES[draw(CODES.len(), 12)] } else { 0 },
            error_rate: [0.2, 0.6, 1.0][draw(3, 16)],
            ..Fault::default()
        }
    }
}

fn is_one_way(severity: u64) -> bool {
    severity.is_multiple_of(2)
}

impl fmt::Display for FaultKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&format!("{self:?}").to_lowercase())
    }
}
