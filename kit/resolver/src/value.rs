//! Conversion of services' values to values of a schema. Contracts grow: an enum gains values, a message is left out. A
//! value that this server does not know becomes `None`, and never a different value.

mod scalars;

use jiff::Timestamp;

pub use scalars::{CountryCode, CurrencyCode, DateTime, Decimal, Language, Url};

/// Unix time of 0001-01-01T00:00:00Z in seconds. Neither `google.protobuf.Timestamp` nor RFC 3339 has earlier times.
const FIRST_SECOND: i64 = -62_135_596_800;

/// Returns the value of an enum; `None` if the service sent none (`_UNSPECIFIED`) or one of a later contract.
#[must_use]
pub fn known<E: TryFrom<i32> + Default + PartialEq>(value: i32) -> Option<E> {
    E::try_from(value).ok().filter(|value| *value != E::default())
}

/// Returns the time a service sent; `None` if RFC 3339 cannot express it.
#[must_use]
pub fn instant(time: &prost_types::Timestamp) -> Option<Timestamp> {
    let is_time = time.seconds >= FIRST_SECOND && (0..1_000_000_000).contains(&time.nanos);
    // jiff knows no time past 9999-12-30, which could lie in another year in some time zone.
    is_time.then(|| Timestamp::new(time.seconds, time.nanos).ok()).flatten()
}

/// Returns the number as an `Int`, which has 32 bits; `None` if it does not fit.
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
    fn unknown_values_become_none() {
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
