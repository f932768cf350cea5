//! Values for the arguments of fields, made of their types.

use std::collections::BTreeMap;

use async_graphql_parser::types::{BaseType, Type};
use async_graphql_value::indexmap::IndexMap;
use async_graphql_value::{ConstValue, Name};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use operation::schema::{Argument, Kind, SchemaIndex};

/// Identifier of every object, as services know it.
const RAW: &str = "1";

/// Words by which an id of another kind is rejected, followed by the kind that is taken.
const OTHER_KIND: &str = "not the id of a ";

/// Values that are tried for a scalar of a team's own, in turn.
const OF_ANY_KIND: [&str; 6] =
    ["a-key-of-its-own", "FR", "EUR", "en", "2026-05-31T12:00:00Z", "https://pictures.example/1.jpg"];

/// Returns the client-side id of an object of a kind, such as `Product`.
#[must_use]
pub fn id_of(kind: &str, raw: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{kind}:{raw}"))
}

/// Makes values of arguments.
#[derive(Debug)]
pub(crate) struct Arguments<'a> {
    schema_index: &'a SchemaIndex,
    /// Kinds of objects that have an id.
    kinds: Vec<String>,
    /// The kinds of objects whose ids a place may take, by the path of the place, the one that is tried last.
    tried: BTreeMap<String, Vec<String>>,
}

impl<'a> Arguments<'a> {
    pub(crate) fn new(schema_index: &'a SchemaIndex) -> Self {
        let has_id = |fields: &BTreeMap<String, _>| fields.contains_key("id");
        let types = schema_index.types();
        let objects = types.iter().filter(|(name, _)| schema_index.kind(name) == Some(Kind::Object));
        let kinds = objects.filter(|(_, fields)| has_id(fields)).map(|(&name, _)| name.to_owned()).collect();
        Self { schema_index, kinds, tried: BTreeMap::new() }
    }

    /// Takes another kind of object for the ids of a place: the one that an error names, or the next. Returns false if all were
    /// tried.
    pub(crate) fn next_kind(&mut self, place: &str, told: &str) -> bool {
        let kinds = self.tried.entry(place.to_owned()).or_insert_with(|| self.kinds.clone());
        if let Some(kind) = told.strip_prefix(OTHER_KIND) {
            let is_new = kinds.first().is_none_or(|it| it != kind);
            *kinds = vec![kind.to_owned()];
            return is_new;
        }
        kinds.truncate(kinds.len().saturating_sub(1));
        !kinds.is_empty()
    }

    /// Returns the arguments of a field, as a document writes them: those that are given, by coordinate, and those that are
    /// required; empty if there are none. `coordinate` is that of the field, such as `Query.product`.
    pub(crate) fn of(
        &self,
        coordinate: &str,
        arguments: &BTreeMap<String, Argument>,
        given: &BTreeMap<String, String>,
    ) -> String {
        let written: Vec<_> = arguments
            .iter()
            .filter_map(|(name, it)| {
                let place = format!("{coordinate}({name}:)");
                let made = || is_required(it).then(|| self.value(&place, &it.ty).to_string());
                Some(format!("{name}: {}", given.get(&place).cloned().or_else(made)?))
            })
            .collect();
        if written.is_empty() { String::new() } else { format!("({})", written.join(", ")) }
    }

    /// Returns a value of a type for a place.
    pub(crate) fn value(&self, place: &str, ty: &Type) -> ConstValue {
        match &ty.base {
            BaseType::List(item) => ConstValue::List(vec![self.value(place, item)]),
            BaseType::Named(name) => self.named(place, name),
        }
    }

    fn named(&self, place: &str, name: &str) -> ConstValue {
        let text = |text: &str| ConstValue::String(text.to_owned());
        match name {
            "ID" => {
                let kind = self.tried.get(place).unwrap_or(&self.kinds).last();
                text(&kind.map_or_else(|| RAW.to_owned(), |kind| id_of(kind, RAW)))
            }
            "Int" => ConstValue::from(1),
            "Float" => ConstValue::from(1.0),
            "Boolean" => ConstValue::from(true),
            "String" => {
                let name = place.rsplit(['.', '(']).next().unwrap_or_default().to_lowercase();
                let of_kind = [("country", "FR"), ("currency", "EUR"), ("language", "en"), ("locale", "en")];
                text(of_kind.into_iter().find(|(kind, _)| name.contains(kind)).map_or("lamp", |(_, it)| it))
            }
            _ => self.declared(place, name),
        }
    }

    fn declared(&self, place: &str, name: &str) -> ConstValue {
        if let Some(values) = self.schema_index.values(name) {
            return values.first().map_or(ConstValue::Null, |value| ConstValue::Enum(Name::new(value)));
        }
        if let Some(fields) = self.schema_index.input(name) {
            let most = if self.schema_index.is_one_of(name) { 1 } else { usize::MAX };
            let given = fields.iter().filter(|(_, it)| most == 1 || is_required(it)).take(most);
            let fields =
                given.map(|(field, it)| (Name::new(field), self.value(&format!("{place}.{field}"), &it.ty)));
            return ConstValue::Object(fields.collect::<IndexMap<_, _>>());
        }
        let values = OF_ANY_KIND.iter().map(|it| ConstValue::String((*it).to_owned()));
        let values = values.chain([ConstValue::from(1)]);
        let mut taken = values.filter(|value| self.schema_index.scalars().takes(name, value));
        taken.next().unwrap_or(ConstValue::Null)
    }
}

/// Returns true for an argument that a request has to give.
fn is_required(argument: &Argument) -> bool {
    !argument.ty.nullable && argument.default.is_none()
}
