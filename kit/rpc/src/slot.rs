//! Slots: the planned calls of a request.

use std::sync::Arc;
use std::time::Duration;

use crate::Mask;

/// One planned call of a request: it loads the keys of one fetch that become known together.
///
/// Keys of one fetch that come from different producers have a slot each, so that a slow producer never holds up a
/// fast one.
#[derive(Clone, Debug)]
pub struct Slot {
    /// Read mask of the call; `None` to read everything.
    pub mask: Option<Mask>,
    /// Maximum number of keys, over all calls of the slot.
    pub max_keys: usize,
    /// Maximum number of calls. A batch with more keys than the RPC takes is sent in several calls.
    pub max_calls: usize,
    /// Time by which the calls must have ended, from the start of the request; `None` for the request's deadline.
    pub until: Option<Duration>,
    /// True if the request can do without the responses.
    pub optional: bool,
    /// Slots whose responses make more keys of this slot known: this slot waits for those of them that are under way,
    /// so that all of its keys travel together. Empty for a slot with one producer.
    pub joins: Arc<[usize]>,
}

impl Default for Slot {
    /// Creates a slot without a mask and without any bound.
    fn default() -> Self {
        Self {
            mask: None,
            max_keys: usize::MAX,
            max_calls: usize::MAX,
            until: None,
            optional: false,
            joins: Arc::default(),
        }
    }
}
