//! Devices on the shelves and their readings.

use std::sync::Arc;

use fetch::{BatchResult, Call, Command, Fetch, Rpc, UpstreamError};
use proto::telemetry::{
    Device, GetDeviceRequest, GetDeviceResponse, Reading, ReportReadingsRequest, ReportReadingsResponse,
};

use crate::key_error;

/// Configuration of a device, by the id of the device. A device can load only its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeviceById(pub Arc<str>);

impl Fetch for DeviceById {
    const RPC: Rpc = Rpc::read("shop.telemetry.v1.TelemetryService/GetDevice");
    const MAX_KEYS: usize = 1;
    const KEYS: &'static str = "device_id";
    const READS: &'static [&'static str] = &["id"];
    type Value = Arc<Device>;

    async fn batch(keys: Vec<Self>, call: Call<'_>) -> BatchResult<Self> {
        let asked = keys.first().cloned();
        let device_id = asked.as_ref().map(|key| key.0.to_string()).unwrap_or_default();
        let request = GetDeviceRequest { device_id, read_mask: call.mask() };
        call.batch(keys, request, |response: GetDeviceResponse| {
            asked.map(|key| (key, response.device.map(Arc::new).ok_or_else(key_error::no_outcome)))
        })
        .await
    }
}

/// Stores readings of a device. Readings acknowledged as stored or repeated are stored permanently.
#[derive(Clone, Debug)]
pub struct ReportReadings {
    /// The device.
    pub device: Arc<str>,
    /// The readings, 500 at most.
    pub readings: Vec<Reading>,
}

impl Command for ReportReadings {
    const RPC: Rpc = Rpc::idempotent_write("shop.telemetry.v1.TelemetryService/ReportReadings");
    type Value = ReportReadingsResponse;

    async fn send(self, call: Call<'_>) -> Result<Self::Value, UpstreamError> {
        let request = ReportReadingsRequest { device_id: self.device.to_string(), readings: self.readings };
        call.unary(request).await
    }
}
