//! Devices on the shelves and their readings.

use fetch::{Command, Fetch};
use proto::telemetry::{Reading, telemetry_service};

use crate::DeviceId;

/// Configuration of a device, by the id of the device. A device can load only its own.
#[derive(Fetch)]
#[fetch(telemetry_service::GetDevice, one = device_id)]
pub struct DeviceById(pub DeviceId);

/// Stores readings of a device. Readings acknowledged as stored or repeated are stored permanently.
#[derive(Clone, Debug, Command)]
#[command(telemetry_service::ReportReadings)]
pub struct ReportReadings {
    /// The device.
    pub device_id: DeviceId,
    /// The readings, 500 at most.
    pub readings: Vec<Reading>,
}
