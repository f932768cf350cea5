//! Devices in the store.

use proto::telemetry::Device;
use rusqlite::{Connection, OptionalExtension as _};

use crate::refusal::Refusal;

/// The device with this identifier.
pub(super) fn find(db: &Connection, id: &str) -> Result<Device, Refusal> {
    let device = db
        .prepare_cached(
            "SELECT id, location, product_id, report_interval_s, item_weight_g, display_on,
                (SELECT count(*) FROM readings WHERE device_id = id)
             FROM devices WHERE id = ?1",
        )?
        .query_row([id], |row| {
            Ok(Device {
                id: row.get(0)?,
                location: row.get(1)?,
                product_id: row.get::<_, Option<_>>(2)?.unwrap_or_default(),
                report_interval: Some(prost_types::Duration { seconds: row.get(3)?, nanos: 0 }),
                item_weight_g: row.get(4)?,
                display_on: row.get(5)?,
                reading_count: row.get(6)?,
            })
        })
        .optional()?;
    device.ok_or_else(|| super::unknown(id))
}
