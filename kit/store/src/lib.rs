//! Small state that outlives a request and that the replicas of a server share.
//!
//! A [`Store`] keeps bytes under a key for a time. What several replicas may do at once is atomic: [`Store::insert`]
//! writes only where nothing is, [`Store::replace`] and [`Store::remove`] only what they expect to find.
//! [`MemoryStore`] serves one replica; [`RedisStore`] serves all that name the same server. [`Buckets`] keep units that
//! come back with time, such as those of a rate limit that replicas share.
//!
//! ```
//! use std::time::Duration;
//!
//! use store::{MemoryStore, Store};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), store::StoreError> {
//! let store = MemoryStore::new(1024 * 1024);
//! let minute = Duration::from_mins(1);
//! assert_eq!(store.insert("order-1", b"claimed".as_slice().into(), minute).await?, None);
//!
//! let there = store.insert("order-1", b"claimed again".as_slice().into(), minute).await?;
//! assert_eq!(there.as_deref(), Some(&b"claimed"[..]), "somebody was first");
//!
//! assert!(store.replace("order-1", b"claimed", b"done".as_slice().into(), minute).await?);
//! assert_eq!(store.get("order-1").await?.as_deref(), Some(&b"done"[..]));
//! # Ok(())
//! # }
//! ```
//!
//! Next: the tests of `tests/contract` say what holds for every store.

mod buckets;
mod error;
mod memory;
mod redis_store;

use std::fmt::Debug;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;

pub use buckets::{Buckets, Rate, Taken};
pub use error::StoreError;
pub use memory::MemoryStore;
pub use redis_store::RedisStore;

/// Future of an operation on a store.
pub type Stored<'a, T> = BoxFuture<'a, Result<T, StoreError>>;

/// Keeps bytes under keys, each for a time. A store may forget a value before its time, when its room is used up.
pub trait Store: Debug + Send + Sync {
    /// Returns the value under a key; `None` if there is none.
    fn get<'a>(&'a self, key: &'a str) -> Stored<'a, Option<Bytes>>;

    /// Writes a value for this time if there is none under the key. Returns the value that is there otherwise.
    fn insert<'a>(&'a self, key: &'a str, value: Bytes, keep: Duration) -> Stored<'a, Option<Bytes>>;

    /// Writes a value for this time if the value under the key is `expected`. Returns false if it is another, or none.
    fn replace<'a>(
        &'a self,
        key: &'a str,
        expected: &'a [u8],
        value: Bytes,
        keep: Duration,
    ) -> Stored<'a, bool>;

    /// Removes the value under the key if it is `expected`. Returns false if it is another, or none.
    fn remove<'a>(&'a self, key: &'a str, expected: &'a [u8]) -> Stored<'a, bool>;
}
