//! A sensor or label on a shelf.

use bff_kit::value::int;
use bff_kit::{Id, object};
use downstream::DeviceId;
use proto::telemetry;

/// A sensor or label on a shelf.
#[object(telemetry::Device, id = DeviceId)]
pub(crate) struct Device {
    /// Id of the device.
    #[read(id)]
    id: Id<Self>,
    /// Location of the device, such as "Lyon, aisle 4".
    #[read(location)]
    location: String,
    /// Time to wait between reports, in seconds. Null when unknown.
    #[read(report_interval, known = seconds)]
    report_every_s: Option<i32>,
    /// Weight of one item on the shelf, in grams.
    #[read(item_weight_g)]
    #[graphql(name = "itemWeightG")]
    item_weight_g: i32,
    /// True if the display is on.
    #[read(display_on)]
    display_on: bool,
    /// Number of different readings stored from the device.
    #[read(reading_count, known = int)]
    readings: i32,
}

/// Returns the time to wait that a service sent, in whole seconds; `None` if it sent none, one
/// below 1 s, or one that an `Int` cannot hold.
pub(super) fn seconds(time: Option<&prost_types::Duration>) -> Option<i32> {
    time.and_then(|time| int(time.seconds)).filter(|seconds| *seconds > 0)
}
