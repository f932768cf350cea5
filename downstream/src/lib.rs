//! Typed, batched access to the services of this shop: one file per service, one type per fetch or command.
//!
//! The crate knows no client and no GraphQL. A fetch loads the messages of the contracts, with the fields that its
//! read mask selects.

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

/// Reasons by which the services report an error that is about the principal.
pub const REASONS: Reasons = Reasons { nobody_acts: &["DEVICE_REQUIRED", "USER_REQUIRED"], may_not: &[] };

/// Names that clients use for the page fields of a request.
const PAGE_ALIASES: &[(&str, &str)] = &[("page_size", "first"), ("page_token", "after")];
