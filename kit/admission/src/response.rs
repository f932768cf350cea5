//! The response of latency to the limit.

#[cfg(test)]
mod tests;

/// Least change of the limit, as a logarithm, after which latencies are compared: to 60 %.
const CHANGE: f64 = 0.51;
/// Part of a change of the limit that the latency must follow, as an exponent. A queue follows it whole (1), a slow
/// network not at all (0).
const FOLLOWS: f64 = 0.35;
/// Adjustments after which a level that still matters is measured afresh: half a minute of them.
const REMEMBERED: u32 = 120;

/// The slowdown that the limit does not cause, and the observations that tell.
#[derive(Debug)]
pub(crate) struct Response {
    /// Slowdown that stays whatever the limit is, at least 1.
    level: f64,
    /// Adjustments since the level was set.
    age: u32,
    reference: Option<Reference>,
}

/// A limit and the slowdown under it, with which later ones are compared.
#[derive(Clone, Copy, Debug)]
struct Reference {
    limit: f64,
    ratio: f64,
    /// The limit under which the first of the doubts arose.
    first_limit: f64,
    doubts: u32,
}

/// Conclusion from the slowdowns under two limits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Verdict {
    /// The limits are too close to one another.
    Open,
    /// The latency changed with the limit: requests wait for one another.
    Responds,
    /// The latency did not change with the limit. One comparison is not enough: the server may have changed meanwhile.
    Doubtful,
    /// The latency did not change with the limit, twice; the limit before the first change.
    Ignores(f64),
}

impl Default for Response {
    fn default() -> Self {
        Self { level: 1.0, age: 0, reference: None }
    }
}

impl Response {
    /// Returns the slowdown that the limit may cause, of all slowdown. The level follows it down.
    pub(crate) fn slowdown(&mut self, ratio: f64, is_binding: bool) -> f64 {
        self.age += 1;
        if ratio < self.level {
            self.level = (self.level + (ratio - self.level) / 4.0).max(1.0);
        }
        // A level that was set by mistake lets a queue stand: while requests are shed for it, it is doubted again.
        if is_binding && self.age > REMEMBERED {
            self.level = 1.0;
        }
        ratio / self.level
    }

    /// Compares the slowdown under this limit with that under an earlier one.
    pub(crate) fn judge(&mut self, limit: f64, ratio: f64) -> Verdict {
        let fresh = Reference { limit, ratio, first_limit: limit, doubts: 0 };
        let reference = *self.reference.get_or_insert(fresh);
        let change = (limit / reference.limit).ln();
        if change.abs() < CHANGE {
            return Verdict::Open;
        }
        let exponent = (ratio / reference.ratio).ln() / change;
        if exponent.abs() >= FOLLOWS {
            self.reference = Some(fresh);
            return Verdict::Responds;
        }
        if reference.doubts == 0 {
            self.reference = Some(Reference { first_limit: reference.first_limit, doubts: 1, ..fresh });
            return Verdict::Doubtful;
        }
        (self.level, self.age, self.reference) = (ratio.max(1.0), 0, None);
        Verdict::Ignores(reference.first_limit)
    }

    /// Starts a comparison with this limit and the slowdown under it.
    pub(crate) fn start(&mut self, limit: f64, ratio: f64) {
        self.reference = Some(Reference { limit, ratio, first_limit: limit, doubts: 0 });
    }

    /// Ends the comparison: the latency is as it should be.
    pub(crate) fn settle(&mut self) {
        self.reference = None;
    }
}
