//! What the values of a service are to a client. A contract grows: an enum gets values, a message stays out. What this
//! server does not know is not told as something else.

mod scalars;

use jiff::Timestamp;

pub use scalars::{CountryCode, CurrencyCode, DateTime, Decimal, Language, Url};

/// Seconds of 0001-01-01T00:00:00Z, before which neither `google.protobuf.Timestamp` nor RFC 3339 has a time.
const FIRST_SECOND: i64 = -62_135_596_800;

/// The value of an enum; none where the service says none (`_UNSPECIFIED`), or one of a later contract.
#[must_use]
pub fn known<E: TryFrom<i32> + Default + PartialEq>(value: i32) -> Option<E> {
    E::try_from(value).ok().filter(|value| *value != E::default())
}

/// The time a service says; none where it is none that RFC 3339 can tell.
#[must_use]
pub fn instant(time: &prost_types::Timestamp) -> Option<Timestamp> {
    let is_time = time.seconds >= FIRST_SECOND && (0..1_000_000_000).contains(&time.nanos);
    // The library knows no time past 9999-12-30, in whose zone it might be another year.
    is_time.then(|| Timestamp::new(time.seconds, time.nanos).ok()).flatten()
}

/// A number as an `Int`, which has 32 bits; none where it has more.
#[must_use]
pub fn int(number: impl TryInto<i32>) -> Option<i32> {
    number.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, PartialEq)]
    enum State {
        #[default]
        Unspecified,
        Placed,
    }

    impl TryFrom<i32> for State {
        type Error = ();

        fn try_from(value: i32) -> Result<Self, ()> {
            [Self::Unspecified, Self::Placed]
                .into_iter()
                .nth(usize::try_from(value).map_err(|_| ())?)
                .ok_or(())
        }
    }

    #[test]
    fn what_is_not_known_is_nothing() {
        assert_eq!([-1, 0, 1, 2].map(known::<State>), [None, None, Some(State::Placed), None]);
        assert_eq!([int(-1_i64), int(3_000_000_000_i64), int(u64::MAX)], [Some(-1), None, None]);
        let time = |seconds, nanos| instant(&prost_types::Timestamp { seconds, nanos });
        let edges = [time(-62_135_596_800, 0), time(253_402_200_000, 999_999_999)];
        assert_eq!(
            edges.map(|time| time.unwrap().to_string()),
            ["0001-01-01T00:00:00Z", "9999-12-30T20:00:00.999999999Z"]
        );
        for (seconds, nanos) in [(-62_135_596_801, 0), (253_402_300_800, 0), (0, -1), (0, 1_000_000_000)] {
            assert_eq!(time(seconds, nanos), None);
        }
    }
}
