//! What a load has led to.

use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

use admission::Pressure;

/// A request as it arrived.
pub(crate) struct Outcome {
    pub(crate) at: u64,
    pub(crate) operation: usize,
    pub(crate) is_admitted: bool,
}

/// The admission's state at a time.
pub(crate) struct Tick {
    pub(crate) at: u64,
    pub(crate) limit: u32,
    pub(crate) under_way: u32,
    pub(crate) pressure: Pressure,
}

/// What a load has led to, in the order of time. Times are nanoseconds of the simulation.
#[derive(Default)]
pub(crate) struct Report {
    start: u64,
    operations: usize,
    pub(crate) arrivals: Vec<Outcome>,
    /// Completion, operation and latency of each request.
    pub(crate) latencies: Vec<(u64, usize, u64)>,
    pub(crate) ticks: Vec<Tick>,
}

impl Report {
    pub(crate) fn new(start: u64, operations: usize) -> Self {
        Self { start, operations, ..Self::default() }
    }

    /// The part of an operation's requests that were admitted, from this many seconds on.
    pub(crate) fn admitted(&self, operation: usize, from: f64) -> f64 {
        let of = |it: &&Outcome| it.operation == operation && self.since(it.at) >= from;
        let all = self.arrivals.iter().filter(of).count();
        1.0 - self.arrivals.iter().filter(of).filter(|it| !it.is_admitted).count() as f64 / all.max(1) as f64
    }

    /// Requests that were shed, from this many seconds on.
    pub(crate) fn shed(&self, from: f64) -> usize {
        self.arrivals.iter().filter(|it| !it.is_admitted && self.since(it.at) >= from).count()
    }

    /// The second in which a request was shed last.
    pub(crate) fn last_shed(&self) -> Option<f64> {
        self.arrivals.iter().rev().find(|it| !it.is_admitted).map(|it| self.since(it.at))
    }

    /// Completed requests a second, from this many seconds on.
    pub(crate) fn goodput(&self, from: f64) -> f64 {
        let completed = self.latencies.iter().filter(|it| self.since(it.0) >= from).count();
        let last = self.arrivals.last().map_or(0.0, |it| self.since(it.at));
        completed as f64 / (last - from)
    }

    /// A percentile of the latencies in milliseconds, from this many seconds on.
    pub(crate) fn percentile(&self, percent: f64, from: f64) -> f64 {
        let mut found: Vec<_> =
            self.latencies.iter().filter(|it| self.since(it.0) >= from).map(|it| it.2).collect();
        found.sort_unstable();
        let index = (found.len() as f64 * percent / 100.0) as usize;
        found[index.min(found.len() - 1)] as f64 / 1e6
    }

    /// The mean limit between two seconds.
    pub(crate) fn limit(&self, from: f64, to: f64) -> f64 {
        let limits: Vec<_> = self
            .ticks
            .iter()
            .filter(|it| (from..to).contains(&self.since(it.at)))
            .map(|it| f64::from(it.limit))
            .collect();
        limits.iter().sum::<f64>() / limits.len() as f64
    }

    /// The second from which on the mean limit of each second stays within these bounds.
    pub(crate) fn settled(&self, bounds: &RangeInclusive<f64>) -> f64 {
        let seconds = self.ticks.last().map_or(0.0, |last| self.since(last.at)) as usize;
        let outside = |second: &usize| !bounds.contains(&self.limit(*second as f64, *second as f64 + 1.0));
        (0..seconds).rev().find(outside).map_or(0.0, |last| last as f64 + 1.0)
    }

    pub(crate) fn since(&self, at: u64) -> f64 {
        Duration::from_nanos(at.saturating_sub(self.start)).as_secs_f64()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (all, shed) = (self.arrivals.len(), self.shed(0.0));
        write!(formatter, "{all} arrived, {shed} shed (last after {:?} s), ", self.last_shed())?;
        write!(formatter, "{:.0}/s, ", self.goodput(0.0))?;
        let [half, most] = [50.0, 99.0].map(|percent| self.percentile(percent, 0.0));
        write!(formatter, "p50 {half:.1} ms, p99 {most:.1} ms; admitted by operation")?;
        for operation in 0..self.operations {
            write!(formatter, " {:.2} %", 100.0 * self.admitted(operation, 0.0))?;
        }
        write!(formatter, "; limit, under way, pressure:")?;
        for tick in self.ticks.iter().step_by(self.ticks.len().div_ceil(24)) {
            let Tick { at, limit, under_way, pressure } = tick;
            write!(formatter, " {:.1}s {limit}/{under_way}/{pressure:?}", self.since(*at))?;
        }
        Ok(())
    }
}
