//! Connections of clients, from their first byte to their last.
//!
//! A [`Door`] admits a connection within its [`Limits`] and serves an axum router on it, by HTTP/1.1 or HTTP/2, over TLS or
//! not. It bounds connections, requests and unread bytes, ends what makes no progress, rejects framing that two programs
//! could read in two ways, and leaves no answer half sent when the server stops. An [`Observer`] is told of everything.
//!
//! ```
//! use std::any::Any;
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! use connections::{Bound, Closed, Door, Limits, Malformed, Observer, Phase, Timers};
//! use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
//!
//! struct Silent;
//!
//! impl Observer for Silent {
//!     fn opened(&self) -> Box<dyn Any + Send> {
//!         Box::new(())
//!     }
//!     fn turned_away(&self, _bound: Bound) {}
//!     fn closed(&self, _closed: Closed) {}
//!     fn malformed(&self, _malformed: Malformed, _status: hyper::StatusCode) {}
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> std::io::Result<()> {
//! let second = Duration::from_secs(1);
//! let limits = Limits {
//!     timers: Timers { header: second, idle: second, write: second },
//!     connections: 10,
//!     connections_per_address: 10,
//!     requests: 10,
//!     requests_per_address: 10,
//!     unread_bytes: 1024 * 1024,
//!     head_bytes: 64 * 1024,
//!     trusted: Vec::new(),
//! };
//! let routes = axum::Router::new().route("/", axum::routing::get(async || "hello"));
//! let (_phase, phases) = tokio::sync::watch::channel(Phase::Serving);
//! let door = Door::new(limits, routes, None, Arc::new(Silent), phases);
//!
//! let (mut client, server) = tokio::io::duplex(1024);
//! let mut connections = tokio::task::JoinSet::new();
//! door.open(server, None, &mut connections);
//! client.write_all(b"GET / HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n").await?;
//! let mut answer = String::new();
//! client.read_to_string(&mut answer).await?;
//! assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("hello"));
//! # Ok(())
//! # }
//! ```
//!
//! Next: [`Limits`] for the bounds; `kit/bff-kit/src/server.rs` puts a door in front of a BFF.

mod activity;
mod bounds;
mod connection;
mod door;
mod framing;
mod observer;
mod peer;
mod socket;
mod unread;

pub use activity::Timers;
pub use connection::Phase;
pub use door::{Acceptor, Door, Limits};
pub use observer::{Closed, Malformed, Observer};
pub use peer::{BodyBytes, Bound, Peer};
pub use unread::Unread;
