//! Rules on values: each is valid for the type of its position.

use async_graphql::{Name, Pos};
use async_graphql_parser::types::{BaseType, Type};

use super::Validator;
use crate::document::{Argument, Literal, Value};
use crate::literal;
use crate::schema::{self, Kind, base_name};

/// Constraints of the position of a value. The default, for an unknown position, accepts anything.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place<'a> {
    ty: Option<&'a Type>,
    /// True if a variable may be null here although the type may not, because the position has a default value.
    relaxed: bool,
    /// The `@oneOf` input object that the position is a field of; `None` if there is none.
    one_of: Option<&'a str>,
    /// True if the enclosing value has an error of its own or accepts anything, so that only variables are checked.
    settled: bool,
}

/// Use of a variable, with the constraints of its position.
#[derive(Clone, Copy, Debug)]
pub(super) struct Usage<'a> {
    pub(super) name: &'a Name,
    pub(super) pos: Pos,
    /// Type of the position; `None` if not known.
    pub(super) ty: Option<&'a Type>,
    /// True if the variable may be null here although the type may not.
    pub(super) relaxed: bool,
    /// The `@oneOf` input object that the position is a field of; `None` if there is none.
    pub(super) one_of: Option<&'a str>,
}

impl<'a> From<&'a schema::Argument> for Place<'a> {
    fn from(argument: &'a schema::Argument) -> Self {
        Self { ty: Some(&argument.ty), relaxed: argument.default.is_some(), ..Self::default() }
    }
}

impl<'a> Place<'a> {
    /// Creates a position with this type and no other constraint.
    pub(super) fn of(ty: &'a Type) -> Self {
        Self { ty: Some(ty), ..Self::default() }
    }

    /// Returns the position of an item of a list. If the type is not a list, the item has the position of the value
    /// itself, which is not null.
    fn item(self) -> Self {
        let Some(ty) = self.ty else { return self };
        let (ty, relaxed) = match &ty.base {
            BaseType::List(item) => (&**item, false),
            BaseType::Named(_) => (ty, true),
        };
        Self { ty: Some(ty), relaxed, settled: self.settled, one_of: None }
    }
}

impl<'a> Validator<'a> {
    pub(super) fn value(&mut self, value: &'a Value, place: Place<'a>) {
        match &value.literal {
            Literal::Variable(name) => {
                let Place { ty, relaxed, one_of, .. } = place;
                self.usages.push(Usage { name, pos: value.pos, ty, relaxed, one_of });
            }
            Literal::List(items) => {
                let takes_list = place.ty.is_none_or(|ty| matches!(ty.base, BaseType::List(_)));
                if !takes_list {
                    self.leaf(value, place);
                }
                let item = Place { settled: place.settled || !takes_list, ..place.item() };
                for it in items {
                    self.value(it, item);
                }
            }
            Literal::Object(fields) => {
                let names = fields.iter().map(|field| &field.name);
                self.unique(names, |name| format!("The field \"{name}\" is given twice."));
                let object =
                    place.ty.map(base_name).filter(|it| self.schema_index.kind(it) == Some(Kind::Input));
                if let Some(object) = object {
                    self.object(fields, object, value.pos, place.settled);
                } else {
                    self.leaf(value, place);
                    for field in fields {
                        self.value(&field.value, Place::default());
                    }
                }
            }
            Literal::Null => {
                if let Some(ty) = place.ty.filter(|ty| !ty.nullable && !place.settled) {
                    self.wrong(value.pos, format!("A value of type \"{ty}\" cannot be null."));
                }
            }
            _ => self.leaf(value, place),
        }
    }

    /// Checks the fields of an input object.
    fn object(&mut self, sent: &'a [Argument], type_name: &'a str, at: Pos, settled: bool) {
        let Some(fields) = self.schema_index.input(type_name) else { return };
        let one_of = self.schema_index.is_one_of(type_name);
        for field in sent {
            let name = &field.name.node;
            let known = fields.get(name.as_str());
            if known.is_none() && !settled {
                let meant = self.meant(name, fields.keys());
                self.wrong(field.pos, format!("\"{type_name}\" has no field \"{name}\"{meant}"));
            }
            let place = known.map(Place::from).unwrap_or_default();
            self.value(
                &field.value,
                Place { one_of: known.and(one_of.then_some(type_name)), settled, ..place },
            );
        }
        if settled {
            return;
        }
        let is_sent = |name: &str| sent.iter().any(|it| it.name.node == name);
        for (name, field) in fields {
            if field.is_required() && !is_sent(name) {
                let message = format!("\"{type_name}\" takes a field \"{name}\" of type \"{}\".", field.ty);
                self.wrong(at, message);
            }
        }
        if one_of {
            let mut names: Vec<_> = sent.iter().map(|it| it.name.node.as_str()).collect();
            names.sort_unstable();
            names.dedup();
            let null = sent.last().is_some_and(|it| matches!(it.value.literal, Literal::Null));
            if names.len() != 1 || null {
                self.wrong(at, format!("\"{type_name}\" takes one of its fields, which is not null."));
            }
        }
    }

    /// Checks a value whose parts no rule examines further.
    fn leaf(&mut self, value: &Value, place: Place<'_>) {
        let Some(ty) = place.ty.filter(|_| !place.settled) else { return };
        let name = base_name(ty);
        let fits = match (self.schema_index.kind(name), &value.literal) {
            // An unknown type has an error of its own.
            (None, _) => true,
            (Some(Kind::Enum), Literal::Enum(sent)) => self
                .schema_index
                .values(name)
                .is_some_and(|values| values.iter().any(|it| it == sent.as_str())),
            (Some(Kind::Scalar), literal) => match (name, literal) {
                ("Int", Literal::Int(text)) => text.parse::<i32>().is_ok(),
                ("Float", Literal::Int(_) | Literal::Float(_))
                | ("String" | "ID", Literal::String { .. })
                | ("ID", Literal::Int(_))
                | ("Boolean", Literal::Boolean(_)) => true,
                ("Int" | "Float" | "String" | "ID" | "Boolean", _) => false,
                _ => self.schema_index.scalars().takes(name, &literal::constant(value)),
            },
            _ => false,
        };
        if !fits {
            self.wrong(value.pos, format!("{} is no value of type \"{ty}\".", literal::shown(value)));
        }
    }
}
