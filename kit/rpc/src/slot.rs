//! One planned call.

use std::sync::Arc;
use std::time::Duration;

use crate::Mask;

/// One planned call of a request: the questions of one type whose keys become known together.
///
/// Questions of one type that stand behind different producers have a slot each, so that a slow producer never
/// holds up a fast one.
#[derive(Clone, Debug)]
pub struct Slot {
    /// What is read of the answers; none for all of it.
    pub mask: Option<Mask>,
    /// Keys that may be asked, all together.
    pub max_keys: usize,
    /// Calls that may be made. A batch of more keys than the RPC takes is several.
    pub max_calls: usize,
    /// When its calls must have ended, counted from the start of the request; none for the request's deadline.
    pub until: Option<Duration>,
    /// Whether the request can do without the answers.
    pub optional: bool,
    /// Slots whose answers make more of its keys known: it waits for those that are being asked, so that all of
    /// its keys travel together. Empty for a slot that has one producer.
    pub joins: Arc<[usize]>,
}

impl Default for Slot {
    /// A slot that is bound to nothing.
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
