//! The trait that every fetch from a service implements.

mod batch;
mod call;
mod changes;
mod derived;
mod fetched;

use std::fmt::Debug;
use std::future::Future;
use std::hash::Hash;

use crate::{Rpc, Tags};

pub use batch::BatchResult;
pub use call::{Call, CallContext, KeptFresh, Observed, ObservedCall};
pub use changes::Changes;
pub use fetched::{Fetched, Stale};

/// A fetch from a service, such as "the newest three reviews of this product".
///
/// The value is a key of a batch. Keys are ordered so that a batch is sent in the same order every time.
///
/// [`derive@crate::Fetch`] implements the trait from the contract of an RPC.
pub trait Fetch: Clone + Debug + Eq + Hash + Ord + Send + Sync + 'static {
    /// Name of the fetch, as plans and policies show it: the name of the type. It is unique among the calls of a BFF.
    const NAME: &'static str;

    /// The RPC that loads the keys.
    const RPC: Rpc;

    /// Maximum number of keys in one call, as the RPC documents it. A larger batch becomes several concurrent calls.
    const MAX_KEYS: usize;

    /// Maximum number of calls at a time for one request, where a batch has more keys than one call takes. All of them end
    /// within the timeout of one.
    const AT_ONCE: usize = 16;

    /// Field of the request that holds the keys, such as `"product_ids"`; empty if the request as a whole is the only
    /// key of a call.
    const KEYS: &'static str = "";

    /// True if the principal identifies the value, or a part of its key.
    const MINE: bool = false;

    /// List of the value from whose items a read mask selects; empty if it selects from the value itself.
    const LIST: &'static str = "";

    /// True if requests have a read mask. Responses without one hold all that the service knows.
    const MASKED: bool = true;

    /// Paths of the loaded message that [`batch`](Self::batch) itself reads, such as the key to match by.
    /// They are part of every read mask, which is therefore never empty.
    const READS: &'static [&'static str];

    /// Fields of the request that have another name for the client, such as `("page_token", "after")`: a field
    /// violation of the first is reported as one of the second.
    const ALIASES: &'static [(&'static str, &'static str)] = &[];

    /// The value loaded for one key.
    type Value: Clone + Send + Sync + 'static;

    /// Calls the RPC once for all keys, at most [`MAX_KEYS`](Self::MAX_KEYS), and returns a result for each of them,
    /// in their order: [`BatchResult`] is made of the same keys.
    fn batch(keys: &[Self], call: Call<'_>) -> impl Future<Output = BatchResult<Self>> + Send;

    /// Adds tags for the entities that a loaded value is about, by kind and id, beside the tag of its service. An
    /// entity has the same tag whichever fetch found it. The value is `None` if none was loaded for the key. Called
    /// only if the answer to the client may be cached.
    fn tag(&self, _answer: Option<&Self::Value>, _tags: &Tags) {}

    /// Returns the stream by which the service tells which values have changed; `None` if it has none. It is opened only
    /// where the policy of the fetch says [`watched`](crate::Policy::watched), and must be an RPC of the same service.
    #[must_use]
    fn changes() -> Option<Changes<Self>> {
        None
    }
}

/// Checks what a derived fetch says of its RPC, when it is compiled.
///
/// # Panics
/// The fetch contradicts its contract or itself. Constants fail to compile then.
pub const fn check<F: Fetch>() {
    let is_public = F::RPC.is_public();
    assert!(
        !(F::MINE && is_public),
        "a response that is the same for everybody is nobody's: drop `mine`, or `public`"
    );
    assert!(
        F::MAX_KEYS > 0 && F::AT_ONCE > 0,
        "a call takes one key at least, and one call is made at least"
    );
}

/// A fetch whose key is itself part of the loaded value, such as a product by its id.
///
/// A fetch that needs only the key of the value can run beside this fetch instead of after it.
pub trait Keyed: Fetch {
    /// Paths of the loaded message that the key holds; empty if the value is found by the principal alone.
    const KEY: &'static [&'static str];

    /// Returns the value as far as the key holds it. All other fields are empty.
    fn known(&self) -> Self::Value;
}
