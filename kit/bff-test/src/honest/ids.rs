//! A malformed id is an error that names its place, in every argument of a root field and in every field of its input, and no
//! service is called.

use async_graphql_parser::types::{BaseType, Type};
use async_graphql_value::indexmap::IndexMap;
use async_graphql_value::{ConstValue, Name};
use operation::schema::{Argument, SchemaIndex};
use serde_json::Value;

use super::Suite;
use crate::arguments::Arguments;

/// An id that is none.
const NONSENSE: &str = "nonsense";

/// A request with a malformed id, and the path of the id in the arguments.
struct Case {
    coordinate: String,
    query: String,
    path: String,
}

impl Suite<'_> {
    pub(super) async fn ids(&mut self) {
        let bff = self.bff.open();
        let schema_index = self.bff.preparer().schema_index;
        let mut arguments = Arguments::new(&schema_index);
        let mut at = 0;
        // Cases are made again once more is known of the other ids that a field takes.
        while let Some(Case { coordinate, query, path }) =
            cases(&schema_index, &arguments).into_iter().nth(at)
        {
            let answer = bff.query(&query).await;
            let violation = |part: &str| {
                let found = answer.body.pointer(&format!("/errors/0/extensions/violations/0/{part}"));
                found.and_then(Value::as_str).unwrap_or_default().to_owned()
            };
            let (named, told) = (violation("field"), violation("description"));
            let other = named.split_once('.').map_or("", |(_, rest)| rest);
            if named != path && arguments.next_kind(&format!("{coordinate}.{other}"), &told) {
                continue;
            }
            self.holds(named == path, || {
                format!("{coordinate} does not name `{path}` as a malformed id: {query}: {}", answer.text)
            });
            self.tried.ids += 1;
            at += 1;
        }
        for coordinate in untried(&schema_index) {
            self.problems
                .push(format!("{coordinate} takes an id, and is tried nowhere: write a test for it"));
        }
        let calls = bff.services().calls();
        self.holds(calls.is_empty(), || format!("malformed ids reach services: {calls:?}"));
    }
}

/// Returns the arguments below the roots that take an id.
fn untried(schema_index: &SchemaIndex) -> Vec<String> {
    let roots = [Some(schema_index.query()), schema_index.mutation()];
    let types = schema_index.types();
    let below = types.iter().filter(|(name, _)| !roots.contains(&Some(**name)));
    let fields = below.flat_map(|(name, fields)| fields.iter().map(move |(field, info)| (name, field, info)));
    fields
        .flat_map(|(name, field, info)| {
            let ids = info.arguments.iter().filter(|(_, it)| of_id(&it.ty).is_some());
            ids.map(move |(argument, _)| format!("{name}.{field}({argument}:)"))
        })
        .collect()
}

/// Returns a case for every argument of a root field, and every input field of one, that takes an id.
fn cases(schema_index: &SchemaIndex, arguments: &Arguments<'_>) -> Vec<Case> {
    let roots = [("query", Some(schema_index.query())), ("mutation", schema_index.mutation())];
    let mut cases = Vec::new();
    for (root, type_name) in roots.into_iter().filter_map(|(root, name)| Some((root, name?))) {
        for (field, info) in schema_index.fields(type_name).into_iter().flatten() {
            let below = if schema_index.fields(&info.type_name).is_some() { " { __typename }" } else { "" };
            for (name, argument) in &info.arguments {
                let place = format!("{type_name}.{field}({name}:)");
                for (literal, path) in nonsense(schema_index, arguments, &place, name, argument) {
                    let others =
                        info.arguments.iter().filter(|(other, it)| *other != name && !it.ty.nullable);
                    let others = others.filter(|(_, it)| it.default.is_none());
                    let others: Vec<_> = others
                        .map(|(other, it)| format!(", {other}: {}", arguments.value(&place, &it.ty)))
                        .collect();
                    let others = others.concat();
                    let query = format!("{root} {{ {field}({name}: {literal}{others}){below} }}");
                    cases.push(Case { coordinate: place.clone(), query, path });
                }
            }
        }
    }
    cases
}

/// Returns every value of an argument with one malformed id in it, with the path of the id.
fn nonsense(
    schema_index: &SchemaIndex,
    arguments: &Arguments<'_>,
    place: &str,
    name: &str,
    argument: &Argument,
) -> Vec<(ConstValue, String)> {
    if let Some((literal, end)) = of_id(&argument.ty) {
        return vec![(literal, format!("{name}{end}"))];
    }
    let BaseType::Named(input) = &argument.ty.base else { return Vec::new() };
    let fields = schema_index.input(input).into_iter().flatten();
    let ids = fields.filter_map(|(field, it)| Some((field, of_id(&it.ty)?)));
    ids.map(|(field, (literal, end))| {
        let is_one_of = schema_index.is_one_of(input);
        let mut value = match arguments.value(place, &argument.ty) {
            ConstValue::Object(fields) if !is_one_of => fields,
            _ => IndexMap::default(),
        };
        value.insert(Name::new(field), literal);
        (ConstValue::Object(value), format!("{name}.{field}{end}"))
    })
    .collect()
}

/// Returns a malformed value of a type of ids, with the rest of its path; `None` for any other type.
fn of_id(ty: &Type) -> Option<(ConstValue, &'static str)> {
    let id = || ConstValue::String(NONSENSE.to_owned());
    match &ty.base {
        BaseType::Named(name) => (name == "ID").then(|| (id(), "")),
        BaseType::List(item) => match &item.base {
            BaseType::Named(name) => (name == "ID").then(|| (ConstValue::List(vec![id()]), ".0")),
            BaseType::List(_) => None,
        },
    }
}
