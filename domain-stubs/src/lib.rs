//! The gRPC services of the shop over an embedded `SQLite` store, for development and tests of
//! their clients.
//!
//! They implement the contracts in `proto/`. A test can also inject faults ([`Faults`]) and read
//! the log of calls ([`Calls`]), in process or, with [`Options::admin`], over
//! `shop.admin.v1.AdminService`; and it can set their time ([`Clock`]). This is not production
//! code: it has no TLS, and its key is public by default.
//!
//! ```
//! use domain_stubs::{Domain, Options, Services};
//! use proto::admin::Fault;
//! use tokio::net::TcpListener;
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // A shop in memory, seeded with products, customers and orders.
//! let domain = Domain::open(Options::default())?;
//!
//! // From now on the RPC fails with UNAVAILABLE, the status 14 of gRPC.
//! let rpc = "shop.reviews.v1.ReviewService/BatchGetRatings".to_owned();
//! domain.faults().set(Fault { rpc, error_code: 14, ..Fault::default() })?;
//!
//! // Serves all services on a free port until the future is ready: here, at once.
//! let listener = TcpListener::bind("127.0.0.1:0").await?;
//! domain.serve(listener, Services::all(), async {}).await?;
//!
//! assert_eq!(domain.faults().list().len(), 1);
//! assert!(domain.calls().list().is_empty(), "nobody called");
//! # Ok(())
//! # }
//! ```
//!
//! Next: [`Domain`] for the events of a shop that a test can cause, [`credential`] for the
//! credential that every call needs, [`provider`] for the sign-in of users, and [`import`] for a
//! catalogue of your own. Within the crate, each service is a module of its name over `store`,
//! products are read through the trait in `assortment`, and `guard` stands before every service.

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
pub mod provider;
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
pub use domain::{Domain, OpenError, Options, Seed};
pub use faults::Faults;
pub use notifications::Announcement;
pub use services::{Service, Services, UnknownService};
