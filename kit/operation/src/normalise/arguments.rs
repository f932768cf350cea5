//! Arguments as async-graphql takes them, and those that are null where they may not be.

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

    /// An argument that is null where it may not be, and where. A variable may be null although its place may not
    /// be, where either has a value to fall back to: only a request that says null in so many words is wrong.
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

    /// Where in a value a variable is null that may not be. Before variables are known, notes which may come to be.
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
