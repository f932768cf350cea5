//! Every element of a schema has a description.

use async_graphql_parser::Positioned;
use async_graphql_parser::types::{FieldDefinition, InputValueDefinition, TypeKind, TypeSystemDefinition};

use crate::support::Kind;

/// Directives of the GraphQL specification, which itself describes their arguments.
const SPECIFIED: [&str; 5] = ["deprecated", "include", "oneOf", "skip", "specifiedBy"];

/// Declares each kind of element once with a description and once without.
const HALF_DESCRIBED: &str = r#"
"A" directive @described("A" argument: Int, bare: Int) on FIELD_DEFINITION
directive @bare on FIELD_DEFINITION
"A" scalar Described
scalar Bare
"A" enum Values { "A" DESCRIBED BARE }
enum Plain { "A" DESCRIBED }
"A" input Input { "A" described: Int bare: Int }
input Empty { "A" described: Int }
"A" union Either = Object
union Neither = Object
"A" interface Face { "A" described: Int bare: Int }
interface Mask { "A" described("A" argument: Int): Int }
"A" type Object {
  "A" described: Int
  bare: Int
  "A" argued("A" argument: Int, bare: Int): Int
  undescribed("A" argument: Int): Int
}
type Thing { "" described: Int }
"#;

#[test]
fn every_type_field_argument_and_value_is_described() {
    for kind in Kind::ALL {
        assert_eq!(undescribed(&kind.client().public_sdl()), [""; 0], "the schema of {kind}");
    }
}

#[test]
fn every_element_without_a_description_is_found() {
    let expected = [
        "@described(bare:)",
        "@bare",
        "Bare",
        "Values.BARE",
        "Plain",
        "Input.bare",
        "Empty",
        "Neither",
        "Face.bare",
        "Mask",
        "Object.bare",
        "Object.argued(bare:)",
        "Object.undescribed",
        "Thing",
        "Thing.described",
    ];
    assert_eq!(undescribed(HALF_DESCRIBED), expected);
}

/// Coordinates of all elements without a description, in the order of the schema.
fn undescribed(sdl: &str) -> Vec<String> {
    let mut found = Found(Vec::new());
    for definition in async_graphql_parser::parse_schema(sdl).unwrap().definitions {
        match definition {
            TypeSystemDefinition::Schema(_) => {}
            TypeSystemDefinition::Directive(directive) => {
                let directive = directive.node;
                if SPECIFIED.contains(&directive.name.node.as_str()) {
                    continue;
                }
                let name = format!("@{}", directive.name.node);
                found.check(directive.description.as_ref(), || name.clone());
                found.arguments(&directive.arguments, &name);
            }
            TypeSystemDefinition::Type(declared) => {
                let declared = declared.node;
                let name = declared.name.node.as_str();
                found.check(declared.description.as_ref(), || name.to_owned());
                match &declared.kind {
                    TypeKind::Scalar | TypeKind::Union(_) => {}
                    TypeKind::Object(object) => found.fields(&object.fields, name),
                    TypeKind::Interface(interface) => found.fields(&interface.fields, name),
                    TypeKind::Enum(values) => {
                        for value in &values.values {
                            let at = || format!("{name}.{}", value.node.value.node);
                            found.check(value.node.description.as_ref(), at);
                        }
                    }
                    TypeKind::InputObject(input) => {
                        for field in &input.fields {
                            let at = || format!("{name}.{}", field.node.name.node);
                            found.check(field.node.description.as_ref(), at);
                        }
                    }
                }
            }
        }
    }
    found.0
}

struct Found(Vec<String>);

impl Found {
    fn check(&mut self, description: Option<&Positioned<String>>, coordinate: impl FnOnce() -> String) {
        if description.is_none_or(|text| text.node.trim().is_empty()) {
            self.0.push(coordinate());
        }
    }

    fn fields(&mut self, fields: &[Positioned<FieldDefinition>], of: &str) {
        for field in fields {
            let name = format!("{of}.{}", field.node.name.node);
            self.check(field.node.description.as_ref(), || name.clone());
            self.arguments(&field.node.arguments, &name);
        }
    }

    fn arguments(&mut self, arguments: &[Positioned<InputValueDefinition>], of: &str) {
        for argument in arguments {
            let at = || format!("{of}({}:)", argument.node.name.node);
            self.check(argument.node.description.as_ref(), at);
        }
    }
}
