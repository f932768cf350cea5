//! Devices in the store.

use proto::telemetry::Device;
use rusqlite::{Connection, OptionalExtension as _, params};
use tonic::Code;

use crate::{mask::Mask, refusal::Refusal};

/// The error `NOT_FOUND` for a device that does not exist, or is not the acting one.
pub(super) fn unknown(id: &str) -> Refusal {
    Refusal::new(Code::NotFound, "DEVICE_NOT_FOUND", format!("there is no device {id:?}"))
}

/// The settings of a device.
pub(super) fn find(db: &Connection, id: &str, mask: &Mask<Device>) -> Result<Device, Refusal> {
    // A count that is not wanted is not computed: the branch of a CASE that is not taken is never
    // computed.
    let device = db
        .prepare_cached(
            "SELECT location, coalesce(product_id, ''), report_interval, item_weight_g, display_on,
                CASE WHEN ?2 THEN (SELECT count(*) FROM readings WHERE device_id = devices.id) ELSE 0 END
             FROM devices WHERE id = ?1",
        )?
        .query_row(params![id, mask.wants("reading_count")], |row| {
            Ok(Device {
                id: id.to_owned(),
                location: row.get(0)?,
                product_id: row.get(1)?,
                report_interval: Some(seconds(row.get(2)?)),
                item_weight_g: row.get(3)?,
                display_on: row.get(4)?,
                reading_count: row.get(5)?,
            })
        })
        .optional()?;
    device.map(|device| mask.trim(device)).ok_or_else(|| unknown(id))
}

/// The interval between reports of a device.
pub(super) fn report_interval(db: &Connection, id: &str) -> Result<prost_types::Duration, Refusal> {
    let interval = db
        .prepare_cached("SELECT report_interval FROM devices WHERE id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?;
    interval.map(seconds).ok_or_else(|| unknown(id))
}

fn seconds(seconds: i64) -> prost_types::Duration {
    prost_types::Duration { seconds, nanos: 0 }
}
