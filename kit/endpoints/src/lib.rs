//! HTTP/2 connections to the replicas of a service, for calls that come and go.
//!
//! [`Endpoints`] are the addresses of one service: given, or resolved from host names again and again. Each call
//! reserves a [`Stream`] at one of them: of two at random, the one with fewer calls under way. [`Stream::send`] says of
//! a request that failed if the service can have seen it, so that the caller knows what may be sent again.
//!
//! Endpoints whose calls fail in a row are ejected for a while, and those that say they do not serve are avoided. A connection that says GOAWAY, is old, or on which
//! calls time out while no byte arrives, is replaced before it costs more calls. Calls that are given up are reset only
//! so fast as stock servers accept.
//!
//! ```
//! use std::sync::Arc;
//!
//! use endpoints::{Endpoints, Settings, Target, Tcp};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let address = "http://reviews.shop.internal:50051".parse()?;
//! let target = Target::new(address, || Err("plain text needs no TLS"))?;
//! let reviews = Endpoints::new(&[target], Settings::default(), Arc::new(Tcp), Arc::new(()));
//! # Ok(())
//! # }
//! ```
//!
//! Next: [`Settings`] for times and bounds, [`Network`] for a network of your own, [`Observer`] for what happens.
//! Within the crate, `endpoints` selects an endpoint, `endpoint` opens its connections, `connection` counts the streams
//! of one, `outlier` ejects, and `health` asks for the health of an endpoint. Streams that last, such as those by which a
//! service tells of changes, have [`Lasting`] connections of their own.

mod address;
mod backoff;
mod connection;
mod endpoint;
mod endpoints;
mod group;
mod health;
mod lasting;
mod network;
mod observer;
mod outcome;
mod outlier;
mod resets;
mod resolution;
mod settings;
mod stream;
mod target;
mod tls;

pub use address::{Address, BadAddress};
pub use backoff::Backoff;
pub use endpoints::{ConnectError, Endpoints};
pub use lasting::Lasting;
pub use network::{Io, Network, NetworkFuture, Tcp};
pub use observer::{Event, Observer};
pub use outcome::Outcome;
pub use settings::Settings;
pub use stream::{Report, ResponseBody, SendError, Stream};
pub use target::Target;
pub use tls::{Identity, Tls};
