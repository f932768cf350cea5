//! Rules on names: each operation and each fragment has a name of its own.

use std::collections::HashMap;

use async_graphql::{Name, Pos, Positioned};

use super::Validator;

impl Validator<'_> {
    pub(super) fn names(&mut self) {
        let operations = &self.document.operations;
        let unnamed = operations.iter().filter(|it| it.name.is_none() && operations.len() > 1);
        for operation in unnamed {
            self.wrong(operation.pos, "An operation without a name stands in a document alone.");
        }
        let named = operations.iter().filter_map(|it| it.name.as_ref());
        self.unique(named, |name| format!("Two operations are named \"{name}\"."));
        let fragments = self.document.fragments.iter().map(|it| &it.name);
        self.unique(fragments, |name| format!("Two fragments are named \"{name}\"."));
    }

    /// Checks that no name occurs twice.
    pub(super) fn unique<'n>(
        &mut self,
        names: impl Iterator<Item = &'n Positioned<Name>>,
        message: impl Fn(&str) -> String,
    ) {
        let mut seen: HashMap<&str, Pos> = HashMap::new();
        for name in names {
            match seen.get(name.node.as_str()) {
                Some(before) => self.wrong_at(vec![*before, name.pos], message(&name.node)),
                None => {
                    seen.insert(&name.node, name.pos);
                }
            }
        }
    }
}
