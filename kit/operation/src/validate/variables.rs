//! Rules on variables: each is declared and used, and its type fits every position it is used in.

use std::collections::{HashMap, HashSet};

use async_graphql::Name;
use async_graphql_parser::types::{BaseType, DirectiveLocation, Type};

use super::values::{Place, Usage};
use super::{References, Validator};
use crate::document::{Literal, Operation, VariableDefinition};
use crate::schema::{Kind, base_name};

impl<'a> Validator<'a> {
    pub(super) fn variable_definitions(&mut self, definitions: &'a [VariableDefinition]) {
        let names = definitions.iter().map(|it| &it.name);
        self.unique(names, |name| format!("Two variables are named \"${name}\"."));
        for definition in definitions {
            let ty = &definition.ty;
            let name = base_name(&ty.node);
            let kind = self.schema_index.kind(name);
            let takes_input = matches!(kind, Some(Kind::Scalar | Kind::Enum | Kind::Input));
            if kind.is_none() {
                let meant = self.meant(name, self.schema_index.type_names());
                self.wrong(definition.named_pos, format!("There is no type \"{name}\"{meant}"));
            } else if !takes_input {
                self.wrong(ty.pos, format!("No variable can be of type \"{}\".", ty.node));
            }
            if let Some(default) = &definition.default {
                self.value(default, if takes_input { Place::of(&ty.node) } else { Place::default() });
            }
            self.directives(&definition.directives, DirectiveLocation::VariableDefinition);
        }
    }

    pub(super) fn variables(&mut self, operations: &[References<'a>], fragments: &[References<'a>]) {
        let fragments: Vec<_> = fragments.iter().map(Distinct::of).collect();
        for (operation, references) in self.document.operations.iter().zip(operations) {
            let own = Distinct::of(references);
            let spread = self.spread_from(references, &fragments);
            let usages: Vec<_> = own.0.iter().chain(spread.iter().flat_map(|it| &it.0)).copied().collect();
            self.variables_of(operation, &usages);
        }
    }

    /// Returns the references of every fragment that is spread, directly or through other fragments.
    fn spread_from<'f>(
        &self,
        references: &References<'a>,
        fragments: &'f [Distinct<'a>],
    ) -> Vec<&'f Distinct<'a>> {
        let index = |name: &Name| self.document.fragment_index(name);
        let mut left: Vec<_> = references.spreads.iter().filter_map(|it| index(&it.name.node)).collect();
        let mut seen = HashSet::new();
        let mut found = Vec::new();
        while let Some(next) = left.pop() {
            if seen.insert(next) {
                found.push(&fragments[next]);
                left.extend(fragments[next].1.iter().filter_map(|name| index(name)));
            }
        }
        found
    }

    fn variables_of(&mut self, operation: &'a Operation, usages: &[Usage<'a>]) {
        let definitions: HashMap<&str, &VariableDefinition> =
            operation.variables.iter().map(|it| (it.name.node.as_str(), it)).collect();
        let mut used: HashSet<&str> = HashSet::new();
        for usage in usages {
            let name = usage.name.as_str();
            match definitions.get(name) {
                Some(definition) => self.position(usage, definition),
                None => {
                    self.wrong_at(
                        vec![usage.pos, operation.pos],
                        format!("The operation has no variable \"${name}\"."),
                    );
                }
            }
            used.insert(name);
        }
        for definition in operation.variables.iter().filter(|it| !used.contains(it.name.node.as_str())) {
            let name = &definition.name.node;
            self.wrong(definition.pos, format!("The variable \"${name}\" is never used."));
        }
    }

    /// Checks that the position accepts every value of the variable.
    fn position(&mut self, usage: &Usage<'_>, definition: &VariableDefinition) {
        let (name, declared) = (usage.name, &definition.ty.node);
        let both = || vec![definition.pos, usage.pos];
        if self.schema_index.kind(base_name(declared)).is_some()
            && let Some(ty) = usage.ty
        {
            let default = definition.default.as_ref();
            let never_null = default.is_some_and(|it| !matches!(it.literal, Literal::Null)) || usage.relaxed;
            let fits = if never_null { fits_base(declared, ty) } else { fits(declared, ty) };
            if !fits {
                let message =
                    format!("\"${name}\" is a \"{declared}\", and stands where a \"{ty}\" is wanted.");
                self.wrong_at(both(), message);
            }
        }
        if let Some(input) = usage.one_of.filter(|_| declared.nullable) {
            let message = format!("\"${name}\" may be null, and a field of \"{input}\" may not.");
            self.wrong_at(both(), message);
        }
    }
}

/// References of an operation or fragment, each once, since a document may repeat the same reference many times.
struct Distinct<'a>(Vec<Usage<'a>>, Vec<&'a Name>);

impl<'a> Distinct<'a> {
    fn of(references: &References<'a>) -> Self {
        let (mut seen, mut spread) = (HashSet::new(), HashSet::new());
        let of_usage = |it: &Usage<'a>| {
            let ty = it.ty.map(std::ptr::from_ref::<Type>);
            seen.insert((it.name, ty, it.relaxed, it.one_of))
        };
        let usages = references.usages.iter().copied().filter(of_usage).collect();
        let names = references.spreads.iter().map(|it| &it.name.node).filter(|name| spread.insert(*name));
        Self(usages, names.collect())
    }
}

/// Returns true if every value of the declared type is a value of the wanted type.
fn fits(declared: &Type, wanted: &Type) -> bool {
    (wanted.nullable || !declared.nullable) && fits_base(declared, wanted)
}

/// Returns true if every non-null value of the declared type is a value of the wanted type.
fn fits_base(declared: &Type, wanted: &Type) -> bool {
    match (&declared.base, &wanted.base) {
        (BaseType::Named(declared), BaseType::Named(wanted)) => declared == wanted,
        (BaseType::List(declared), BaseType::List(wanted)) => fits(declared, wanted),
        _ => false,
    }
}
