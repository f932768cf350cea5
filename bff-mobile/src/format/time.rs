//! Times relative to now, such as `"5 min ago"`.

use std::time::Duration;

use bff_kit::Reading;
use bff_kit::value::instant;

use super::Language;

const MINUTE_S: i64 = 60;
const HOUR_S: i64 = 60 * MINUTE_S;
const DAY_S: i64 = 24 * HOUR_S;
const MONTH_S: i64 = 30 * DAY_S;
const YEAR_S: i64 = 365 * DAY_S;

/// Ages in seconds from which times are given in months, and in years.
const MONTHS_S: i64 = 2 * MONTH_S;
const YEARS_S: i64 = 2 * YEAR_S;

/// Returns the age of a service's time in the language of the request, such as `"5 min ago"`; `None` if there is no
/// valid time.
pub(crate) fn when(ctx: &impl Reading, then: Option<&prost_types::Timestamp>) -> Option<String> {
    let (then, scope) = (instant(then?)?, ctx.scope());
    Some(scope.with_now(|now| {
        let (text, stays) = ago(then.as_second(), now.as_second(), Language::of(scope));
        // A part of the current second has passed already.
        let begun = Duration::from_nanos(now.subsec_nanosecond().unsigned_abs().into());
        (text, stays.saturating_sub(begun))
    }))
}

/// Returns the text for the time between two Unix times in seconds, and the time for which the text stays true. A time
/// in the future, from a clock that is a little off, is `"just now"`.
fn ago(then: i64, now: i64, language: Language) -> (String, Duration) {
    let seconds = now.saturating_sub(then);
    let (count, unit, [english, french, german]) = match seconds {
        ..MINUTE_S => {
            let text = match language {
                Language::English => "just now",
                Language::French => "à l’instant",
                Language::German => "gerade eben",
            };
            return (text.to_owned(), until(MINUTE_S, seconds));
        }
        MINUTE_S..HOUR_S => (seconds / MINUTE_S, MINUTE_S, ["min", "min", "Min."]),
        HOUR_S..DAY_S => (seconds / HOUR_S, HOUR_S, ["h", "h", "Std."]),
        DAY_S..MONTHS_S => (seconds / DAY_S, DAY_S, ["d", "j", "Tagen"]),
        MONTHS_S..YEARS_S => (seconds / MONTH_S, MONTH_S, ["months", "mois", "Monaten"]),
        _ => (seconds / YEAR_S, YEAR_S, ["years", "ans", "Jahren"]),
    };
    let german = if count == 1 && german == "Tagen" { "Tag" } else { german };
    let text = match language {
        Language::English => format!("{count} {english} ago"),
        Language::French => format!("il y a {count} {french}"),
        Language::German => format!("vor {count} {german}"),
    };
    let changes = if seconds < YEARS_S { ((count + 1) * unit).min(YEARS_S) } else { (count + 1) * unit };
    (text, until(changes, seconds))
}

fn until(then: i64, now: i64) -> Duration {
    Duration::from_secs(u64::try_from(then.saturating_sub(now)).unwrap_or_default())
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
            assert_eq!(ago(1_000_000_000 - seconds, 1_000_000_000, Language::English).0, expected);
        }
    }

    #[test]
    fn times_are_told_in_the_language_asked_for() {
        assert_eq!(ago(0, 5 * MINUTE_S, Language::German).0, "vor 5 Min.");
        assert_eq!(ago(0, DAY_S, Language::German).0, "vor 1 Tag");
        assert_eq!(ago(0, 3 * DAY_S, Language::French).0, "il y a 3 j");
    }

    #[test]
    fn what_is_told_stays_true_for_as_long_as_it_says() {
        for seconds in (0..3 * HOUR_S).chain((0..800 * DAY_S).step_by(7_919)) {
            let tell = |seconds: i64| ago(0, seconds, Language::English);
            let (text, stays) = tell(seconds);
            let changes = seconds + i64::try_from(stays.as_secs()).unwrap();
            assert_eq!(tell(changes - 1).0, text, "{seconds}");
            assert_ne!(tell(changes).0, text, "{seconds}");
        }
        assert_eq!(ago(30, 0, Language::English), ("just now".to_owned(), Duration::from_secs(90)));
    }
}
