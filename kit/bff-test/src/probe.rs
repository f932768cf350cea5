//! A query for every field of a schema, so that a field added later is tested without further work.

use std::collections::BTreeMap;

use operation::schema::{FieldInfo, SchemaIndex};
use serde_json::Value;

use crate::arguments::Arguments;
use crate::bff::{Bff, Opened};

/// A query that selects one field and the fields on the way to it.
#[derive(Clone, Debug)]
pub struct Probe {
    /// The field, such as `Product.name`.
    pub coordinate: String,
    /// The query.
    pub query: String,
    /// True if an object on the way is loaded by one of several calls, depending on its type.
    pub is_choice: bool,
}

/// The way to a type: fields, and each as a document selects it.
type Way = Vec<(String, String)>;

impl Bff {
    /// Returns a probe for every field that can be reached from the query root, each by the shortest way, and the problems of
    /// those for which no arguments were found.
    pub async fn probes(&self) -> (Vec<Probe>, Vec<String>) {
        let schema_index = self.preparer().schema_index;
        let bff = self.open();
        let mut arguments = Arguments::new(&schema_index);
        let root = schema_index.query().to_owned();
        let mut ways = BTreeMap::from([(root.clone(), Way::new())]);
        let (mut next, mut probes, mut problems) = (vec![root], Vec::new(), Vec::new());
        while !next.is_empty() {
            for type_name in std::mem::take(&mut next) {
                let way = ways.get(&type_name).cloned().unwrap_or_default();
                for (field, info) in schema_index.fields(&type_name).into_iter().flatten() {
                    let coordinate = format!("{type_name}.{field}");
                    let tried =
                        self.tried(&bff, &schema_index, &mut arguments, (&coordinate, &way, field, info));
                    let here = match tried.await {
                        Ok(here) => here,
                        Err(problem) => {
                            problems.push(problem);
                            continue;
                        }
                    };
                    probes.push(probe(&schema_index, coordinate, &here, info));
                    if schema_index.fields(&info.type_name).is_some() && !ways.contains_key(&info.type_name) {
                        ways.insert(info.type_name.clone(), here);
                        next.push(info.type_name.clone());
                    }
                }
            }
        }
        (probes, problems)
    }

    /// Returns the way to a field, with arguments that the field takes: ids are tried until one is of the right kind.
    async fn tried(
        &self,
        bff: &Opened,
        schema_index: &SchemaIndex,
        arguments: &mut Arguments<'_>,
        (coordinate, way, field, info): (&str, &Way, &str, &FieldInfo),
    ) -> Result<Way, String> {
        loop {
            let written = arguments.of(coordinate, &info.arguments, &self.arguments);
            let mut here = way.clone();
            here.push((field.to_owned(), format!("{field}{written}")));
            if written.is_empty() {
                return Ok(here);
            }
            let answer = bff.query(&written_query(schema_index, &here, info)).await;
            let text = |at: &str| answer.body.pointer(at).and_then(Value::as_str);
            let place = text("/errors/0/extensions/violations/0/field");
            let told = text("/errors/0/extensions/violations/0/description").unwrap_or_default();
            let is_taken = answer.body.get("data").is_some()
                && text("/errors/0/extensions/code") != Some("BAD_USER_INPUT");
            // An id of an object that some call loads tells more than one of an object that is there anyway.
            let is_choice = info.steps.iter().any(|step| step.on.is_some());
            let is_idle = is_choice && bff.services().calls().is_empty();
            bff.services().forget_calls();
            if is_taken && !is_idle {
                return Ok(here);
            }
            let place = match place {
                Some(place) => of_type(place),
                None => info.arguments.keys().next().cloned().unwrap_or_default(),
            };
            let (name, rest) = place.split_at(place.find('.').unwrap_or(place.len()));
            if !arguments.next_kind(&format!("{coordinate}({name}:){rest}"), told) {
                let problem = "takes no such arguments; give some with `Bff::with_argument`";
                return Err(format!("{coordinate}{written} {problem}: {}", answer.text));
            }
        }
    }
}

/// Returns the path of a place in the arguments without indices of lists.
fn of_type(place: &str) -> String {
    place.split('.').filter(|it| it.parse::<usize>().is_err()).collect::<Vec<_>>().join(".")
}

fn written_query(schema_index: &SchemaIndex, way: &Way, info: &FieldInfo) -> String {
    let leaf = if schema_index.fields(&info.type_name).is_some() { " { __typename }" } else { "" };
    let opening: Vec<_> = way.iter().map(|(_, selection)| format!("{{ {selection}")).collect();
    format!("{}{leaf}{}", opening.join(" "), " }".repeat(way.len()))
}

fn probe(schema_index: &SchemaIndex, coordinate: String, way: &Way, info: &FieldInfo) -> Probe {
    Probe { coordinate, query: written_query(schema_index, way, info), is_choice: chooses(schema_index, way) }
}

/// Returns true if a field on the way has a call for each type of object.
fn chooses(schema_index: &SchemaIndex, way: &Way) -> bool {
    let mut type_name = schema_index.query().to_owned();
    way.iter().any(|(field, _)| {
        let Some(info) = schema_index.field(&type_name, field) else { return false };
        type_name.clone_from(&info.type_name);
        info.steps.iter().any(|step| step.on.is_some())
    })
}
