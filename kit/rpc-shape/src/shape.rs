//! The shapes of messages by which methods are told apart.

use prost_reflect::{
    Cardinality, FieldDescriptor, Kind, MessageDescriptor, MethodDescriptor, OneofDescriptor,
};

/// The result for one key of a batch.
#[derive(Clone, Debug)]
pub struct KeyedResult {
    /// The list of results in the response.
    pub list: FieldDescriptor,
    /// The field that holds the key.
    pub key: FieldDescriptor,
    /// The choice between value and error.
    pub outcome: OneofDescriptor,
    /// The value.
    pub value: FieldDescriptor,
    /// The error.
    pub error: FieldDescriptor,
}

/// Returns the message of a field; `None` for a field of another kind.
#[must_use]
pub fn message_of(field: &FieldDescriptor) -> Option<MessageDescriptor> {
    match field.kind() {
        Kind::Message(message) if !field.is_map() => Some(message),
        _ => None,
    }
}

/// Returns true for a plain field of this kind: no list, and never absent.
#[must_use]
pub fn is_plain(field: &FieldDescriptor, kind: &Kind) -> bool {
    field.kind() == *kind && !field.is_list() && !field.supports_presence()
}

/// Returns true if a message has a plain field of this name and kind.
fn has_plain(message: &MessageDescriptor, name: &str, kind: &Kind) -> bool {
    message.get_field_by_name(name).is_some_and(|field| is_plain(&field, kind))
}

/// Returns true if a message has a list of this name and kind.
#[must_use]
pub fn has_list(message: &MessageDescriptor, name: &str, kind: &Kind) -> bool {
    message.get_field_by_name(name).is_some_and(|field| field.is_list() && field.kind() == *kind)
}

/// Returns true for a field in a `oneof` that the contract names: not one that `optional` stands for.
#[must_use]
pub fn is_choice(field: &FieldDescriptor) -> bool {
    field.containing_oneof().is_some_and(|of| !of.is_synthetic())
}

/// Returns the fields of a message in the order of the contract.
pub fn fields(message: &MessageDescriptor) -> impl Iterator<Item = FieldDescriptor> {
    let mut fields: Vec<_> = message.fields().collect();
    fields.sort_by_key(FieldDescriptor::number);
    fields.into_iter()
}

/// Returns the only list of messages of a message; `None` if it has several or none.
#[must_use]
pub fn only_list(message: &MessageDescriptor) -> Option<(FieldDescriptor, MessageDescriptor)> {
    let mut lists = message.fields().filter(FieldDescriptor::is_list).filter_map(|field| {
        let item = message_of(&field)?;
        Some((field, item))
    });
    lists.next().filter(|_| lists.next().is_none())
}

/// Returns the list of a page: the only list of messages beside a token of the next page.
#[must_use]
pub fn page(message: &MessageDescriptor) -> Option<(FieldDescriptor, MessageDescriptor)> {
    let has_token = has_plain(message, "next_page_token", &Kind::String);
    only_list(message).filter(|_| has_token)
}

/// Returns the result by key of a response; `None` if the response has none.
#[must_use]
pub fn keyed_result(response: &MessageDescriptor) -> Option<KeyedResult> {
    let (list, message) = only_list(response).filter(|_| response.fields().len() == 1)?;
    let mut outcomes = message.oneofs().filter(|of| !of.is_synthetic());
    let outcome = outcomes.next().filter(|_| outcomes.next().is_none())?;
    let mut keys = message.fields().filter(|field| !is_choice(field));
    let key = keys.next().filter(|key| keys.next().is_none() && !key.is_list() && !key.is_map())?;
    if matches!(key.kind(), Kind::Bytes | Kind::Double | Kind::Float) {
        return None;
    }
    let choices: Vec<_> = outcome.fields().collect();
    let [one, other] = choices.as_slice() else { return None };
    let is_error = |field: &FieldDescriptor| {
        let has = |message| {
            has_plain(&message, "code", &Kind::Int32) && has_plain(&message, "message", &Kind::String)
        };
        message_of(field).is_some_and(has)
    };
    let (value, error) = match (is_error(one), is_error(other)) {
        (false, true) => (one, other),
        (true, false) => (other, one),
        _ => return None,
    };
    message_of(value)?;
    let (value, error) = (value.clone(), error.clone());
    Some(KeyedResult { list, key, outcome, value, error })
}

/// Returns the only field of a response, if it is a message.
#[must_use]
pub fn only_message(response: &MessageDescriptor) -> Option<(FieldDescriptor, MessageDescriptor)> {
    let mut fields = response.fields();
    let field = fields.next().filter(|_| fields.next().is_none())?;
    let is_optional = field.cardinality() == Cardinality::Optional && !is_choice(&field);
    // A message within itself is boxed.
    let message = message_of(&field).filter(|message| is_optional && message != response)?;
    Some((field, message))
}

/// Returns the list from whose items a read mask selects, for a value of this method: that of a page, or of a response that is no
/// more than a list. `None` if the mask selects from the value itself.
#[must_use]
pub fn read_list(
    method: &MethodDescriptor,
    value: &MessageDescriptor,
) -> Option<(FieldDescriptor, MessageDescriptor)> {
    let is_masked = has_mask(&method.input());
    let is_wrapper = value.fields().len() == 1 || is_masked && value.name().ends_with("Response");
    if *value == method.output() && is_wrapper { only_list(value) } else { page(value) }
}

/// Returns what a response without results by key loads: its only message, or else itself.
#[must_use]
pub fn single(method: &MethodDescriptor) -> MessageDescriptor {
    let response = method.output();
    only_message(&response).map_or(response, |(_, message)| message)
}

/// Returns true if a message asks for a page of a list, be it a request or a key of one.
#[must_use]
pub fn asks_for_page(message: &MessageDescriptor) -> bool {
    has_plain(message, "page_size", &Kind::Int32) && has_plain(message, "page_token", &Kind::String)
}

/// Returns true if a message that asks for a page can say how many items to skip.
#[must_use]
pub fn can_skip(message: &MessageDescriptor) -> bool {
    has_plain(message, "skip", &Kind::Int32)
}

/// Returns the keys of a request and the values of the response, for an RPC that takes one list of keys and responds with one
/// list of messages, without results by key: in the order of the keys, or with the key in each.
#[must_use]
pub fn many(method: &MethodDescriptor) -> Option<(FieldDescriptor, FieldDescriptor)> {
    let (request, response) = (method.input(), method.output());
    let (values, _) = only_list(&response).filter(|_| keyed_result(&response).is_none())?;
    let mut lists = request.fields().filter(|field| field.is_list() && message_of(field).is_none());
    let keys = lists.next().filter(|_| lists.next().is_none())?;
    Some((keys, values))
}

/// Returns true if a request has a read mask.
#[must_use]
pub fn has_mask(request: &MessageDescriptor) -> bool {
    let mask = request.get_field_by_name("read_mask").and_then(|field| message_of(&field));
    mask.is_some_and(|message| message.full_name() == "google.protobuf.FieldMask")
}
