//! Policies of calls, in one table per BFF.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::time::Duration;

use crate::{Brownout, Idempotency, Rpc};

/// Retries of a call unless its row says otherwise.
const RETRIES: u32 = 2;

/// Calls of an RPC at a time unless its row says otherwise. Stock servers allow 100 to 200 streams on a connection, of
/// which a server opens several.
const MAX_CALLS: usize = 100;

/// Timeout, retries, hedging, calls at a time and freshness of one fetch or command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Maximum duration of one call, with its retries. The request's deadline may end the call earlier.
    pub timeout: Duration,
    /// Maximum number of times that a call is made again after a failure that may pass; `None` for two. A call that may
    /// not be repeated, because each changes something more, is made again only if no service can have seen it.
    pub retries: Option<u32>,
    /// Maximum number of calls of the RPC at a time. Of the rows of one RPC, the largest number counts.
    pub max_calls: usize,
    /// Brownout from which on the call is left out where a request can do without it; `None` if it never is.
    pub left_out_at: Option<Brownout>,
    /// Least time before a second call is made beside one that is slow; `None` for no second call. It starts when the
    /// first has taken longer than 95 of 100 recent calls of the RPC, and never earlier than this.
    pub hedge: Option<Duration>,
    /// Time for which a response counts as fresh, so that clients and caches may keep it. Zero means not at all.
    pub fresh: Duration,
    /// Time beyond `fresh` for which an old value is good enough for one more request, while it is loaded again.
    pub revalidate: Duration,
    /// True to watch the stream by which the service tells of changes: a value that changed counts as old at once.
    pub watched: bool,
    /// Time beyond `fresh` for which an old response is better than none: it stands in when the service fails, and
    /// caches in front may serve it when this server cannot.
    pub stale: Duration,
}

impl Policy {
    /// Creates a policy whose calls take at most this many milliseconds, with two retries, a hundred calls at a time,
    /// no hedging, and responses that are never kept.
    #[must_use]
    pub const fn within_ms(timeout: u64) -> Self {
        Self {
            timeout: Duration::from_millis(timeout),
            retries: None,
            max_calls: MAX_CALLS,
            left_out_at: Some(Brownout::All),
            hedge: None,
            fresh: Duration::ZERO,
            revalidate: Duration::ZERO,
            watched: false,
            stale: Duration::ZERO,
        }
    }

    /// Watches the stream by which the service tells of changes, so that a value counts as old as soon as it changes.
    /// Freshness then bounds how old a value may be while the stream is down.
    #[must_use]
    pub const fn watched(self) -> Self {
        Self { watched: true, ..self }
    }

    /// Sets the number of seconds for which a response counts as fresh.
    #[must_use]
    pub const fn fresh_s(self, seconds: u64) -> Self {
        Self { fresh: Duration::from_secs(seconds), ..self }
    }

    /// Sets the number of seconds beyond its freshness for which a value is good enough for one more request, while it
    /// is loaded again.
    #[must_use]
    pub const fn revalidate_s(self, seconds: u64) -> Self {
        Self { revalidate: Duration::from_secs(seconds), ..self }
    }

    /// Sets the number of seconds beyond its freshness for which an old response is better than none.
    #[must_use]
    pub const fn stale_s(self, seconds: u64) -> Self {
        Self { stale: Duration::from_secs(seconds), ..self }
    }

    /// Sets the maximum number of times that a call is made again after a failure that may pass.
    #[must_use]
    pub const fn retries(self, retries: u32) -> Self {
        Self { retries: Some(retries), ..self }
    }

    /// Sets the maximum number of calls of the RPC at a time.
    #[must_use]
    pub const fn max_calls(self, max_calls: usize) -> Self {
        Self { max_calls, ..self }
    }

    /// Leaves the call out before others while the server has more work than it can do, where a request can do without it.
    #[must_use]
    pub const fn first_to_go(self) -> Self {
        Self { left_out_at: Some(Brownout::First), ..self }
    }

    /// Makes the call however much work the server has.
    #[must_use]
    pub const fn kept(self) -> Self {
        Self { left_out_at: None, ..self }
    }

    /// Returns true if the call is left out during this brownout, where a request can do without it.
    #[must_use]
    pub fn is_left_out(&self, brownout: Brownout) -> bool {
        self.left_out_at.is_some_and(|at| at <= brownout)
    }

    /// Hedges the calls: a second call is made beside one that has taken longer than 95 of 100 recent calls of the RPC,
    /// and never before this many milliseconds. The first good answer counts, and the other call is cancelled.
    #[must_use]
    pub const fn hedge_after_ms(self, least: u64) -> Self {
        Self { hedge: Some(Duration::from_millis(least)), ..self }
    }

    /// Returns the maximum number of times that a call is made again.
    #[must_use]
    pub fn max_retries(&self) -> u32 {
        self.retries.unwrap_or(RETRIES)
    }

    /// Returns the reason why this policy of an RPC cannot work; `None` if it can.
    fn problem(&self, rpc: Rpc) -> Option<&'static str> {
        if self.timeout.is_zero() {
            Some("its calls have no time")
        } else if self.max_calls == 0 {
            Some("it permits no call")
        } else if self.retries.is_some_and(|retries| retries > 0)
            && rpc.idempotency() == Idempotency::NonIdempotent
        {
            Some("it wants retries of an RPC that changes something more with every call")
        } else if self.hedge.is_some() && rpc.idempotency() == Idempotency::NonIdempotent {
            Some("it hedges an RPC that changes something more with every call")
        } else if self.hedge.is_some_and(|least| least >= self.timeout) {
            Some("it hedges only when its calls have no time left")
        } else if !self.revalidate.is_zero() && self.fresh.is_zero() {
            Some("it lets values be refreshed that never count as fresh")
        } else if !self.revalidate.is_zero() && !rpc.is_public() {
            Some("it lets values be refreshed that are never kept, because they depend on the principal")
        } else if self.watched && (self.fresh.is_zero() || !rpc.is_public()) {
            Some("it watches for changes of values that are never kept")
        } else {
            None
        }
    }

    /// Returns the minimum time that must be left to start a call that the request can do without: a tenth of the
    /// timeout. With less time left, the response would hardly arrive in time and the service would work in vain.
    #[must_use]
    pub fn least(&self) -> Duration {
        self.timeout / 10
    }
}

/// Writes the row as a sentence without a subject: `300 ms at most, 2 retries, 100 at a time, left out last under pressure`.
impl fmt::Display for Policy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (timeout, retries) = (self.timeout.as_millis(), self.max_retries());
        write!(formatter, "{timeout} ms at most, {retries} retries, {} at a time", self.max_calls)?;
        if let Some(least) = self.hedge {
            write!(formatter, ", hedged after {} ms at the earliest", least.as_millis())?;
        }
        let left_out = match self.left_out_at {
            None => "never left out",
            Some(Brownout::All) => "left out last",
            Some(Brownout::First | Brownout::None) => "left out first",
        };
        write!(formatter, ", {left_out} under pressure")?;
        for (what, time) in [
            ("fresh for", self.fresh),
            ("then refreshed beside for", self.revalidate),
            ("stale up to", self.stale),
        ] {
            if !time.is_zero() {
                write!(formatter, ", {what} {} s", time.as_secs())?;
            }
        }
        if self.watched {
            formatter.write_str(", until the service tells of a change")?;
        }
        Ok(())
    }
}

/// The policies of a BFF, by the name of the fetch or command, and the services that these call.
#[derive(Clone, Debug, Default)]
pub struct Policies {
    rows: HashMap<&'static str, (Rpc, Policy)>,
    /// Rows that cannot work, each with the reason.
    problems: Vec<String>,
    /// The RPCs by their paths, and their calls at a time.
    rpcs: BTreeMap<&'static str, (Rpc, usize)>,
    /// Streams by which services tell of changes, by their paths.
    streams: BTreeSet<&'static str>,
}

impl Policies {
    /// Creates an empty table.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the stream of changes that a row watches.
    #[must_use]
    pub fn watching(mut self, stream: Rpc) -> Self {
        self.streams.insert(stream.path());
        self
    }

    /// Returns the paths of the streams of changes that the server watches, sorted.
    pub fn streams(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.streams.iter().copied()
    }

    /// Adds the row of a fetch or command, by its name.
    #[must_use]
    pub fn row(mut self, name: &'static str, rpc: Rpc, policy: Policy) -> Self {
        if self.rows.insert(name, (rpc, policy)).is_some() {
            self.problems.push(described(name, "the table has two rows of this name"));
        }
        self.problems.extend(policy.problem(rpc).map(|problem| described(name, problem)));
        let (_, max_calls) = self.rpcs.entry(rpc.path()).or_insert((rpc, policy.max_calls));
        *max_calls = policy.max_calls.max(*max_calls);
        self
    }

    /// Adds a reason why a row cannot work.
    #[must_use]
    pub fn problem(mut self, name: &'static str, problem: &str) -> Self {
        self.problems.push(described(name, problem));
        self
    }

    /// Returns the row of a fetch or command, by its name; `None` if the table has no such row.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Policy> {
        self.rows.get(name).map(|(_, policy)| *policy)
    }

    /// Returns the RPC of a row, by the name of its fetch or command.
    #[must_use]
    pub fn rpc(&self, name: &str) -> Option<Rpc> {
        self.rows.get(name).map(|(rpc, _)| *rpc)
    }

    /// Returns the names of all fetches and commands of the table, sorted.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        let names: BTreeSet<_> = self.rows.keys().copied().collect();
        names.into_iter()
    }

    /// Returns the rows that cannot work, each with the reason. A server with such a row does not start.
    #[must_use]
    pub fn problems(&self) -> &[String] {
        &self.problems
    }

    /// Returns the full names of all services that the fetches and commands of the table call, sorted.
    pub fn services(&self) -> impl Iterator<Item = &'static str> + use<> {
        let services: BTreeSet<_> = self.rpcs.values().map(|(rpc, _)| rpc.service()).collect();
        services.into_iter()
    }

    /// Returns the RPCs of the table, sorted by path, with the maximum number of calls of each at a time.
    pub fn rpcs(&self) -> impl Iterator<Item = (Rpc, usize)> + '_ {
        self.rpcs.values().copied()
    }
}

fn described(name: &str, problem: &str) -> String {
    format!("the policy of {name} cannot work: {problem}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_cannot_work_is_a_problem() {
        const READ: Rpc = Rpc::read("shop.reviews.v1.ReviewService/BatchListReviews");
        const WRITE: Rpc = Rpc::write("shop.reviews.v1.ReviewService/CreateReview");
        const IDEMPOTENT: Rpc = Rpc::idempotent_write("shop.reviews.v1.ReviewService/ReplaceReview");
        let usual = Policy::within_ms(100);
        for (rpc, policy, problem) in [
            (READ.public(), usual.fresh_s(60).revalidate_s(60).stale_s(60), None),
            (WRITE, usual, None),
            (WRITE, usual.retries(0), None),
            (WRITE, usual.retries(1), Some("wants retries")),
            (READ, Policy::within_ms(0), Some("have no time")),
            (READ, usual.max_calls(0), Some("permits no call")),
            (READ, usual.hedge_after_ms(99), None),
            (IDEMPOTENT, usual.hedge_after_ms(0), None),
            (READ, usual.hedge_after_ms(100), Some("no time left")),
            (WRITE, usual.hedge_after_ms(10), Some("hedges an RPC that changes")),
            (READ.public(), usual.revalidate_s(60), Some("never count as fresh")),
            (READ, usual.fresh_s(60).revalidate_s(60), Some("depend on the principal")),
            (READ.public(), usual.fresh_s(60).watched(), None),
            (READ.public(), usual.watched(), Some("never kept")),
            (READ, usual.fresh_s(60).watched(), Some("never kept")),
        ] {
            let policies = Policies::new().row("Reviews", rpc, policy);
            let found = policies.problems().first();
            assert_eq!(found.is_some(), problem.is_some(), "{found:?}");
            assert!(found.is_none_or(|found| found.contains(problem.unwrap_or_default())), "{found:?}");
        }
    }
}
