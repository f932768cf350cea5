//! The telemetry service: readings of the devices on the shelves, and their settings.

mod devices;
mod readings;

use proto::telemetry::{
    Device, GetDeviceRequest, GetDeviceResponse, ReportReadingsRequest, ReportReadingsResponse,
    telemetry_service_server::TelemetryService,
};
use tonic::{Request, Response, Status};

use crate::{
    clock::Clock,
    credential::Caller,
    mask::{Mask, Resource},
    refusal::Refusal,
    store::Store,
};

/// Largest number of readings of one call.
const MAX_READINGS: usize = 500;

/// Telemetry over the store.
#[derive(Debug, Clone)]
pub(crate) struct Telemetry {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
}

impl Resource for Device {
    const NAME: &'static str = "shop.telemetry.v1.Device";
    const KEY: Option<&'static str> = Some("id");
}

#[tonic::async_trait]
impl TelemetryService for Telemetry {
    async fn report_readings(
        &self,
        request: Request<ReportReadingsRequest>,
    ) -> Result<Response<ReportReadingsResponse>, Status> {
        let (_, extensions, request) = request.into_parts();
        check_device(&extensions, &request.device_id)?;
        let count = request.readings.len();
        if count > MAX_READINGS {
            let problem = format!("holds {count} readings, {MAX_READINGS} are allowed");
            return Err(Refusal::invalid("TOO_MANY_READINGS", "readings", problem).into());
        }
        let now = self.clock.now();
        let response = self
            .store
            .write(move |db| {
                let report_interval = Some(devices::report_interval(db, &request.device_id)?);
                let acknowledgements = readings::store(db, &request.device_id, &request.readings, now)?;
                Ok(ReportReadingsResponse { acknowledgements, report_interval })
            })
            .await?;
        Ok(Response::new(response))
    }

    async fn get_device(
        &self,
        request: Request<GetDeviceRequest>,
    ) -> Result<Response<GetDeviceResponse>, Status> {
        let (_, extensions, request) = request.into_parts();
        check_device(&extensions, &request.device_id)?;
        let mask = Mask::<Device>::new(request.read_mask.as_ref())?;
        let device = self.store.read(move |db| devices::find(db, &request.device_id, &mask)).await?;
        Ok(Response::new(GetDeviceResponse { device: Some(device) }))
    }
}

/// Fails unless this is the acting device.
fn check_device(extensions: &tonic::Extensions, id: &str) -> Result<(), Refusal> {
    let device = Caller::of(extensions)?
        .device()
        .ok_or_else(|| Refusal::unauthenticated("DEVICE_REQUIRED", "the credential names no device"))?;
    if device == id { Ok(()) } else { Err(devices::unknown(id)) }
}
