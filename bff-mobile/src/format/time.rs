//! How long ago something was.

use super::Language;

const MINUTE_S: i64 = 60;
const HOUR_S: i64 = 60 * MINUTE_S;
const DAY_S: i64 = 24 * HOUR_S;

/// The time between two seconds of the Unix clock, such as `"5 min ago"`. What lies ahead, by a clock that is
/// a little off, is `"just now"`.
pub(crate) fn ago(then: i64, now: i64, language: Language) -> String {
    let seconds = now.saturating_sub(then);
    let (count, [english, french, german]) = match seconds {
        ..MINUTE_S => {
            return match language {
                Language::English => "just now",
                Language::French => "à l’instant",
                Language::German => "gerade eben",
            }
            .to_owned();
        }
        MINUTE_S..HOUR_S => (seconds / MINUTE_S, ["min", "min", "Min."]),
        HOUR_S..DAY_S => (seconds / HOUR_S, ["h", "h", "Std."]),
        _ => match seconds / DAY_S {
            days @ 1..=59 => (days, ["d", "j", "Tagen"]),
            days @ 60..=729 => (days / 30, ["months", "mois", "Monaten"]),
            days => (days / 365, ["years", "ans", "Jahren"]),
        },
    };
    let german = if count == 1 && german == "Tagen" { "Tag" } else { german };
    match language {
        Language::English => format!("{count} {english} ago"),
        Language::French => format!("il y a {count} {french}"),
        Language::German => format!("vor {count} {german}"),
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
            assert_eq!(ago(1_000_000_000 - seconds, 1_000_000_000, Language::English), expected);
        }
    }

    #[test]
    fn times_are_told_in_the_language_asked_for() {
        assert_eq!(ago(0, 5 * MINUTE_S, Language::German), "vor 5 Min.");
        assert_eq!(ago(0, DAY_S, Language::German), "vor 1 Tag");
        assert_eq!(ago(0, 3 * DAY_S, Language::French), "il y a 3 j");
    }
}
