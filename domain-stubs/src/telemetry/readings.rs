//! Readings in the store: each once, by its device and number.

use jiff::{SignedDuration, Timestamp};
use proto::telemetry::{Reading, ReadingAcknowledgement, ReadingStatus};
use rusqlite::{Connection, params};

use crate::clock;

/// Maximum time by which the clock of a device may be ahead of the shop's.
const CLOCK_AHEAD: SignedDuration = SignedDuration::from_hours(24);

/// Stores the readings that are valid and new; acknowledges every reading.
pub(super) fn store(
    db: &Connection,
    device: &str,
    readings: &[Reading],
    now: Timestamp,
) -> rusqlite::Result<Vec<ReadingAcknowledgement>> {
    let mut insert = db.prepare_cached(
        "INSERT INTO readings (device_id, sequence, time, weight_g, temperature_mc, battery_percent)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (device_id, sequence) DO NOTHING",
    )?;
    let acknowledge = |reading: &Reading| {
        let status = match sensible_time(reading, now) {
            None => ReadingStatus::Refused,
            Some(time) => {
                let stored = insert.execute(params![
                    device,
                    reading.sequence,
                    time.as_microsecond(),
                    reading.weight_g,
                    reading.temperature_mc,
                    reading.battery_percent
                ])?;
                if stored == 0 { ReadingStatus::Repeated } else { ReadingStatus::Stored }
            }
        };
        Ok(ReadingAcknowledgement { sequence: reading.sequence, status: status.into() })
    };
    readings.iter().map(acknowledge).collect()
}

/// The time of a reading; `None` if the time or another field of it is invalid.
fn sensible_time(reading: &Reading, now: Timestamp) -> Option<Timestamp> {
    let makes_sense =
        reading.sequence >= 1 && (0..=100).contains(&reading.battery_percent) && reading.weight_g >= 0;
    let time = reading.time.as_ref().and_then(clock::from_proto).filter(|_| makes_sense)?;
    (time.duration_since(now) <= CLOCK_AHEAD).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_have_been_measured_makes_sense() {
        let now: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
        let time = |ahead| Some(clock::to_proto(now + SignedDuration::from_secs(ahead)));
        let good = Reading { sequence: 1, time: time(0), battery_percent: 50, ..Reading::default() };
        let makes_sense = |reading: &Reading| sensible_time(reading, now).is_some();
        assert!(makes_sense(&good));
        for seconds in [-10_000_000, 86_400] {
            assert!(makes_sense(&Reading { time: time(seconds), ..good }));
        }
        for battery_percent in [0, 100] {
            assert!(makes_sense(&Reading { battery_percent, ..good }));
        }
        let senseless = [
            Reading { sequence: 0, ..good },
            Reading { sequence: i64::MIN, ..good },
            Reading { time: None, ..good },
            Reading { time: time(86_401), ..good },
            Reading { time: Some(prost_types::Timestamp { seconds: i64::MAX, nanos: 0 }), ..good },
            Reading { weight_g: -1, ..good },
            Reading { battery_percent: -1, ..good },
            Reading { battery_percent: 101, ..good },
        ];
        for reading in senseless {
            assert!(!makes_sense(&reading), "{reading:?}");
        }
    }
}
