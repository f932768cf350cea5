//! Descriptions of RPCs and of planned calls, as far as they are known before any call is made.
//!
//! These are plain types: the crates that plan calls (`operation`) and make calls (`fetch`) both build on them, and so does
//! the code that `rpc-build` writes from contracts.
//!
//! ```
//! use rpc::{Policies, Policy, Rpc};
//!
//! const RATINGS: Rpc = Rpc::read("shop.reviews.v1.ReviewService/BatchGetRatings");
//!
//! let policies = Policies::new().row("RatingOf", RATINGS, Policy::within_ms(300).fresh_s(60));
//! assert_eq!(policies.services().collect::<Vec<_>>(), ["shop.reviews.v1.ReviewService"]);
//! ```

mod brownout;
mod key;
mod mask;
mod method;
mod policy;
mod rpc;
mod slot;

pub use brownout::Brownout;
pub use key::{Encoded, EntityIds, FromField, Plain, ToField};
pub use mask::{Cut, Mask, Selected, renamed};
pub use method::{Batch, KeyError, Many, Method, PageMessage, PageRequest, PageTokens, Single, max_keys};
pub use policy::{Policies, Policy};
pub use rpc::{Idempotency, ReadReason, Reasons, Rpc};
pub use slot::Slot;
