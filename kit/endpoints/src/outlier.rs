//! Ejection of an endpoint whose calls fail in a row, and its slow start when it returns.

use std::time::Duration;

use tokio::time::Instant;

use crate::outcome::Outcome;
use crate::settings::Settings;

/// Share of the calls with which an endpoint starts that joins or returns.
const FIRST_SHARE: f64 = 0.1;

/// Maximum number of ejections in a row that make an ejection longer.
const MAX_EJECTIONS: u32 = 12;

/// Record of an endpoint's outcomes.
#[derive(Debug, Default)]
pub(crate) struct Outliers {
    failures: u32,
    ejections: u32,
    ejected_until: Option<Instant>,
    /// Start of the slow start; `None` for an endpoint that has its whole share.
    joined: Option<Instant>,
}

impl Outliers {
    /// Creates the record of an endpoint that joins others.
    pub(crate) fn joining(now: Instant) -> Self {
        Self { joined: Some(now), ..Self::default() }
    }

    /// Records an outcome; returns the length of the ejection if the endpoint is ejected now. `may_eject` is called
    /// once the endpoint is due to be ejected.
    pub(crate) fn outcome(
        &mut self,
        outcome: Outcome,
        settings: &Settings,
        now: Instant,
        may_eject: impl FnOnce() -> bool,
    ) -> Option<Duration> {
        if outcome == Outcome::Answered {
            self.failures = 0;
            if self.ejected_until.is_none() {
                self.ejections = 0;
            }
            return None;
        }
        self.failures = self.failures.saturating_add(1);
        let is_due = settings.eject_after > 0 && self.failures >= settings.eject_after;
        if !is_due || self.ejected_until.is_some() || !may_eject() {
            return None;
        }
        self.failures = 0;
        self.ejections = (self.ejections + 1).min(MAX_EJECTIONS);
        let length = settings.ejection * self.ejections;
        self.ejected_until = Some(now + length);
        Some(length)
    }

    /// Returns true if the endpoint was ejected when it was last looked at.
    pub(crate) fn was_ejected(&self) -> bool {
        self.ejected_until.is_some()
    }

    /// Returns true if the endpoint is ejected. At the end of an ejection, the endpoint returns with a slow start.
    pub(crate) fn is_ejected(&mut self, now: Instant) -> bool {
        match self.ejected_until {
            Some(until) if now < until => true,
            Some(_) => {
                self.ejected_until = None;
                self.returns(now);
                false
            }
            None => false,
        }
    }

    /// Starts the slow start of an endpoint that returns.
    pub(crate) fn returns(&mut self, now: Instant) {
        self.joined = Some(now);
    }

    /// Returns the share of the calls that the endpoint takes, from 0.1 to 1.
    pub(crate) fn share(&mut self, settings: &Settings, now: Instant) -> f64 {
        let Some(joined) = self.joined else { return 1.0 };
        let elapsed = now.saturating_duration_since(joined);
        if elapsed >= settings.slow_start {
            self.joined = None;
            return 1.0;
        }
        (elapsed.as_secs_f64() / settings.slow_start.as_secs_f64()).max(FIRST_SHARE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: Settings = Settings::DEFAULT;

    fn fail(record: &mut Outliers, times: u32, now: Instant) -> Option<Duration> {
        (0..times)
            .fold(None, |last, _| last.or(record.outcome(Outcome::Unavailable, &SETTINGS, now, || true)))
    }

    #[test]
    fn five_failures_in_a_row_eject_and_each_ejection_in_a_row_is_longer() {
        let (mut record, start) = (Outliers::default(), Instant::now());
        assert_eq!(fail(&mut record, 4, start), None);
        record.outcome(Outcome::Answered, &SETTINGS, start, || true);
        assert_eq!(fail(&mut record, 4, start), None);
        assert_eq!(fail(&mut record, 1, start), Some(Duration::from_secs(5)));
        assert!(record.is_ejected(start + Duration::from_millis(4999)));
        let back = start + Duration::from_secs(5);
        assert!(!record.is_ejected(back));
        assert_eq!(fail(&mut record, 5, back), Some(Duration::from_secs(10)));
        assert!(!record.is_ejected(back + Duration::from_secs(10)));
        record.outcome(Outcome::Answered, &SETTINGS, back + Duration::from_secs(10), || true);
        assert_eq!(fail(&mut record, 5, back + Duration::from_secs(11)), Some(Duration::from_secs(5)));
    }

    #[test]
    fn an_endpoint_that_returns_starts_with_a_tenth_and_has_its_share_after_the_slow_start() {
        let (mut record, start) = (Outliers::default(), Instant::now());
        assert!((record.share(&SETTINGS, start) - 1.0).abs() < 1e-9);
        fail(&mut record, 5, start);
        let back = start + Duration::from_secs(5);
        assert!(!record.is_ejected(back));
        for (after, share) in [(0, 0.1), (1, 0.1), (5, 0.5), (10, 1.0)] {
            let now = back + Duration::from_secs(after);
            assert!((record.share(&SETTINGS, now) - share).abs() < 1e-9, "{after}");
        }
    }

    #[test]
    fn nothing_is_ejected_where_ejection_is_off() {
        let off = Settings { eject_after: 0, ..SETTINGS };
        let mut record = Outliers::default();
        assert!((0..100).all(|_| record.outcome(Outcome::TimedOut, &off, Instant::now(), || true).is_none()));
    }
}
