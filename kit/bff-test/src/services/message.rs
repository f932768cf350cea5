//! Made-up messages.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor, Value};
use serde_json::Value as Json;

/// Messages within messages, at most: a message may hold itself.
const MAX_DEPTH: usize = 6;

/// Time of every timestamp, give or take some hours, in seconds since 1970.
const TIME_S: i64 = 1_780_000_000;

/// Makes up messages.
pub(super) struct Maker<'a> {
    /// Values of fields, by full name.
    pub(super) values: &'a BTreeMap<String, Json>,
    /// Items of the lists of a response, and of those of a value in it.
    pub(super) list: usize,
    /// Items of the lists below.
    pub(super) inner: usize,
}

/// Returns a number that depends on these texts alone.
pub(super) fn hash(parts: &[&str]) -> u64 {
    let mut hasher = DefaultHasher::new();
    parts.hash(&mut hasher);
    hasher.finish()
}

/// Facts on which the value of a field depends.
#[derive(Clone, Copy)]
struct Around {
    seed: u64,
    depth: usize,
    /// Index of the item, or of the item that it is a part of.
    index: usize,
    /// True within an item of a list.
    is_listed: bool,
}

impl Maker<'_> {
    /// Returns a message with every field set; of each choice, one.
    pub(super) fn message(&self, descriptor: &MessageDescriptor, seed: u64) -> DynamicMessage {
        let message = Around { seed, depth: 0, index: 0, is_listed: false };
        self.within(descriptor, message)
    }

    fn within(&self, descriptor: &MessageDescriptor, around: Around) -> DynamicMessage {
        let Around { seed, index, .. } = around;
        let mut message = DynamicMessage::new(descriptor.clone());
        match descriptor.full_name() {
            "google.protobuf.Timestamp" => {
                message.set_field_by_name("seconds", Value::I64(TIME_S + small(seed, 10_000)));
                return message;
            }
            "google.protobuf.Duration" => {
                message.set_field_by_name("seconds", Value::I64(small(seed, 600)));
                return message;
            }
            name if name.starts_with("google.protobuf.") && !name.ends_with("Value") => return message,
            _ => {}
        }
        for field in descriptor.fields() {
            let seed = hash(&[&seed.to_string(), field.name()]);
            if field.containing_oneof().is_some_and(|of| !of.is_synthetic() && !is_chosen(&field, &of, index))
            {
                continue;
            }
            if let Some(value) = self.value(&field, Around { seed, ..around }) {
                message.set_field(&field, value);
            }
        }
        message
    }

    /// Returns the value of a field; `None` to leave it out.
    fn value(&self, field: &FieldDescriptor, around: Around) -> Option<Value> {
        let Around { seed, depth, is_listed, .. } = around;
        if let Some(said) = self.values.get(field.full_name()) {
            return said_value(field, said);
        }
        let recursive = matches!(field.kind(), Kind::Message(_)) && depth >= MAX_DEPTH;
        if recursive {
            return None;
        }
        if field.is_map() {
            let Kind::Message(entry) = field.kind() else { return None };
            let (key, value) = (entry.map_entry_key_field(), entry.map_entry_value_field());
            let key = match key.kind() {
                Kind::String => MapKey::String("key".to_owned()),
                _ => return None,
            };
            let value = self.single(&value, around)?;
            return Some(Value::Map(HashMap::from([(key, value)])));
        }
        if field.is_list() {
            // The list of a response, or of the one value in it.
            let items = if depth == 0 || depth == 1 && !is_listed { self.list } else { self.inner };
            let item = |index: usize| {
                let seed = hash(&[&seed.to_string(), &index.to_string()]);
                self.single(field, Around { seed, index, is_listed: true, ..around })
            };
            return Some(Value::List((0..items).filter_map(item).collect()));
        }
        self.single(field, around)
    }

    fn single(&self, field: &FieldDescriptor, around: Around) -> Option<Value> {
        let Around { seed, depth, index, .. } = around;
        Some(match field.kind() {
            Kind::Message(message) => {
                Value::Message(self.within(&message, Around { depth: depth + 1, ..around }))
            }
            Kind::Enum(of) => {
                let values: Vec<_> = of.values().map(|value| value.number()).filter(|it| *it != 0).collect();
                let at = usize::try_from(small(seed, 1 << 20)).unwrap_or_default();
                Value::EnumNumber(*values.get(at.checked_rem(values.len())?)?)
            }
            Kind::String => Value::String(text(field, seed, index)),
            Kind::Bytes => Value::Bytes(seed.to_be_bytes().to_vec().into()),
            Kind::Bool => Value::Bool(true),
            Kind::Double => Value::F64(1.0 + f64::from(i32::try_from(small(seed, 4)).unwrap_or_default())),
            Kind::Float => Value::F32(1.5),
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => {
                Value::I32(i32::try_from(number(field, seed)).unwrap_or(1))
            }
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Value::I64(number(field, seed)),
            Kind::Uint32 | Kind::Fixed32 => Value::U32(u32::try_from(number(field, seed)).unwrap_or(1)),
            Kind::Uint64 | Kind::Fixed64 => Value::U64(u64::try_from(number(field, seed)).unwrap_or(1)),
        })
    }
}

/// Returns true for the field of a choice that is made: another one for each item of a list.
fn is_chosen(field: &FieldDescriptor, of: &prost_reflect::OneofDescriptor, index: usize) -> bool {
    let mut fields: Vec<_> = of.fields().collect();
    fields.sort_by_key(FieldDescriptor::number);
    fields.get(index % fields.len().max(1)).is_some_and(|chosen| chosen.number() == field.number())
}

/// Returns a number from 1 to `most` that depends on the seed.
fn small(seed: u64, most: i64) -> i64 {
    i64::try_from(seed % 0x7fff_ffff).unwrap_or_default() % most + 1
}

/// Returns a number: the parts of a second or of an amount of money are none.
fn number(field: &FieldDescriptor, seed: u64) -> i64 {
    if field.name() == "nanos" { 0 } else { small(seed, 40) }
}

/// Returns a text of the kind that the name of its field speaks of.
fn text(field: &FieldDescriptor, seed: u64, index: usize) -> String {
    let name = field.name();
    let number = seed % 10_000;
    match name {
        "next_page_token" => "more".to_owned(),
        "currency" | "currency_code" => "EUR".to_owned(),
        "country" | "country_code" | "region_code" => "FR".to_owned(),
        "language" | "language_code" | "locale" => "en".to_owned(),
        "email" | "email_address" => format!("somebody-{number}@mail.example"),
        _ if name.ends_with("url") || name.ends_with("uri") => {
            format!("https://pictures.example/{number}.jpg")
        }
        // Unlike any other of the list.
        _ => format!("{}-{number}-{index}", name.replace('_', "-")),
    }
}

/// Returns the value that a test gives a field, in the form of JSON; `None` for null, and for one that it cannot hold.
pub(super) fn said_value(field: &FieldDescriptor, said: &Json) -> Option<Value> {
    if field.is_map() {
        return None;
    }
    if field.is_list() {
        let items: Option<Vec<_>> = said.as_array()?.iter().map(|item| said_single(field, item)).collect();
        return items.map(Value::List);
    }
    said_single(field, said)
}

fn said_single(field: &FieldDescriptor, said: &Json) -> Option<Value> {
    Some(match field.kind() {
        Kind::String => Value::String(said.as_str()?.to_owned()),
        Kind::Bool => Value::Bool(said.as_bool()?),
        Kind::Double => Value::F64(said.as_f64()?),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Value::I32(i32::try_from(said.as_i64()?).ok()?),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Value::I64(said.as_i64()?),
        Kind::Uint32 | Kind::Fixed32 => Value::U32(u32::try_from(said.as_u64()?).ok()?),
        Kind::Uint64 | Kind::Fixed64 => Value::U64(said.as_u64()?),
        Kind::Enum(of) => Value::EnumNumber(of.get_value_by_name(said.as_str()?)?.number()),
        Kind::Message(of) => {
            let mut message = DynamicMessage::new(of.clone());
            for (name, value) in said.as_object()? {
                let field = of.get_field_by_name(name)?;
                if !value.is_null() {
                    message.set_field(&field, said_value(&field, value)?);
                }
            }
            Value::Message(message)
        }
        Kind::Float => Value::F32(said.to_string().parse().ok()?),
        Kind::Bytes => Value::Bytes(said.as_str()?.as_bytes().to_vec().into()),
    })
}
