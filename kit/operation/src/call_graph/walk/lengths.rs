//! Lengths of lists: what bounds them, and the argument that asks for fewer.

use async_graphql_parser::types::{BaseType, Field};
use async_graphql_value::Value;

use super::{Cursor, Walk};
use crate::schema::FieldInfo;

/// Items of a list that says nothing of its length.
const UNBOUND: u64 = 1_000;

/// How long a list is.
#[derive(Clone, Copy)]
pub(super) struct Length<'a> {
    /// Items at most.
    pub(super) most: u64,
    /// The variable that says how many, where one does.
    pub(super) variable: Option<&'a str>,
    /// Items when the variable is left out.
    pub(super) unsaid: u64,
}

impl<'a> Walk<'a> {
    /// How long the list of a field is.
    pub(super) fn list(
        &self,
        info: &'a FieldInfo,
        field: &'a Field,
        place: Cursor<'a>,
    ) -> Option<Length<'a>> {
        if !matches!(info.ty.base, BaseType::List(_)) {
            return None;
        }
        let (bounds, arguments) = match place.lists {
            Some((bounds, parent)) if bounds.of.iter().any(|name| *name == field.name.node.as_str()) => {
                (bounds, parent)
            }
            _ => (&info.bounds, field),
        };
        let most = bounds.items.map_or(UNBOUND, u64::from);
        let always =
            |length: u64| Length { most: length.min(most), variable: None, unsaid: length.min(most) };
        let Some(by) = bounds.by.as_deref().and_then(|by| by.strip_prefix("argument.")) else {
            return Some(always(most));
        };
        let default = || {
            let default = place.lists.filter(|(it, _)| std::ptr::eq(*it, bounds));
            let default = match default {
                Some(_) => self.default_of(place.node, by),
                None => info.arguments.get(by).and_then(|it| it.default.clone()),
            };
            match default {
                Some(async_graphql_value::ConstValue::Number(number)) => number.as_u64().unwrap_or(most),
                _ => most,
            }
        };
        Some(match wanted(arguments, by) {
            Some(Value::Number(number)) => always(number.as_u64().unwrap_or(most)),
            Some(Value::List(list)) => always(list.len() as u64),
            Some(Value::Variable(variable)) => {
                Length { most, variable: Some(variable.as_str()), unsaid: default().min(most) }
            }
            Some(_) => always(most),
            None => always(default()),
        })
    }

    /// What an argument of a selected field is when it is left out.
    fn default_of(&self, node: usize, argument: &str) -> Option<async_graphql_value::ConstValue> {
        self.nodes[node].fields.first()?.info.arguments.get(argument)?.default.clone()
    }
}

/// The value of an argument, such as `first` or `input.readings`; none where it is left out.
fn wanted<'a>(field: &'a Field, path: &str) -> Option<&'a Value> {
    let mut segments = path.split('.');
    let first = segments.next()?;
    let mut value =
        field.arguments.iter().find(|(name, _)| name.node == first).map(|(_, value)| &value.node)?;
    for segment in segments {
        match value {
            Value::Object(object) => value = object.get(segment)?,
            _ => return Some(&Value::Null),
        }
    }
    Some(value)
}
