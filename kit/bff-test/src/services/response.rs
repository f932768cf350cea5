//! The response to a call, by the shape of its RPC.

use prost_reflect::prost::Message as _;
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MethodDescriptor, ReflectMessage as _, Value};
use rpc_shape::KeyedResult;

use super::call::{Call, key_field, list};
use super::message::{Maker, hash};
use super::{Services, USUAL_ITEMS};

/// Message of the errors of single keys.
const TOLD: &str = "as the test wants it";

/// Returns the response to a call. With `failing`, each key of a batch has an error of this gRPC status.
pub(super) fn of(
    services: &Services,
    method: &MethodDescriptor,
    call: &Call,
    failing: Option<i32>,
) -> DynamicMessage {
    let state = &services.0;
    let sizes = Sizes {
        items: services.switches().items,
        most: state.most.get(&call.rpc).map(|most| state.read.min(*most)),
    };
    let principal = if state.public.contains(&call.rpc) { String::new() } else { call.identity() };
    let seed = hash(&[&call.rpc, &principal]);
    let of_request = hash(&[&seed.to_string(), &format!("{:?}", without_mask(&call.request))]);
    let maker = |request: Option<&DynamicMessage>| Maker {
        values: &state.values,
        list: sizes.of(request.and_then(asked)),
        inner: sizes.items.unwrap_or(USUAL_ITEMS).min(USUAL_ITEMS).min(state.read),
    };
    let by_key = rpc_shape::keyed_result(&method.output()).zip(key_field(method));
    let mut response = if let Some((result, keys)) = by_key {
        batch(&maker, method, &result, &list(&call.request, &keys), seed, failing)
    } else if let Some((keys, values)) = services.values_of_keys(method) {
        let mut response = DynamicMessage::new(method.output());
        let given = list(&call.request, &keys);
        let held = state.batches.get(&call.rpc).map(Vec::as_slice).unwrap_or_default();
        let made =
            given.iter().filter_map(|key| one_of_many(&maker(None), (&keys, held), &values, key, seed));
        response.set_field(&values, Value::List(made.map(Value::Message).collect()));
        response
    } else {
        let mut response = maker(Some(&call.request)).message(&method.output(), of_request);
        echo(&mut response, &scalars(&call.request), true);
        response
    };
    if let Some(mask) = &call.mask {
        masked(services, &mut response, method, mask);
    }
    response
}

/// Sizes of the lists of a response.
struct Sizes {
    /// Items of each list; `None` for the usual number.
    items: Option<usize>,
    /// Upper bound on the lists of the RPC.
    most: Option<usize>,
}

impl Sizes {
    /// Returns the items of a list of which so many are asked for.
    fn of(&self, asked: Option<usize>) -> usize {
        match (self.items, asked) {
            (Some(items), Some(asked)) => items.min(asked),
            (None, Some(asked)) => asked,
            (items, None) => items.unwrap_or(USUAL_ITEMS).min(self.most.unwrap_or(USUAL_ITEMS)),
        }
    }
}

/// Returns the items that a request, or a key of one, asks for; `None` if it leaves that to the service.
fn asked(request: &DynamicMessage) -> Option<usize> {
    let size =
        ["page_size", "limit"].into_iter().find_map(|name| request.get_field_by_name(name)?.as_i32())?;
    usize::try_from(size).ok().filter(|size| *size > 0)
}

fn batch<'a>(
    maker: &impl Fn(Option<&DynamicMessage>) -> Maker<'a>,
    method: &MethodDescriptor,
    result: &KeyedResult,
    keys: &[Value],
    seed: u64,
    failing: Option<i32>,
) -> DynamicMessage {
    let mut response = DynamicMessage::new(method.output());
    let Kind::Message(row) = result.list.kind() else { return response };
    let rows = keys.iter().map(|key| {
        let mut made = DynamicMessage::new(row.clone());
        made.set_field(&result.key, key.clone());
        let (field, content) = match failing {
            Some(code) => (&result.error, error(&result.error, code)),
            None => (&result.value, value(&maker(key.as_message()), result, key, seed)),
        };
        if let Some(content) = content {
            made.set_field(field, Value::Message(content));
        }
        Value::Message(made)
    });
    let rows = rows.collect();
    response.set_field(&result.list, Value::List(rows));
    response
}

fn value(maker: &Maker<'_>, result: &KeyedResult, key: &Value, seed: u64) -> Option<DynamicMessage> {
    let message = rpc_shape::message_of(&result.value)?;
    let mut value = maker.message(&message, hash(&[&seed.to_string(), &format!("{key:?}")]));
    let given = match key {
        Value::Message(key) => scalars(key),
        key => [result.key.name(), "id"].map(|name| Given::of(name, result.key.kind(), key)).into(),
    };
    echo(&mut value, &given, true);
    Some(value)
}

/// Returns the value of one key, for an RPC without results by key. One of the fields `held`, or that of its name, holds it.
fn one_of_many(
    maker: &Maker<'_>,
    (keys, held): (&FieldDescriptor, &[String]),
    values: &FieldDescriptor,
    key: &Value,
    seed: u64,
) -> Option<DynamicMessage> {
    let message = rpc_shape::message_of(values)?;
    let mut value = maker.message(&message, hash(&[&seed.to_string(), &format!("{key:?}")]));
    let own_name = keys.name().strip_suffix('s').unwrap_or(keys.name());
    let names = held.iter().map(String::as_str).chain([own_name, "id"]);
    let given: Vec<_> = names.map(|name| Given::of(name, keys.kind(), key)).collect();
    echo(&mut value, &given, true);
    Some(value)
}

fn error(field: &FieldDescriptor, code: i32) -> Option<DynamicMessage> {
    let mut error = DynamicMessage::new(rpc_shape::message_of(field)?);
    error.set_field_by_name("code", Value::I32(code));
    error.set_field_by_name("message", Value::String(TOLD.to_owned()));
    Some(error)
}

/// Returns the encoded request without its read mask, on which the values do not depend.
fn without_mask(request: &DynamicMessage) -> Vec<u8> {
    let mut request = request.clone();
    request.clear_field_by_name("read_mask");
    request.encode_to_vec()
}

/// A value of a request.
struct Given {
    name: String,
    kind: Kind,
    value: Value,
}

impl Given {
    fn of(name: &str, kind: Kind, value: &Value) -> Self {
        Self { name: name.to_owned(), kind, value: value.clone() }
    }
}

/// Returns the plain fields of a request that are set.
fn scalars(request: &DynamicMessage) -> Vec<Given> {
    let set = request.fields().filter(|(field, _)| !field.is_list() && !field.is_map());
    set.filter(|(field, _)| !matches!(field.kind(), Kind::Message(_)))
        .map(|(field, value)| Given {
            name: field.name().to_owned(),
            kind: field.kind(),
            value: value.clone(),
        })
        .collect()
}

/// Writes what the request says of an object into the object: its id and all that has the same name and type. Items of lists
/// keep their ids.
fn echo(message: &mut DynamicMessage, given: &[Given], is_object: bool) {
    let descriptor = message.descriptor();
    for Given { name, kind, value } in given.iter().filter(|it| is_object || it.name != "id") {
        if let Some(field) = descriptor.get_field_by_name(name)
            && !field.is_list()
            && field.kind() == *kind
        {
            message.set_field(&field, value.clone());
        }
    }
    for field in descriptor.fields().filter(|field| rpc_shape::message_of(field).is_some()) {
        if !message.has_field(&field) {
            continue;
        }
        match message.get_field_mut(&field) {
            Value::Message(inner) if is_object => echo(inner, given, true),
            Value::List(items) => {
                items.iter_mut().filter_map(Value::as_message_mut).for_each(|item| echo(item, given, false));
            }
            _ => {}
        }
    }
}

/// Cuts a response to its read mask: its values, or the items of its list.
fn masked(services: &Services, response: &mut DynamicMessage, method: &MethodDescriptor, mask: &[String]) {
    if let Some((_, values)) = services.values_of_keys(method) {
        messages(response, &values).for_each(|value| keep(value, mask));
        return;
    }
    if let Some(result) = rpc_shape::keyed_result(&method.output()) {
        for row in messages(response, &result.list) {
            for value in messages(row, &result.value) {
                loaded(value, mask);
            }
        }
        return;
    }
    if let Some((field, _)) = rpc_shape::only_message(&method.output()) {
        messages(response, &field).for_each(|value| loaded(value, mask));
    } else if let Some((list, _)) = rpc_shape::read_list(method, &method.output()) {
        messages(response, &list).for_each(|item| keep(item, mask));
    } else {
        keep(response, mask);
    }
}

/// Cuts a value to its mask, or the items of a page.
fn loaded(value: &mut DynamicMessage, mask: &[String]) {
    match rpc_shape::page(&value.descriptor()) {
        Some((list, _)) => messages(value, &list).for_each(|item| keep(item, mask)),
        None => keep(value, mask),
    }
}

/// Returns the messages of a field, be it a list or not.
fn messages<'a>(
    message: &'a mut DynamicMessage,
    field: &FieldDescriptor,
) -> impl Iterator<Item = &'a mut DynamicMessage> {
    let value = message.has_field(field).then(|| message.get_field_mut(field));
    let (one, many) = match value {
        Some(Value::Message(inner)) => (Some(inner), None),
        Some(Value::List(items)) => (None, Some(items.iter_mut().filter_map(Value::as_message_mut))),
        _ => (None, None),
    };
    one.into_iter().chain(many.into_iter().flatten())
}

/// Keeps the paths of a mask, and nothing else.
fn keep(message: &mut DynamicMessage, mask: &[String]) {
    for field in message.descriptor().fields() {
        let below: Vec<_> = mask
            .iter()
            .filter_map(|path| path.strip_prefix(field.name()))
            .filter_map(|rest| if rest.is_empty() { Some("") } else { rest.strip_prefix('.') })
            .map(str::to_owned)
            .collect();
        if below.is_empty() {
            message.clear_field(&field);
        } else if !below.iter().any(String::is_empty) {
            messages(message, &field).for_each(|inner| keep(inner, &below));
        }
    }
}
