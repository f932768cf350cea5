//! Rate limits: units that keys may use, in this process and with the other replicas.
//!
//! A [`Quota`] gives each key units that come back with time. A [`Limiter`] charges the cost of a request to a
//! [`QuotaKey`]: an API key, a user, a session or an address. Its [`Decision`] admits the request or not, and has the
//! figures that headers tell. The algorithm is GCRA: a burst is exact, and after it the units come back one by one.
//!
//! Each replica counts for itself; [`Limiter::sharing`] has all of them count together. The number of keys is bounded,
//! and past it fresh keys share buckets, so that no flood of keys takes the memory or lifts the limit.
//!
//! ```
//! use std::time::Duration;
//!
//! use quota::{KeyKind, Limiter, Quota, QuotaKey};
//!
//! let quota = Quota::new("devices", 6_000, Duration::from_mins(1))?.with_burst(100)?;
//! let limiter = Limiter::new(quota);
//! let device = QuotaKey::new(KeyKind::ApiKey, b"key-1");
//!
//! let admitted = limiter.charge_here(device, 80);
//! assert!(admitted.is_admitted());
//! assert_eq!(limiter.quota().policy_header(), "\"devices\";q=6000;w=60");
//! assert_eq!(admitted.limit_header(limiter.quota()), "\"devices\";r=20;t=1");
//!
//! let exhausted = limiter.charge_here(device, 80);
//! assert!(exhausted.retry_after().is_some_and(|after| after <= Duration::from_millis(600)));
//! # Ok::<(), quota::QuotaError>(())
//! ```
//!
//! Next: `slots.rs` bounds the keys, `outage.rs` and `shared.rs` are the rules while the shared store is away.

mod access;
mod clock;
mod decision;
mod headers;
mod key;
mod limiter;
mod local;
mod outage;
mod quota;
mod shard;
mod shared;
mod slots;

pub use access::Access;
pub use decision::{Decision, Rejection};
pub use headers::{RATE_LIMIT, RATE_LIMIT_POLICY};
pub use key::{KeyKind, QuotaKey};
pub use limiter::Limiter;
pub use quota::{Quota, QuotaError};
