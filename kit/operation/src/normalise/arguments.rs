//! Conversion of arguments into those of async-graphql, and detection of nulls in positions that do not allow null.

use std::collections::BTreeMap;

use async_graphql::{Name, Pos, Positioned};
use async_graphql_parser::types::{BaseType, Type};
use async_graphql_value::{ConstValue, Value as Converted};

use super::Writer;
use crate::conditions::Conditions;
use crate::document::{Argument, Field, Literal, Value};
use crate::literal;
use crate::schema::{self, FieldInfo};

impl Writer<'_> {
    pub(super) fn arguments(
        &self,
        sent: &[Argument],
        taken: Option<&BTreeMap<String, schema::Argument>>,
    ) -> Vec<(Positioned<Name>, Positioned<Converted>)> {
        let converted = |argument: &Argument| {
            let known = taken?.get(argument.name.node.as_str())?;
            let value = literal::typed(self.schema_index, &argument.value, &known.ty);
            Some((argument.name.clone(), Positioned::new(value, argument.value.pos)))
        };
        sent.iter().filter_map(converted).collect()
    }

    /// Returns an argument with a null in a position that does not allow null, and the position of that null. A
    /// nullable variable is valid in such a position if the variable or the position has a default value, so only a
    /// request that sends an explicit null is wrong.
    pub(super) fn null_argument(&mut self, field: &Field, info: &FieldInfo) -> Option<(Name, Pos)> {
        let mut found = None;
        for argument in &field.arguments {
            let Some(known) = info.arguments.get(argument.name.node.as_str()) else { continue };
            if let Some(pos) = self.forbidden_null(&argument.value, &known.ty) {
                found.get_or_insert((argument.name.node.clone(), pos));
            }
        }
        found
    }

    /// Returns the position of a variable in the value that is null and must not be. While variables are not known,
    /// records those that could be.
    fn forbidden_null(&mut self, value: &Value, ty: &Type) -> Option<Pos> {
        match (&value.literal, &ty.base) {
            (Literal::Variable(name), _) if !ty.nullable => match self.conditions {
                Conditions::Open => {
                    self.risky.push(name.clone());
                    None
                }
                Conditions::Decided(variables) => {
                    (variables.get(name) == Some(&ConstValue::Null)).then_some(value.pos)
                }
            },
            (Literal::List(items), BaseType::List(item)) => {
                items.iter().fold(None, |found, value| found.or(self.forbidden_null(value, item)))
            }
            (_, BaseType::List(item)) => self.forbidden_null(value, item),
            (Literal::Object(fields), BaseType::Named(name)) => {
                let schema_index = self.schema_index;
                let known = schema_index.input(name)?;
                fields.iter().fold(None, |found, field| {
                    let known = known.get(field.name.node.as_str());
                    found.or(known.and_then(|known| self.forbidden_null(&field.value, &known.ty)))
                })
            }
            _ => None,
        }
    }
}
