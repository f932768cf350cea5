//! Readings in the store: each once, however often it is sent.

use std::collections::BTreeMap;

use proto::telemetry::{Reading, ReadingAcknowledgement, ReadingStatus};
use rusqlite::{Connection, params};

use crate::refusal::Refusal;

/// Readings one report holds at most.
const MAX_READINGS: usize = 500;

/// How far a device's clock may run ahead, in microseconds: a day.
const MAX_AHEAD: i64 = 24 * 60 * 60 * 1_000_000;

/// Refuses too many readings.
pub(super) fn check_number(readings: &[Reading]) -> Result<(), Refusal> {
    if readings.len() > MAX_READINGS {
        let problem = format!("holds {} readings, {MAX_READINGS} are allowed", readings.len());
        return Err(Refusal::invalid("TOO_MANY_READINGS", "readings", problem));
    }
    Ok(())
}

/// Stores the readings of a device that make sense and are new. A number that stands twice in a report is
/// acknowledged once.
pub(super) fn store(
    db: &Connection,
    device: &str,
    readings: &[Reading],
    now: i64,
) -> Result<Vec<ReadingAcknowledgement>, Refusal> {
    let mut insert = db.prepare_cached(
        "INSERT INTO readings (device_id, sequence, time, weight_g, temperature_mc, battery_percent)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
    )?;
    let mut statuses = BTreeMap::new();
    for reading in readings {
        let status = match sensible_time(reading, now) {
            None => ReadingStatus::Refused,
            Some(time) => {
                let stored = insert.execute(params![
                    device,
                    reading.sequence,
                    time,
                    reading.weight_g,
                    reading.temperature_mc,
                    reading.battery_percent
                ])?;
                if stored > 0 { ReadingStatus::Stored } else { ReadingStatus::Repeated }
            }
        };
        statuses.entry(reading.sequence).or_insert(status);
    }
    let acknowledgement =
        |(sequence, status): (i64, ReadingStatus)| ReadingAcknowledgement { sequence, status: status.into() };
    Ok(statuses.into_iter().map(acknowledgement).collect())
}

/// When a reading was measured, in microseconds since 1970; `None` for a reading that makes no sense.
fn sensible_time(reading: &Reading, now: i64) -> Option<i64> {
    let time = reading.time.as_ref()?;
    let micros = time.seconds.checked_mul(1_000_000)?.checked_add(i64::from(time.nanos) / 1_000)?;
    let is_sensible = reading.sequence >= 1
        && (0..=100).contains(&reading.battery_percent)
        && reading.weight_g >= 0
        && micros <= now.saturating_add(MAX_AHEAD);
    is_sensible.then_some(micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings_that_make_no_sense_have_no_time() {
        let time = Some(prost_types::Timestamp { seconds: 1_000, nanos: 0 });
        let good = Reading { sequence: 1, time, weight_g: 0, temperature_mc: -5_000, battery_percent: 100 };
        let now = 1_000_000_000;
        assert_eq!(sensible_time(&good, now), Some(1_000_000_000));
        let late = Some(prost_types::Timestamp { seconds: 1_000 + 86_401, nanos: 0 });
        for bad in [
            Reading { sequence: 0, ..good },
            Reading { battery_percent: 101, ..good },
            Reading { battery_percent: -1, ..good },
            Reading { weight_g: -1, ..good },
            Reading { time: None, ..good },
            Reading { time: late, ..good },
        ] {
            assert_eq!(sensible_time(&bad, now), None, "{bad:?}");
        }
    }
}
