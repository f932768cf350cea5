//! Conversion of a document's values into those of async-graphql.

use async_graphql_parser::types::{BaseType, Type};
use async_graphql_value::{ConstValue, Number, Value as Converted};

use super::document::{Argument, Literal, Value};
use crate::schema::SchemaIndex;

/// Converts a value of this type, for which it must be valid. A number given for an `ID` becomes its text, whatever its
/// length.
pub(super) fn typed(schema_index: &SchemaIndex, value: &Value, ty: &Type) -> Converted {
    match (&value.literal, &ty.base) {
        (Literal::List(items), BaseType::List(item)) => {
            Converted::List(items.iter().map(|value| typed(schema_index, value, item)).collect())
        }
        (Literal::Variable(name), _) => Converted::Variable(name.clone()),
        (_, BaseType::List(item)) => typed(schema_index, value, item),
        (Literal::Int(text), BaseType::Named(name)) if name == "ID" => Converted::String(text.to_string()),
        (Literal::Object(fields), BaseType::Named(name)) if schema_index.input(name).is_some() => {
            let known = schema_index.input(name);
            let field = |field: &Argument| {
                let ty = known.and_then(|known| known.get(field.name.node.as_str())).map(|known| &known.ty);
                let value =
                    ty.map_or_else(|| untyped(&field.value), |ty| typed(schema_index, &field.value, ty));
                (field.name.node.clone(), value)
            };
            Converted::Object(fields.iter().map(field).collect())
        }
        _ => untyped(value),
    }
}

/// Converts a value without a known type, such as that of a scalar which accepts anything.
fn untyped(value: &Value) -> Converted {
    match &value.literal {
        Literal::Null => Converted::Null,
        Literal::Boolean(value) => Converted::Boolean(*value),
        Literal::Int(text) | Literal::Float(text) => Converted::Number(number(text)),
        Literal::String { text, .. } => Converted::String(text.clone()),
        Literal::Enum(name) => Converted::Enum(name.clone()),
        Literal::Variable(name) => Converted::Variable(name.clone()),
        Literal::List(items) => Converted::List(items.iter().map(untyped).collect()),
        Literal::Object(fields) => {
            let fields = fields.iter().map(|it| (it.name.node.clone(), untyped(&it.value)));
            Converted::Object(fields.collect())
        }
    }
}

/// Converts the value of a scalar, with null for every variable in it, since variables are not known yet.
pub(super) fn constant(value: &Value) -> ConstValue {
    untyped(value)
        .into_const_with(|_| Ok::<_, std::convert::Infallible>(ConstValue::Null))
        .unwrap_or_default()
}

/// Converts a number of any length as precisely as possible. A number out of range becomes the nearest one in range.
fn number(text: &str) -> Number {
    let integer = text.parse::<i64>().map(Number::from).or_else(|_| text.parse::<u64>().map(Number::from));
    integer.unwrap_or_else(|_| {
        let float = text.parse::<f64>().unwrap_or_default().clamp(f64::MIN, f64::MAX);
        Number::from_f64(float).unwrap_or_else(|| Number::from(0))
    })
}

/// Returns a short form of a value for an error message.
pub(super) fn shown(value: &Value) -> String {
    const MOST: usize = 32;
    let short = |text: &str| match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    };
    match &value.literal {
        Literal::Null => "null".to_owned(),
        Literal::Boolean(value) => value.to_string(),
        Literal::Int(text) | Literal::Float(text) => short(text),
        Literal::String { text, .. } => format!("{:?}", short(text)),
        Literal::Enum(name) => short(name),
        Literal::Variable(name) => format!("${name}"),
        Literal::List(_) => "A list".to_owned(),
        Literal::Object(_) => "An object".to_owned(),
    }
}
