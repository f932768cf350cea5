//! Typed, batched access to the services of this shop: one file a service, one type a question.
//!
//! It knows no client and no GraphQL. What a question is answered with are the messages of the contracts, with
//! the fields that the read mask asked for.

pub mod analytics;
pub mod carts;
pub mod catalog;
pub mod inventory;
pub mod money;
pub mod notifications;
pub mod orders;
pub mod payments;
pub mod pricing;
pub mod recommendations;
pub mod reviews;
pub mod shipping;
pub mod telemetry;
pub mod users;

mod key_error;

use fetch::Reasons;

/// Reasons by which the services speak of who acts.
pub const REASONS: Reasons = Reasons { nobody_acts: &["DEVICE_REQUIRED", "USER_REQUIRED"], may_not: &[] };

/// What pages call the fields of a request for one.
const PAGE_ALIASES: &[(&str, &str)] = &[("page_size", "first"), ("page_token", "after")];
