//! The domain services of the shop over an embedded store, for development and tests.
//!
//! They do what the contracts in `proto/` say, and besides that can be broken on purpose ([`Faults`]) and tell what
//! they were asked ([`Calls`]), in process and, where [`Options::admin`] wants it, over `shop.admin.v1.AdminService`.

mod admin;
mod analytics;
mod assortment;
mod batch;
mod calls;
mod carts;
mod catalog;
mod clock;
mod contracts;
pub mod credential;
mod currency;
mod domain;
mod faults;
mod guard;
mod hash;
mod idempotency;
pub mod import;
mod inventory;
mod mask;
mod money;
mod notifications;
mod orders;
mod page;
mod payments;
mod pricing;
mod recommendations;
mod refusal;
mod reviews;
mod seed;
mod server;
mod services;
mod shipping;
mod store;
mod stored;
mod synthetic;
mod telemetry;
mod users;

pub use calls::Calls;
pub use clock::Clock;
pub use domain::{Domain, OpenError, Options};
pub use faults::Faults;
pub use notifications::Announcement;
pub use services::{Service, Services, UnknownService};
