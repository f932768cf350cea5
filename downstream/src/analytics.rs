//! Events about actions of customers, for statistics.

use fetch::{Call, Command, Rpc, UpstreamError};
use proto::analytics::{Event, RecordEventsRequest, RecordEventsResponse};

/// Records events. No request waits for the response.
#[derive(Clone, Debug)]
pub struct RecordEvents(pub Vec<Event>);

impl Command for RecordEvents {
    const RPC: Rpc = Rpc::idempotent_write("shop.analytics.v1.AnalyticsService/RecordEvents");
    type Value = i32;

    async fn send(self, call: Call<'_>) -> Result<Self::Value, UpstreamError> {
        let response: RecordEventsResponse = call.unary(RecordEventsRequest { events: self.0 }).await?;
        Ok(response.recorded_count)
    }
}
