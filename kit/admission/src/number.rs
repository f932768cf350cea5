//! Conversions between counts, fractions and times, none of which fails.

use std::time::Duration;

/// Returns a count as a fraction. Counts of requests and of nanoseconds of a day are exact.
#[expect(clippy::cast_precision_loss, reason = "counts here are far below 2^53")]
pub(crate) fn float(count: u64) -> f64 {
    count as f64
}

/// Returns the whole part of a fraction, 0 for negative ones.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` keeps to the bounds of the type"
)]
pub(crate) fn whole(fraction: f64) -> u64 {
    fraction as u64
}

/// Returns the whole part of a fraction, at most `u32::MAX`.
pub(crate) fn count(fraction: f64) -> u32 {
    u32::try_from(whole(fraction)).unwrap_or(u32::MAX)
}

/// Returns a time in nanoseconds; one of more than 500 years as the most there are.
pub(crate) fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
