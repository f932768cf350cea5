//! A malformed id is an error that names its place, wherever an id is taken, and no service is called.

use async_graphql_parser::types::{BaseType, Type};
use async_graphql_value::{ConstValue, Name};
use operation::schema::{Argument, SchemaIndex};

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
        for Case { coordinate, query, path } in cases(&self.bff.preparer().schema_index) {
            let answer = bff.query(&query).await;
            let errors = answer.body["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
            let told = errors.iter().filter(|it| it["extensions"]["code"] == "BAD_USER_INPUT");
            let mut places = told
                .filter_map(|error| error["extensions"]["violations"].as_array())
                .flatten()
                .filter_map(|violation| violation["field"].as_str());
            let is_named = places.any(|place| place == path);
            self.holds(is_named, || {
                format!("{coordinate} does not name `{path}` as a malformed id: {query}: {}", answer.text)
            });
            self.tried.ids += 1;
        }
        let calls = bff.services().calls();
        self.holds(calls.is_empty(), || format!("malformed ids reach services: {calls:?}"));
    }
}

/// Returns a case for every argument of a root field, and every input field of one, that takes an id.
fn cases(schema_index: &SchemaIndex) -> Vec<Case> {
    let arguments = Arguments::new(schema_index);
    let roots = [("query", Some(schema_index.query())), ("mutation", schema_index.mutation())];
    let mut cases = Vec::new();
    for (root, type_name) in roots.into_iter().filter_map(|(root, name)| Some((root, name?))) {
        for (field, info) in schema_index.fields(type_name).into_iter().flatten() {
            let below = if schema_index.fields(&info.type_name).is_some() { " { __typename }" } else { "" };
            for (name, argument) in &info.arguments {
                let place = format!("{type_name}.{field}({name}:)");
                for (literal, path) in nonsense(schema_index, &arguments, &place, name, argument) {
                    let others =
                        info.arguments.iter().filter(|(other, it)| *other != name && !it.ty.nullable);
                    let others = others.filter(|(_, it)| it.default.is_none());
                    let others: String = others
                        .map(|(other, it)| format!(", {other}: {}", arguments.value(&place, &it.ty)))
                        .collect();
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
            _ => Default::default(),
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
