//! A sensor or label on a shelf.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use bff_kit::schema::reads;
use bff_kit::value::int;
use bff_kit::{ContextExt as _, Entity, Error, Id};
use proto::telemetry;

pub(crate) struct Device(pub(super) Arc<telemetry::Device>);

impl Entity for Device {
    const NAME: &'static str = "Device";
}

#[expect(clippy::unused_async, reason = "the macro requires it where a field may fail")]
/// A sensor or label on a shelf.
#[Object]
impl Device {
    /// Id of the device.
    #[graphql(directive = reads::apply(["id"]))]
    async fn id(&self) -> ID {
        Id::<Self>::new(&*self.0.id).to_id()
    }

    /// Location of the device, such as "Lyon, aisle 4".
    #[graphql(directive = reads::apply(["location"]))]
    async fn location(&self) -> &str {
        &self.0.location
    }

    /// Time to wait between reports, in seconds. Null when unknown.
    #[graphql(directive = reads::apply(["report_interval"]))]
    async fn report_every_s(&self, ctx: &Context<'_>) -> Option<i32> {
        ctx.known(seconds(self.0.report_interval.as_ref()))
    }

    /// Weight of one item on the shelf, in grams.
    #[graphql(name = "itemWeightG", directive = reads::apply(["item_weight_g"]))]
    async fn item_weight_g(&self) -> i32 {
        self.0.item_weight_g
    }

    /// True if the display is on.
    #[graphql(directive = reads::apply(["display_on"]))]
    async fn display_on(&self) -> bool {
        self.0.display_on
    }

    /// Number of different readings stored from the device.
    #[graphql(directive = reads::apply(["reading_count"]))]
    async fn readings(&self, ctx: &Context<'_>) -> Result<i32, Error> {
        ctx.required(int(self.0.reading_count))
    }
}

/// Returns the time to wait that a service sent, in whole seconds; `None` if it sent none, one
/// below 1 s, or one that an `Int` cannot hold.
pub(super) fn seconds(time: Option<&prost_types::Duration>) -> Option<i32> {
    time.and_then(|time| int(time.seconds)).filter(|seconds| *seconds > 0)
}
