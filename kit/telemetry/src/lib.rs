//! The state of a server as operators see it: health, readiness and metrics.
//!
//! A [`Health`] knows whether the server takes requests and how its services answered last; it observes their calls. Its
//! [`Metrics`] count what happens. [`METRICS`] lists them all, with their meaning.
//!
//! ```
//! use std::sync::Arc;
//!
//! use telemetry::{Health, Metrics};
//!
//! let health = Health::new(Arc::new(Metrics::new()), false);
//! health.metrics().request_bytes(120);
//! health.start(["shop.reviews.v1.ReviewService"].into_iter(), |_metrics| {});
//! assert!(health.metrics().text().contains("bff_request_bytes_total 120"));
//! ```
//!
//! Next: `docs/observability.md` for operators.

mod health;
mod metrics;

pub use health::{Admin, Health};
pub use metrics::list::{Kind, METRICS, Metric};
pub use metrics::{Metrics, OpenConnection, Reloaded, list};
