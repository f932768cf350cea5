//! A call, as the layers see it.

use bytes::Bytes;
use tokio::time::Instant;

use crate::{CallMetadata, Policy, Rpc};

/// A call, as the layers see it.
#[derive(Debug)]
pub(crate) struct Outgoing<'a> {
    pub(crate) rpc: Rpc,
    pub(crate) policy: Policy,
    /// Time by which the call must have ended.
    pub(crate) end: Instant,
    /// The request message, encoded.
    pub(crate) message: Bytes,
    pub(crate) metadata: &'a CallMetadata,
}
