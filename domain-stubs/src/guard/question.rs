//! The request message of a call, read before the handler sees it, for its length, its keys and its mask.

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use prost_reflect::{DynamicMessage, Kind, MessageDescriptor, ReflectMessage as _, Value};
use proto::admin::Call;
use tonic::{Code, body::Body};

use crate::{contracts, refusal::Refusal};

/// Bytes of the header before each message: the flag for compression, and the length.
pub(super) const FRAME_HEADER_BYTES: usize = 5;

/// Longest request message in bytes, the default of gRPC.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// A request message.
pub(super) struct Question {
    /// The message with its frame header.
    body: Bytes,
    message: Option<DynamicMessage>,
}

impl Question {
    /// Reads the one message of a request.
    pub(super) async fn read(rpc: &str, body: Body) -> Result<Self, Refusal> {
        let body = Limited::new(body, MAX_BYTES + FRAME_HEADER_BYTES).collect().await.map_err(|error| {
            if error.is::<LengthLimitError>() {
                Refusal::new(Code::OutOfRange, "REQUEST_TOO_LARGE", "the request is longer than 4 MiB")
            } else {
                Refusal::new(Code::Cancelled, "REQUEST_INCOMPLETE", "the request message is incomplete")
            }
        })?;
        let body = body.to_bytes();
        // A message that cannot be read here is left for the handler to reject.
        let message = contracts::rpc(rpc)
            .zip(body.get(FRAME_HEADER_BYTES..))
            .and_then(|(rpc, message)| DynamicMessage::decode(rpc.input(), message).ok());
        Ok(Self { body, message })
    }

    /// Enters length, keys and mask into the call log.
    pub(super) fn note(&self, call: &mut Call) {
        let bytes = self.body.len().saturating_sub(FRAME_HEADER_BYTES);
        call.request_bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        if let Some(message) = &self.message {
            call.keys = keys(message);
            call.mask_paths = mask_paths(message);
        }
    }

    /// The body, for the handler.
    pub(super) fn into_body(self) -> Body {
        Body::new(Full::new(self.body))
    }
}

/// The keys of a request: by convention its first field when that is a list, of identifiers or of queries whose own
/// first field is the identifier.
fn keys(message: &DynamicMessage) -> Vec<String> {
    let Some(field) = first_field(&message.descriptor()).filter(prost_reflect::FieldDescriptor::is_list)
    else {
        return Vec::new();
    };
    let list = message.get_field(&field);
    let keys = list.as_list().unwrap_or_default().iter();
    match field.kind() {
        Kind::Message(query) => {
            let Some(id) = first_field(&query) else { return Vec::new() };
            let id_of = |query: &Value| text(&query.as_message()?.get_field(&id));
            keys.filter_map(id_of).collect()
        }
        _ => keys.filter_map(text).collect(),
    }
}

fn mask_paths(message: &DynamicMessage) -> Vec<String> {
    let mask = message.get_field_by_name("read_mask");
    let paths = mask.as_ref().and_then(|mask| mask.as_message()?.get_field_by_name("paths"));
    let paths = paths.as_ref().and_then(|paths| paths.as_list()).unwrap_or_default();
    paths.iter().filter_map(text).collect()
}

fn first_field(message: &MessageDescriptor) -> Option<prost_reflect::FieldDescriptor> {
    message.get_field(1)
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}
