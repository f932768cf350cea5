//! How the devices' calls behave: a radio that waits costs battery.

use std::time::Duration;

use downstream::catalog::ProductById;
use downstream::inventory::StockOf;
use downstream::pricing::PriceOf;
use downstream::telemetry::{DeviceById, ReportReadings};
use fetch::{Policies, Policy};

pub(crate) fn table() -> Policies {
    Policies::new()
        .fetch::<DeviceById>(within_ms(400))
        .fetch::<PriceOf>(within_ms(400))
        .fetch::<ProductById>(within_ms(400))
        .fetch::<StockOf>(within_ms(500))
        .command::<ReportReadings>(within_ms(900))
}

const fn within_ms(timeout: u64) -> Policy {
    Policy { timeout: Duration::from_millis(timeout) }
}
