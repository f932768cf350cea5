//! Writes the type of an RPC.

use prost_reflect::{Cardinality, FieldDescriptor, Kind, MessageDescriptor, MethodDescriptor};
use prost_types::MethodOptions;
use prost_types::method_options::IdempotencyLevel;
use rpc_shape::{self as shape, KeyedResult, Rules, entity};

use crate::{cut, idents, masks, page};

/// Returns the code for an RPC, for the module of its service. `no_side_effects` is true for one that has none, though its
/// contract does not say it.
pub(crate) fn code(method: &MethodDescriptor, rules: Rules, no_side_effects: bool) -> String {
    let package = method.parent_service().package_name().to_owned();
    let (request, response) = (method.input(), method.output());
    let name = idents::camel(method.name());
    let result = shape::keyed_result(&response).filter(|_| !method.is_client_streaming());
    let single = shape::only_message(&response);
    let loaded = result.as_ref().and_then(|it| shape::message_of(&it.value));
    let loaded = loaded.or_else(|| single.as_ref().map(|(_, message)| message.clone()));
    let (first, list) = first_path(method, &loaded.clone().unwrap_or_else(|| response.clone()));
    let max_keys = rules.max_keys.map_or("::core::option::Option::None".to_owned(), |most| {
        format!("::core::option::Option::Some({most})")
    });
    let mask = if shape::has_mask(&request) {
        masks::code(&loaded.clone().unwrap_or_else(|| response.clone()))
    } else {
        String::new()
    };
    let declared = no_side_effects.then_some(IdempotencyLevel::NoSideEffects);
    let mut code = format!(
        "/// `{full_name}`.
#[derive(Clone, Copy, Debug)]
pub struct {name};
impl ::rpc::Method for {name} {{
    type Request = {request_path};
    type Response = {response_path};
    const PATH: &'static str = {path:?};
    const IDEMPOTENCY: ::core::option::Option<::rpc::Idempotency> = {idempotency};
    const PUBLIC: bool = {public};
    const STREAMS: bool = {streams};
    const MAX_KEYS: ::core::option::Option<usize> = {max_keys};
    const LIST: &'static str = {list:?};
    const FIRST: &'static str = {first:?};
    const MASKED: bool = {masked};
    {mask}{entities}
}}
",
        full_name = method.full_name(),
        request_path = idents::message(&package, &request),
        response_path = idents::message(&package, &response),
        path = path(method),
        idempotency = idempotency_code(idempotency(method).or(declared)),
        public = rules.public,
        masked = shape::has_mask(&request),
        streams = method.is_client_streaming() || method.is_server_streaming(),
        entities = entities_of_keys(&request, result.as_ref()),
    );
    code += &match result {
        Some(result) => batch(&package, &name, method, &result),
        None => self::single(&package, &name, method, single.as_ref()) + &many(&package, &name, method),
    };
    code
}

/// Returns the full name of an RPC, such as `"shop.carts.v1.CartService/GetCart"`.
pub(crate) fn path(method: &MethodDescriptor) -> String {
    format!("{}/{}", method.parent_service().full_name(), method.name())
}

/// Returns the first path that a read mask can select from a value, and the list from whose items it selects; empty if it
/// selects from the value itself.
fn first_path(method: &MethodDescriptor, value: &MessageDescriptor) -> (String, String) {
    let list = shape::read_list(method, value);
    let name = list.as_ref().map(|(list, _)| idents::path(list)).unwrap_or_default();
    let message = list.map_or(value.clone(), |(_, item)| item);
    let first = shape::fields(&message).next();
    (first.map(|field| idents::path(&field)).unwrap_or_default(), name)
}

/// Returns the idempotency of an RPC, as its contract states it; `None` if it does not.
pub(crate) fn idempotency(method: &MethodDescriptor) -> Option<IdempotencyLevel> {
    let options = method.method_descriptor_proto().options.as_ref();
    options.filter(|it| it.idempotency_level.is_some()).map(MethodOptions::idempotency_level)
}

fn idempotency_code(level: Option<IdempotencyLevel>) -> &'static str {
    match level {
        Some(IdempotencyLevel::NoSideEffects) => {
            "::core::option::Option::Some(::rpc::Idempotency::NoSideEffects)"
        }
        Some(IdempotencyLevel::Idempotent) => "::core::option::Option::Some(::rpc::Idempotency::Idempotent)",
        Some(IdempotencyLevel::IdempotencyUnknown) => {
            "::core::option::Option::Some(::rpc::Idempotency::NonIdempotent)"
        }
        None => "::core::option::Option::None",
    }
}

/// Returns the function that names the entities which fields of the request, or of its keys, identify.
fn entities_of_keys(request: &MessageDescriptor, result: Option<&KeyedResult>) -> String {
    let keys = result.and_then(|result| shape::message_of(&result.key));
    let fields = request.fields().chain(keys.iter().flat_map(MessageDescriptor::fields));
    let arms: String = fields
        .filter_map(|field| {
            Some(format!("{:?} => ::core::option::Option::Some({:?}),\n", field.name(), entity(&field)?))
        })
        .collect();
    if arms.is_empty() {
        return String::new();
    }
    format!(
        "fn entity(field: &str) -> ::core::option::Option<&'static str> {{ match field {{ {arms} _ => ::core::option::Option::None }} }}\n"
    )
}

fn single(
    package: &str,
    name: &str,
    method: &MethodDescriptor,
    only: Option<&(FieldDescriptor, MessageDescriptor)>,
) -> String {
    let response = &method.output();
    let value = only.map_or(response, |(_, message)| message);
    let taken = match only {
        Some((field, _)) => format!("response.{}", idents::field(field)),
        None => "::core::option::Option::Some(response)".to_owned(),
    };
    let list = shape::read_list(method, value);
    format!(
        "impl ::rpc::Single for {name} {{
    type Value = {value_type};
    fn value(response: Self::Response) -> ::core::option::Option<Self::Value> {{ {taken} }}
    {entities}{cut}{skip}
}}
",
        value_type = idents::message(package, value),
        entities = entities_of_value(value),
        cut = cut::of_value(value, list.as_ref()),
        skip = page::skip(method),
    )
}

/// Returns the code for a method whose response is a list of values; nothing for any other.
fn many(package: &str, name: &str, method: &MethodDescriptor) -> String {
    let values =
        shape::many(method).filter(|_| !method.is_client_streaming() && !method.is_server_streaming());
    let Some((field, value)) = values.and_then(|(_, field)| shape::message_of(&field).map(|it| (field, it)))
    else {
        return String::new();
    };
    format!(
        "impl ::rpc::Many for {name} {{
    type Value = {value_type};
    const FIRST: &'static str = {first:?};
    fn values(response: Self::Response) -> ::std::vec::Vec<Self::Value> {{ response.{field} }}
    {entities}{cut}
}}
",
        value_type = idents::message(package, &value),
        first = shape::fields(&value).next().map(|field| idents::path(&field)).unwrap_or_default(),
        field = idents::field(&field),
        entities = entities_of_value(&value),
        cut = cut::of_value(&value, None),
    )
}

/// Returns the function that visits each entity of a value; nothing if it holds none.
fn entities_of_value(value: &MessageDescriptor) -> String {
    let visits = visits(value, "value", &mut Vec::new());
    if visits.is_empty() {
        return visits;
    }
    format!("fn entities(value: &Self::Value, visit: &mut dyn FnMut(&'static str, &str)) {{ {visits} }}\n")
}

/// Returns the statements that visit each entity below a message.
fn visits(message: &MessageDescriptor, at: &str, above: &mut Vec<MessageDescriptor>) -> String {
    if above.contains(message) {
        return String::new();
    }
    above.push(message.clone());
    let fields = shape::fields(message).filter(|field| !shape::is_choice(field));
    let statement = |field: FieldDescriptor| {
        let place = format!("{at}.{}", idents::field(&field));
        let item = format!("it{}", above.len());
        if let Some(kind) = entity(&field).filter(|_| field.kind() == Kind::String) {
            return if field.is_list() || is_optional(&field) {
                format!("for {item} in &{place} {{ visit({kind:?}, {item}); }}\n")
            } else {
                format!("visit({kind:?}, &{place});\n")
            };
        }
        let below =
            shape::message_of(&field).map(|message| visits(&message, &item, above)).unwrap_or_default();
        match (below.is_empty(), field.cardinality()) {
            (true, _) => below,
            (_, Cardinality::Required) => format!("{{ let {item} = &{place}; {below} }}\n"),
            _ => format!("for {item} in &{place} {{ {below} }}\n"),
        }
    };
    let code = fields.map(statement).collect();
    above.pop();
    code
}

/// Returns true for a field that is an `Option`.
fn is_optional(field: &FieldDescriptor) -> bool {
    field.supports_presence() && field.cardinality() != Cardinality::Required
}

fn batch(package: &str, name: &str, method: &MethodDescriptor, result: &KeyedResult) -> String {
    let KeyedResult { list, key, outcome, value, error, .. } = result;
    let key_type = match key.kind() {
        Kind::Message(message) => idents::message(package, &message),
        Kind::Bool => "bool".to_owned(),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 | Kind::Enum(_) => "i32".to_owned(),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => "i64".to_owned(),
        Kind::Uint32 | Kind::Fixed32 => "u32".to_owned(),
        Kind::Uint64 | Kind::Fixed64 => "u64".to_owned(),
        _ => "::prost::alloc::string::String".to_owned(),
    };
    let missing = if is_optional(key) { ".unwrap_or_default()" } else { "" };
    let Some((value_type, error_type)) = shape::message_of(value).zip(shape::message_of(error)) else {
        return String::new();
    };
    let part = |name: &str| match error_type.get_field_by_name(name) {
        Some(field) if name == "reason" && shape::is_plain(&field, &Kind::String) => "error.reason",
        Some(field) if name == "details" && field.is_list() && is_any(&field) => "error.details",
        _ => "::core::default::Default::default()",
    };
    format!(
        "impl ::rpc::Batch for {name} {{
    type Key = {key_type};
    type Value = {value_type};
    {entities}{cut}
    fn results(
        response: Self::Response,
    ) -> impl ::core::iter::Iterator<Item = (Self::Key, ::core::result::Result<Self::Value, ::rpc::KeyError>)> + ::core::marker::Send {{
        response.{list}.into_iter().map(|result| {{
            let outcome = match result.{outcome} {{
                ::core::option::Option::Some({oneof}::{item}(value)) => ::core::result::Result::Ok(value),
                ::core::option::Option::Some({oneof}::{error}(error)) => ::core::result::Result::Err(::rpc::KeyError {{
                    code: error.code,
                    message: error.message,
                    reason: {reason},
                    details: {details},
                }}),
                ::core::option::Option::None => ::core::result::Result::Err(::rpc::KeyError::no_outcome()),
            }};
            (result.{key}{missing}, outcome)
        }})
    }}
}}
",
        entities = entities_of_value(&value_type),
        cut = cut::of_value(&value_type, shape::read_list(method, &value_type).as_ref()),
        value_type = idents::message(package, &value_type),
        list = idents::field(list),
        outcome = idents::snake(outcome.name()),
        oneof = idents::oneof(package, outcome),
        item = idents::camel(value.name()),
        error = idents::camel(error.name()),
        key = idents::field(key),
        reason = part("reason"),
        details = part("details"),
    )
}

/// Returns true for a field that holds messages of any type.
fn is_any(field: &FieldDescriptor) -> bool {
    shape::message_of(field).is_some_and(|message| message.full_name() == "google.protobuf.Any")
}
