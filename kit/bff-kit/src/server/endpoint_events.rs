//! Metrics and log lines of the addresses of services.

use std::net::SocketAddr;
use std::sync::Arc;

use endpoints::{Event, Observer};
use fetch::SampledLog;

use telemetry::Metrics;

/// Counts what happens to the addresses of services, and writes lines about what keeps calls from them.
#[derive(Debug)]
pub(super) struct EndpointEvents {
    pub(super) log: Arc<SampledLog>,
    pub(super) metrics: Arc<Metrics>,
}

impl Observer for EndpointEvents {
    fn event(&self, address: SocketAddr, event: Event) {
        let name = event.as_str();
        self.metrics.endpoint(name);
        let Some(left_out) = self.log.pass("endpoint", name) else { return };
        match event {
            Event::Connected => {}
            Event::ConnectFailed(cause) => {
                tracing::warn!(%address, %cause, left_out, "cannot connect to {address}");
            }
            Event::Ejected(time) => {
                let ms = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
                tracing::warn!(%address, ms, left_out, "calls to {address} fail in a row: it is ejected for {ms} ms");
            }
            Event::NotServing => {
                tracing::warn!(%address, left_out, "{address} says that it does not serve: calls go elsewhere");
            }
            Event::Serving => tracing::info!(%address, left_out, "{address} says that it serves again"),
            Event::Returned => tracing::info!(%address, left_out, "the ejection of {address} is over"),
        }
    }

    fn unresolved(&self, host: &str, cause: &str) {
        self.metrics.endpoint("unresolved");
        if let Some(left_out) = self.log.pass("endpoint", "unresolved") {
            tracing::warn!(host, cause, left_out, "cannot resolve {host}");
        }
    }
}
