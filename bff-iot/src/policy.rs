//! Policy table of the shelf devices. Timeouts are short, since a waiting radio costs battery.

use downstream::catalog::ProductById;
use downstream::inventory::StockOf;
use downstream::pricing::PriceOf;
use downstream::telemetry::{DeviceById, ReportReadings};
use fetch::{Policies, Policy, PolicyTable as _};

pub(crate) fn table() -> Policies {
    Policies::new()
        .fetch::<DeviceById>(Policy::within_ms(400))
        .fetch::<PriceOf>(Policy::within_ms(400).fresh_s(300))
        .fetch::<ProductById>(Policy::within_ms(400).fresh_s(3600))
        .fetch::<StockOf>(Policy::within_ms(500).hedge_after_ms(30).fresh_s(300).watched().stale_s(3_600))
        .command::<ReportReadings>(Policy::within_ms(900))
}
