//! A query that selects all of a type.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use operation::schema::{FieldInfo, SchemaIndex};

use super::rpcs::{MAX_DEPTH, calls_one_of};

/// Writes selections of all fields.
pub(super) struct Writer<'a> {
    pub(super) schema_index: &'a SchemaIndex,
    pub(super) variables: Vec<String>,
}

impl Writer<'_> {
    /// Selects all of a type, by the shortest path from the root.
    pub(super) fn path_to(&mut self, type_name: &str) -> String {
        let root = self.schema_index.query();
        let mut ways = vec![(root.to_owned(), Vec::<(String, String)>::new())];
        let mut seen = BTreeSet::from([root.to_owned()]);
        while !ways.is_empty() {
            let mut next = Vec::new();
            for (at, way) in ways {
                for (name, info) in self.schema_index.fields(&at).into_iter().flatten() {
                    let mut way = way.clone();
                    way.push((at.clone(), name.clone()));
                    if info.type_name == type_name {
                        return self.along(&way);
                    }
                    if seen.insert(info.type_name.clone()) {
                        next.push((info.type_name.clone(), way));
                    }
                }
            }
            ways = next;
        }
        "{ __typename }".to_owned()
    }

    fn along(&mut self, way: &[(String, String)]) -> String {
        let schema_index = self.schema_index;
        let Some(((at, name), rest)) = way.split_first() else { return String::new() };
        let Some(info) = schema_index.field(at, name) else { return String::new() };
        let below = match rest {
            [] => self.all(&info.type_name, &mut vec![info.type_name.clone()]),
            rest => self.along(rest),
        };
        format!("{{ {name}{} {below} }}", self.arguments(name, info))
    }

    /// Selects every field of a type except those that lead back to it.
    fn all(&mut self, type_name: &str, above: &mut Vec<String>) -> String {
        let schema_index = self.schema_index;
        let mut text = "{ __typename".to_owned();
        for (name, info) in schema_index.fields(type_name).into_iter().flatten() {
            let is_object = schema_index.fields(&info.type_name).is_some();
            if is_object && (above.contains(&info.type_name) || above.len() > MAX_DEPTH) {
                continue;
            }
            let _written = write!(text, " {name}{}", self.arguments(name, info));
            if is_object {
                above.push(info.type_name.clone());
                let below = self.all(&info.type_name, above);
                above.pop();
                let _written = write!(text, " {below}");
            }
        }
        text + " }"
    }

    /// Selects every root field that calls one of these RPCs, itself or below.
    pub(super) fn all_calling(&mut self, rpcs: &BTreeSet<String>) -> String {
        let schema_index = self.schema_index;
        let mut text = "{".to_owned();
        for (name, info) in schema_index.fields(schema_index.query()).into_iter().flatten() {
            if !calls_one_of(schema_index, info, rpcs, 0) {
                continue;
            }
            let _written = write!(text, " {name}{}", self.arguments(name, info));
            if schema_index.fields(&info.type_name).is_some() {
                let below = self.all(&info.type_name, &mut vec![info.type_name.clone()]);
                let _written = write!(text, " {below}");
            }
        }
        text + " __typename }"
    }

    /// Writes the required arguments of a field, each as a variable.
    fn arguments(&mut self, field: &str, info: &FieldInfo) -> String {
        let needed = info.arguments.iter().filter(|(_, it)| it.is_required());
        let mut given = Vec::new();
        for (name, argument) in needed {
            let variable = format!("{field}{}", self.variables.len());
            self.variables.push(format!("${variable}: {}", argument.ty));
            given.push(format!("{name}: ${variable}"));
        }
        if given.is_empty() { String::new() } else { format!("({})", given.join(", ")) }
    }
}
