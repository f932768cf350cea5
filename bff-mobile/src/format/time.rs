//! How long ago something was.

const MINUTE_S: i64 = 60;
const HOUR_S: i64 = 60 * MINUTE_S;
const DAY_S: i64 = 24 * HOUR_S;

/// The time between two seconds of the Unix clock, such as `"5 min ago"`. What lies ahead, by a clock that is
/// a little off, is `"just now"`.
pub(crate) fn ago(then: i64, now: i64) -> String {
    let seconds = now.saturating_sub(then);
    match seconds {
        ..MINUTE_S => "just now".to_owned(),
        MINUTE_S..HOUR_S => format!("{} min ago", seconds / MINUTE_S),
        HOUR_S..DAY_S => format!("{} h ago", seconds / HOUR_S),
        _ => match seconds / DAY_S {
            days @ 1..=59 => format!("{days} d ago"),
            days @ 60..=729 => format!("{} months ago", days / 30),
            days => format!("{} years ago", days / 365),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_in_the_largest_unit_that_fits() {
        let cases = [
            (-30, "just now"),
            (59, "just now"),
            (5 * MINUTE_S, "5 min ago"),
            (HOUR_S - 1, "59 min ago"),
            (HOUR_S, "1 h ago"),
            (DAY_S, "1 d ago"),
            (59 * DAY_S, "59 d ago"),
            (60 * DAY_S, "2 months ago"),
            (730 * DAY_S, "2 years ago"),
        ];
        for (seconds, expected) in cases {
            assert_eq!(ago(1_000_000_000 - seconds, 1_000_000_000), expected);
        }
    }
}
