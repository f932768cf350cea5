//! Coercion of the variables that a client sent to the types that the operation declares, before anything runs, by the
//! section "Coercing Variable Values" of the GraphQL specification.

use std::fmt::{self, Display};

use async_graphql::Variables;
use async_graphql_parser::types::{BaseType, Type, VariableDefinition};
use async_graphql_value::indexmap::IndexMap;
use async_graphql_value::{ConstValue, Name};

use crate::schema::SchemaIndex;

/// Maximum number of reported errors: a long list of bad values does not become a longer list of errors.
const MAX_ERRORS: usize = 10;

/// Maximum depth of nested lists and objects in a value.
const MAX_NESTING: usize = 64;

/// Error in a variable that does not match its declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadVariable {
    /// Path within the variables, such as `input.quantity`.
    pub path: String,
    /// Description of the error, as the end of a sentence that begins with the path.
    pub problem: String,
}

impl Display for BadVariable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Variable \"${}\" {}", self.path, self.problem)
    }
}

/// Returns the variables to run the operation with: the declared ones that have a value, coerced to their types.
/// Variables that are not declared are left out.
pub(crate) fn coerce<'a>(
    schema_index: &SchemaIndex,
    definitions: impl IntoIterator<Item = &'a VariableDefinition>,
    mut sent: Variables,
) -> Result<Variables, Vec<BadVariable>> {
    let mut coercion = Coercion { schema_index, errors: Vec::new() };
    let mut coerced = Variables::default();
    for definition in definitions {
        let name = &definition.name.node;
        let ty = &definition.var_type.node;
        let value = match sent.remove(name) {
            Some(value) => coercion.value(value, ty, &At { above: None, segment: Segment::Name(name) }),
            None => match &definition.default_value {
                Some(default) => default.node.clone(),
                None if ty.nullable => continue,
                None => {
                    let problem = format!("of required type {ty} was not provided.");
                    coercion.errors.push(BadVariable { path: name.to_string(), problem });
                    continue;
                }
            },
        };
        coerced.insert(name.clone(), value);
    }
    if coercion.errors.is_empty() { Ok(coerced) } else { Err(coercion.errors) }
}

struct Coercion<'a> {
    schema_index: &'a SchemaIndex,
    errors: Vec<BadVariable>,
}

/// Path of a value within the variables.
struct At<'a> {
    above: Option<&'a At<'a>>,
    segment: Segment<'a>,
}

enum Segment<'a> {
    Name(&'a str),
    Index(usize),
}

impl At<'_> {
    fn depth(&self) -> usize {
        self.above.map_or(0, |above| 1 + above.depth())
    }
}

impl Display for At<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(above) = self.above {
            write!(formatter, "{above}.")?;
        }
        match self.segment {
            Segment::Name(name) => formatter.write_str(name),
            Segment::Index(index) => write!(formatter, "{index}"),
        }
    }
}

impl Coercion<'_> {
    fn value(&mut self, value: ConstValue, ty: &Type, at: &At<'_>) -> ConstValue {
        if value == ConstValue::Null {
            if !ty.nullable {
                self.wrong(at, format!("of type {ty} must not be null."));
            }
            return ConstValue::Null;
        }
        if at.depth() > MAX_NESTING {
            self.wrong(at, "nests too deep.".to_owned());
            return ConstValue::Null;
        }
        match &ty.base {
            BaseType::List(item) => match value {
                ConstValue::List(items) => {
                    let item = |(index, value)| {
                        // Further errors would not be reported, so further items are not read.
                        if self.errors.len() >= MAX_ERRORS {
                            return ConstValue::Null;
                        }
                        self.value(value, item, &At { above: Some(at), segment: Segment::Index(index) })
                    };
                    ConstValue::List(items.into_iter().enumerate().map(item).collect())
                }
                single => ConstValue::List(vec![self.value(single, item, at)]),
            },
            BaseType::Named(name) => self.named(value, name, at),
        }
    }

    fn named(&mut self, value: ConstValue, name: &str, at: &At<'_>) -> ConstValue {
        if let Some(fields) = self.schema_index.input(name) {
            let ConstValue::Object(mut sent) = value else {
                self.wrong(at, format!("expected an object of type {name}, not {}.", shown(&value)));
                return ConstValue::Null;
            };
            let mut object = IndexMap::new();
            for (key, field) in fields {
                let at = At { above: Some(at), segment: Segment::Name(key) };
                let value = match sent.swap_remove(key.as_str()) {
                    Some(value) => self.value(value, &field.ty, &at),
                    None => match &field.default {
                        Some(default) => default.clone(),
                        None if field.ty.nullable => continue,
                        None => {
                            self.wrong(&at, format!("of required type {} was not provided.", field.ty));
                            continue;
                        }
                    },
                };
                object.insert(Name::new(key), value);
            }
            if let Some(unknown) = sent.keys().next() {
                self.wrong(at, format!("has a field \"{unknown}\", which {name} does not define."));
            }
            return ConstValue::Object(object);
        }
        if let Some(values) = self.schema_index.values(name) {
            return match &value {
                ConstValue::String(text) if values.contains(text) => ConstValue::Enum(Name::new(text)),
                ConstValue::Enum(text) if values.iter().any(|value| value == text.as_str()) => value,
                _ => self.mismatch(&value, at, &format!("a value of {name}")),
            };
        }
        match (name, &value) {
            ("Int", ConstValue::Number(number)) => match integer(number) {
                Some(integer) => ConstValue::from(integer),
                None => self.mismatch(&value, at, "an Int of 32 bits"),
            },
            ("Int", _) => self.mismatch(&value, at, "an Int"),
            ("Float", ConstValue::Number(_))
            | ("Boolean", ConstValue::Boolean(_))
            | ("String" | "ID", ConstValue::String(_)) => value,
            ("ID", ConstValue::Number(number)) => match whole(number) {
                Some(text) => ConstValue::String(text),
                None => self.mismatch(&value, at, "a value of type ID"),
            },
            ("Float" | "Boolean" | "String" | "ID", _) => {
                self.mismatch(&value, at, &format!("a value of type {name}"))
            }
            _ if self.schema_index.scalars().takes(name, &value) => value,
            _ => self.mismatch(&value, at, &format!("a value of type {name}")),
        }
    }

    fn mismatch(&mut self, value: &ConstValue, at: &At<'_>, expected: &str) -> ConstValue {
        self.wrong(at, format!("expected {expected}, not {}.", shown(value)));
        ConstValue::Null
    }

    fn wrong(&mut self, at: &At<'_>, problem: String) {
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(BadVariable { path: at.to_string(), problem });
        }
    }
}

/// Returns the digits of a whole number, where `3.0` is 3; `None` for other numbers.
fn whole(number: &async_graphql_value::Number) -> Option<String> {
    match number.as_f64() {
        Some(float) if number.is_f64() => (float.fract() == 0.0).then(|| format!("{float:.0}")),
        _ => Some(number.to_string()),
    }
}

/// Returns the number if it is a whole number of 32 bits, where `3.0` is 3; `None` otherwise.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the range is checked, and whole numbers below 2^53 are exact"
)]
fn integer(number: &async_graphql_value::Number) -> Option<i32> {
    if let Some(integer) = number.as_i64() {
        return i32::try_from(integer).ok();
    }
    let float = number.as_f64()?;
    let whole = float.fract() == 0.0 && (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&float);
    whole.then_some(float as i32)
}

/// Returns a short form of a value for an error message, without its items or fields.
fn shown(value: &ConstValue) -> String {
    match value {
        ConstValue::List(_) => "a list".to_owned(),
        ConstValue::Object(_) => "an object".to_owned(),
        ConstValue::String(text) if text.chars().count() > 32 => {
            format!("\"{}…\"", text.chars().take(32).collect::<String>())
        }
        ConstValue::String(text) => format!("{text:?}"),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{EmptyMutation, InputValueError, InputValueResult, Scalar, ScalarType, Value};
    use async_graphql_parser::parse_query;
    use serde_json::json;

    use super::*;
    use crate::schema::Scalars;

    /// A scalar that does not accept every number.
    struct Even(i64);

    #[Scalar]
    impl ScalarType for Even {
        fn parse(value: Value) -> InputValueResult<Self> {
            match &value {
                Value::Number(number) => number.as_i64().filter(|number| number % 2 == 0).map(Self),
                _ => None,
            }
            .ok_or_else(|| InputValueError::expected_type(value))
        }

        fn is_valid(value: &Value) -> bool {
            Self::parse(value.clone()).is_ok()
        }

        fn to_value(&self) -> Value {
            self.0.into()
        }
    }

    const SDL: &str = "
        schema { query: Query }
        type Query { a: Int }
        enum Colour { RED BLUE }
        scalar Anything
        scalar Even
        input Line { product: ID!, quantity: Int! = 1, colour: Colour, tags: [String!], inner: Line }
    ";

    fn coerced(declared: &str, sent: &serde_json::Value) -> Result<serde_json::Value, Vec<String>> {
        let document = parse_query(format!("query Q({declared}) {{ a }}")).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        let definitions = operation.node.variable_definitions.iter().map(|it| &it.node);
        let schema_index = SchemaIndex::of(SDL).with_scalars(Scalars::of::<Even, EmptyMutation>());
        let coerced = coerce(&schema_index, definitions, Variables::from_json(sent.clone()));
        match coerced {
            Ok(variables) => Ok(serde_json::to_value(variables).unwrap()),
            Err(errors) => Err(errors.iter().map(ToString::to_string).collect()),
        }
    }

    #[test]
    fn good_values_become_values_of_their_type() {
        let cases = [
            ("$a: Int", json!({ "a": 3.0, "other": 1 }), json!({ "a": 3 })),
            ("$a: Int = 7", json!({}), json!({ "a": 7 })),
            ("$a: Int = 7", json!({ "a": null }), json!({ "a": null })),
            ("$a: Int", json!({}), json!({})),
            ("$a: ID!", json!({ "a": 12 }), json!({ "a": "12" })),
            ("$a: ID!", json!({ "a": 12.0 }), json!({ "a": "12" })),
            ("$a: [Int!]!", json!({ "a": 12 }), json!({ "a": [12] })),
            ("$a: [[Int]]", json!({ "a": [[1], null, [2]] }), json!({ "a": [[1], null, [2]] })),
            ("$a: Float", json!({ "a": 2 }), json!({ "a": 2 })),
            ("$a: Colour", json!({ "a": "RED" }), json!({ "a": "RED" })),
            ("$a: Anything", json!({ "a": { "b": [1] } }), json!({ "a": { "b": [1] } })),
            ("$a: [Even]", json!({ "a": [2, null] }), json!({ "a": [2, null] })),
            (
                "$a: Line",
                json!({ "a": { "product": "p", "inner": { "product": "q", "quantity": 2, "tags": "t" } } }),
                json!({ "a": { "product": "p", "quantity": 1,
                        "inner": { "product": "q", "quantity": 2, "tags": ["t"] } } }),
            ),
        ];
        for (declared, sent, expected) in cases {
            assert_eq!(coerced(declared, &sent), Ok(expected), "{declared} {sent}");
        }
    }

    #[test]
    fn bad_values_are_told_with_their_path() {
        let cases = [
            ("$a: Int!", json!({}), "Variable \"$a\" of required type Int! was not provided."),
            ("$a: Int!", json!({ "a": null }), "Variable \"$a\" of type Int! must not be null."),
            (
                "$a: Int",
                json!({ "a": 2_147_483_648_u64 }),
                "Variable \"$a\" expected an Int of 32 bits, not 2147483648.",
            ),
            ("$a: Int", json!({ "a": 1.5 }), "Variable \"$a\" expected an Int of 32 bits, not 1.5."),
            ("$a: Int", json!({ "a": "3" }), "Variable \"$a\" expected an Int, not \"3\"."),
            ("$a: Boolean", json!({ "a": 1 }), "Variable \"$a\" expected a value of type Boolean, not 1."),
            (
                "$a: String",
                json!({ "a": ["x"] }),
                "Variable \"$a\" expected a value of type String, not a list.",
            ),
            (
                "$a: Colour",
                json!({ "a": "GREEN" }),
                "Variable \"$a\" expected a value of Colour, not \"GREEN\".",
            ),
            ("$a: [Even]", json!({ "a": [2, 3] }), "Variable \"$a.1\" expected a value of type Even, not 3."),
            ("$a: [Int!]", json!({ "a": [1, null] }), "Variable \"$a.1\" of type Int! must not be null."),
            ("$a: Line", json!({ "a": 1 }), "Variable \"$a\" expected an object of type Line, not 1."),
            (
                "$a: Line",
                json!({ "a": {} }),
                "Variable \"$a.product\" of required type ID! was not provided.",
            ),
            (
                "$a: Line",
                json!({ "a": { "product": "p", "inner": { "product": "q", "price": 1 } } }),
                "Variable \"$a.inner\" has a field \"price\", which Line does not define.",
            ),
        ];
        for (declared, sent, expected) in cases {
            assert_eq!(coerced(declared, &sent), Err(vec![expected.to_owned()]), "{declared} {sent}");
        }
    }

    #[test]
    fn a_thousand_bad_values_are_ten_errors() {
        let errors = coerced("$a: [Int!]", &json!({ "a": vec!["x"; 1_000] })).unwrap_err();
        assert_eq!(errors.len(), MAX_ERRORS);
    }
}
