//! The trait every question to a service implements.

mod batch;
mod call;

use std::fmt::Debug;
use std::future::Future;
use std::hash::Hash;

use crate::{Rpc, Tags};

pub use batch::BatchResult;
pub use call::{Call, CallContext, Observed, ObservedCall};

/// A question to a service, such as "the newest three reviews of this product".
///
/// The value is the key of a batch. Keys are ordered so that a batch is sent in the same order every time.
pub trait Fetch: Clone + Debug + Eq + Hash + Ord + Send + Sync + 'static {
    /// The RPC that answers it.
    const RPC: Rpc;

    /// Keys one call may ask, as the RPC documents it. A larger batch becomes several calls at once.
    const MAX_KEYS: usize;

    /// Field of the request that holds the keys, such as `"product_ids"`; empty where the request as a whole is the
    /// one key that a call may ask.
    const KEYS: &'static str = "";

    /// Paths of the answered message that [`batch`](Self::batch) itself reads, such as the key to match by.
    /// They are part of every read mask, which so is never empty.
    const READS: &'static [&'static str];

    /// Fields of the request that go by another name with whoever asks, such as `("page_token", "after")`: what a
    /// service says of one is told of the other.
    const ALIASES: &'static [(&'static str, &'static str)] = &[];

    /// What one key is answered with.
    type Value: Clone + Send + Sync + 'static;

    /// Asks the RPC once for all keys, at most [`MAX_KEYS`](Self::MAX_KEYS), and answers each of them.
    fn batch(keys: Vec<Self>, call: Call<'_>) -> impl Future<Output = BatchResult<Self>> + Send;

    /// Notes what an answer to this question is about, beside the service it came from: entities by kind and id,
    /// the same ones whichever question found them. None of an answer was found where there is none. Called only
    /// where somebody may keep what comes of it.
    fn tag(&self, _answer: Option<&Self::Value>, _tags: &Tags) {}

    /// The name of the type, as plans and policies show it.
    #[must_use]
    fn name() -> &'static str {
        short_name(std::any::type_name::<Self>())
    }
}

/// A question whose key is itself part of the answer, such as a product by its id.
///
/// What needs no more of the answer than the key can be asked beside it, instead of behind it.
pub trait Keyed: Fetch {
    /// Paths of the answered message that the key holds. None where the answer is found by who asks.
    const KEY: &'static [&'static str];

    /// The answer as far as the key holds it. All else is empty.
    fn known(&self) -> Self::Value;
}

/// The last segment of a type's path.
pub(crate) fn short_name(path: &'static str) -> &'static str {
    path.rsplit("::").next().unwrap_or(path)
}
