//! Lengths of lists: their bounds, and the argument that requests fewer items.

use async_graphql_parser::types::{BaseType, Field};
use async_graphql_value::Value;

use super::{Cursor, Walk};
use crate::schema::FieldInfo;

/// Assumed bound on the items of a list that declares none.
const UNBOUND: u64 = 1_000;

/// Length of a list.
#[derive(Clone, Copy)]
pub(super) struct Length<'a> {
    /// Upper bound on the items.
    pub(super) most: u64,
    /// The variable that sets the length; `None` if no variable does.
    pub(super) variable: Option<&'a str>,
    /// Number of items if the variable is left out.
    pub(super) unsaid: u64,
}

impl<'a> Walk<'a> {
    /// Returns the length of a field's list; `None` if the field is not a list.
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

    /// Returns the default value of an argument of a selected field; `None` if it has no default.
    fn default_of(&self, node: usize, argument: &str) -> Option<async_graphql_value::ConstValue> {
        self.nodes[node].fields.first()?.info.arguments.get(argument)?.default.clone()
    }
}

/// Returns the value of an argument, such as `first` or `input.readings`; `None` if it is left out.
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
