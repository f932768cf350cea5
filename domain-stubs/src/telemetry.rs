//! The telemetry service: what devices on the shelves measure, and how they are set up.

mod devices;
mod readings;

use proto::telemetry::{
    Device, GetDeviceRequest, GetDeviceResponse, ReportReadingsRequest, ReportReadingsResponse,
    telemetry_service_server::TelemetryService,
};
use tonic::{Code, Request, Response, Status};

use crate::{
    clock::Clock,
    credential::Caller,
    mask::{Mask, Resource},
    refusal::Refusal,
    store::Store,
};

/// Telemetry over the store.
#[derive(Debug, Clone)]
pub(crate) struct Telemetry {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
}

impl Resource for Device {
    const NAME: &'static str = "shop.telemetry.v1.Device";
    const KEY: &'static str = "id";
}

/// Refuses a device that is not the caller.
fn check_caller(extensions: &tonic::Extensions, device: &str) -> Result<(), Refusal> {
    let caller = Caller::of(extensions)?.device();
    let nobody = || Refusal::unauthenticated("DEVICE_REQUIRED", "this is done in the name of a device");
    if caller.ok_or_else(nobody)? == device { Ok(()) } else { Err(unknown(device)) }
}

fn unknown(device: &str) -> Refusal {
    Refusal::new(Code::NotFound, "DEVICE_NOT_FOUND", format!("there is no device {device:?}"))
}

#[tonic::async_trait]
impl TelemetryService for Telemetry {
    async fn report_readings(
        &self,
        request: Request<ReportReadingsRequest>,
    ) -> Result<Response<ReportReadingsResponse>, Status> {
        let (_, extensions, request) = request.into_parts();
        check_caller(&extensions, &request.device_id)?;
        readings::check_number(&request.readings)?;
        let now = self.clock.now().as_microsecond();
        let response = self.store.write(move |db| {
            let device = devices::find(db, &request.device_id)?;
            let acknowledgements = readings::store(db, &request.device_id, &request.readings, now)?;
            Ok(ReportReadingsResponse { acknowledgements, report_interval: device.report_interval })
        });
        Ok(Response::new(response.await?))
    }

    async fn get_device(
        &self,
        request: Request<GetDeviceRequest>,
    ) -> Result<Response<GetDeviceResponse>, Status> {
        let (_, extensions, request) = request.into_parts();
        check_caller(&extensions, &request.device_id)?;
        let mask = Mask::<Device>::new(request.read_mask.as_ref())?;
        let device = self.store.read(move |db| devices::find(db, &request.device_id)).await?;
        Ok(Response::new(GetDeviceResponse { device: Some(mask.trim(device)) }))
    }
}
