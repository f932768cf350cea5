//! Rules on directives: each is known, stands in an allowed location, and is repeated only if it is repeatable.

use std::collections::HashMap;

use async_graphql::Pos;
use async_graphql_parser::types::DirectiveLocation;

use super::Validator;
use crate::document::Directive;

impl<'a> Validator<'a> {
    pub(super) fn directives(&mut self, directives: &'a [Directive], location: DirectiveLocation) {
        let mut seen: HashMap<&str, Pos> = HashMap::new();
        for directive in directives {
            let name = directive.name.node.as_str();
            let info = self.schema_index.directive(name);
            match info {
                None => self.wrong(directive.pos, format!("There is no directive \"@{name}\".")),
                Some(info) => {
                    if !info.locations.contains(&location) {
                        self.wrong(directive.pos, format!("The directive \"@{name}\" cannot stand here."));
                    }
                    if !info.repeatable
                        && let Some(before) = seen.get(name)
                    {
                        let both = vec![*before, directive.pos];
                        self.wrong_at(both, format!("The directive \"@{name}\" stands here twice."));
                    }
                }
            }
            seen.entry(name).or_insert(directive.pos);
            let taken = info.map(|info| &info.arguments);
            self.arguments(&directive.arguments, taken, directive.pos, ("@", name));
        }
    }
}
