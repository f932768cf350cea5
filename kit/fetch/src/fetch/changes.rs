//! The stream by which a service tells which values of a fetch have changed.

use std::fmt;

use bytes::Bytes;
use prost::{DecodeError, Message};

use crate::{Mask, Rpc, Single};

/// The stream by which a service tells which values of a fetch have changed, from the moment it is opened.
///
/// Values that are kept count as old once their key arrives, and all of them when the stream is opened, since nobody
/// knows what it has missed. Without the stream, values are as old as the policy of the fetch permits.
pub struct Changes<F> {
    pub(crate) rpc: Rpc,
    pub(crate) request: Bytes,
    pub(crate) key: Box<Decode<F>>,
}

/// Returns the key of the value that a message is about, if it is about one.
type Decode<F> = dyn Fn(Bytes) -> Result<Option<F>, DecodeError> + Send + Sync;

impl<F> Changes<F> {
    /// Creates the stream of a method, with values whose keys `key` returns. It reads these paths of them alone.
    #[must_use]
    pub fn of<M: Single>(
        reads: &[&'static str],
        key: impl Fn(M::Value) -> F + Send + Sync + 'static,
    ) -> Self {
        let mut request = M::Request::default();
        M::set_mask(&mut request, Some(reads.iter().collect::<Mask>().to_message()));
        let rpc = const { Rpc::of_stream::<M>() };
        Self::by(rpc, &request, move |response| M::value(response).map(&key))
    }

    /// Creates the stream of an RPC that answers with many messages. `key` returns the key of the value that a message
    /// is about; `None` if it is about none.
    pub fn by<Q: Message, A: Message + Default>(
        rpc: Rpc,
        request: &Q,
        key: impl Fn(A) -> Option<F> + Send + Sync + 'static,
    ) -> Self {
        let key = move |message| A::decode(message).map(&key);
        Self { rpc, request: request.encode_to_vec().into(), key: Box::new(key) }
    }
}

impl<F> fmt::Debug for Changes<F> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Changes").field("rpc", &self.rpc).finish_non_exhaustive()
    }
}
