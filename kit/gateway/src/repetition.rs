//! The identity of a mutation that may be sent again: its idempotency key, and what it wants.

use async_graphql::Variables;
use operation::{Prepared, document_hash};
use resolver::{Actor, Principal};

use crate::request::{BadKey, GraphqlRequest};

/// A mutation under an idempotency key.
#[derive(Debug)]
pub(crate) struct Repetition {
    /// Name of the key in the store. It is a hash, so that the store holds no name of a user.
    pub(crate) name: String,
    /// Hash of the operation and its variables.
    pub(crate) fingerprint: [u8; 32],
    /// True if the keys are in the input, so that services have them too.
    pub(crate) is_in_input: bool,
}

impl Repetition {
    /// Returns the identity of a request with a key in its header or, for each root field, in its input; `None` if it has
    /// no key, changes nothing, or is sent by nobody, whose keys would be everybody's, or by a visitor, of whom this server keeps nothing. Fails if the header holds none.
    ///
    /// A key in the input belongs to its service as well, which declines another request under it in the payload, as
    /// the schema says. So such a request is another one here, while that under a header's key is rejected.
    pub(crate) fn of(
        client: &str,
        request: &GraphqlRequest,
        operation: &Prepared,
        variables: &Variables,
        principal: &Principal,
    ) -> Result<Option<Self>, BadKey> {
        let id = match principal.actor() {
            _ if operation.is_query() => return Ok(None),
            Actor::Anonymous | Actor::Visitor(_) => return Ok(None),
            Actor::User(id) | Actor::Device(id) => id,
        };
        let in_header =
            request.idempotency_key.as_ref().map(|key| key.as_ref().map_err(|bad| *bad)).transpose()?;
        let in_input = operation.idempotency_keys(variables);
        let fingerprint = operation.fingerprint(variables);
        let key = match (in_header, &in_input) {
            (Some(key), _) => format!("header {key}"),
            (None, Some(keys)) => format!("input {keys:?} {fingerprint:?}"),
            (None, None) => return Ok(None),
        };
        let fields: Vec<_> = operation.root_fields().collect();
        let all = format!("{client} {} {id:?} {fields:?} {key}", principal.kind());
        let name = format!("bff:once:{}", document_hash(&all));
        Ok(Some(Self { name, fingerprint, is_in_input: in_input.is_some() }))
    }
}
