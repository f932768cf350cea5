//! Events about actions of customers, for statistics.

use fetch::Command;
use proto::analytics::{Event, analytics_service};

/// Records events. No request waits for the response.
#[derive(Clone, Debug, Command)]
#[command(analytics_service::RecordEvents)]
pub struct RecordEvents {
    /// The events.
    pub events: Vec<Event>,
}
