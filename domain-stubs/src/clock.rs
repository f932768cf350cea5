//! The clock of the domain, passed in as a parameter, and times as they are stored and sent.

use std::{fmt, sync::Arc};

use jiff::Timestamp;

/// A source of the current time. Cheap to clone.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// The clock of the machine.
    #[must_use]
    pub fn system() -> Self {
        Self::new(Timestamp::now)
    }

    /// A clock that stands still.
    #[must_use]
    pub fn fixed(time: Timestamp) -> Self {
        Self::new(move || time)
    }

    /// A clock that calls a function, for tests that move time.
    #[must_use]
    pub fn new(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Clock").field(&self.now()).finish()
    }
}

/// A time as it is sent.
pub(crate) fn to_proto(time: Timestamp) -> prost_types::Timestamp {
    // jiff gives times before 1970 a negative fraction; the contract requires a positive one.
    let nanos = time.as_nanosecond();
    let seconds =
        i64::try_from(nanos.div_euclid(1_000_000_000)).expect("jiff's range is within 64-bit seconds");
    let nanos = i32::try_from(nanos.rem_euclid(1_000_000_000)).expect("a fraction is below 10^9");
    prost_types::Timestamp { seconds, nanos }
}

/// A stored time, in microseconds since 1970, as it is sent.
pub(crate) fn stored_to_proto(micros: i64) -> prost_types::Timestamp {
    let nanos = i32::try_from(micros.rem_euclid(1_000_000) * 1_000).expect("a fraction is below 10^9");
    prost_types::Timestamp { seconds: micros.div_euclid(1_000_000), nanos }
}

/// A time as it was sent; `None` if there is no such time.
pub(crate) fn from_proto(time: &prost_types::Timestamp) -> Option<Timestamp> {
    let nanos = (0..1_000_000_000).contains(&time.nanos).then_some(time.nanos)?;
    Timestamp::new(time.seconds, nanos).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_before_1970_have_a_positive_fraction() {
        let time = Timestamp::from_microsecond(-1_500_000).unwrap();
        assert_eq!(to_proto(time), prost_types::Timestamp { seconds: -2, nanos: 500_000_000 });
        assert_eq!(stored_to_proto(time.as_microsecond()), to_proto(time));
        assert_eq!(from_proto(&to_proto(time)), Some(time));
    }

    #[test]
    fn what_is_no_time_is_not_taken_for_one() {
        for (seconds, nanos) in [(0, -1), (0, 1_000_000_000), (i64::MAX, 0), (i64::MIN, 0)] {
            assert_eq!(from_proto(&prost_types::Timestamp { seconds, nanos }), None);
        }
    }
}
