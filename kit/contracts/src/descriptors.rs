//! Check of what fields declare against the contracts of the services.

use std::collections::{BTreeMap, BTreeSet};

use operation::schema::{FieldInfo, SchemaIndex, StepInfo, StepKind, base_name};
use prost_reflect::prost_types::MethodOptions;
use prost_reflect::prost_types::method_options::IdempotencyLevel;
use prost_reflect::{MessageDescriptor, MethodDescriptor};

use crate::impact::{Protos, resolve};

impl Protos {
    /// Returns all problems of a schema whose calls and paths are not those of these contracts, each in a sentence that names
    /// the field; empty if there are none. Fetches that are derived from a contract have none: the compiler has checked them.
    #[must_use]
    pub fn declaration_problems(&self, schema_index: &SchemaIndex) -> Vec<String> {
        let messages = self.messages(schema_index);
        let mut problems = BTreeSet::new();
        for (type_name, fields) in schema_index.types() {
            for (name, info) in fields {
                let field = format!("{type_name}.{name}");
                for step in &info.steps {
                    problems.extend(self.step(&field, step));
                }
                let shown = messages.get(type_name).map(Vec::as_slice).unwrap_or_default();
                let keys =
                    info.steps.iter().flat_map(|step| &step.by).filter_map(|by| by.strip_prefix("parent."));
                let paths = info.reads.iter().map(String::as_str).chain(keys);
                problems.extend(paths.filter_map(|path| unknown_path(&field, path, path, shown)));
            }
        }
        problems.into_iter().collect()
    }

    /// Returns the problems of a call.
    fn step(&self, field: &str, step: &StepInfo) -> Vec<String> {
        let StepInfo { name, rpc, .. } = step;
        let Some(method) = self.method(rpc) else {
            return vec![format!("{field} calls {rpc} for {name}, which no contract has")];
        };
        let stated = method.method_descriptor_proto().options.as_ref();
        let stated = stated.filter(|it| it.idempotency_level.is_some()).map(MethodOptions::idempotency_level);
        let is_read = stated.map(|level| level == IdempotencyLevel::NoSideEffects);
        let effect = match (&step.kind, is_read) {
            (StepKind::Fetch, Some(false)) => Some("says that it changes something: send a command"),
            (StepKind::Command | StepKind::CommandLater, Some(true)) => {
                Some("says that it has no side effects: fetch it")
            }
            _ => None,
        };
        let effect = effect.map(|what| format!("{field} calls {rpc} for {name}, whose contract {what}"));
        let holds = step.holds.iter().flatten();
        let paths =
            step.reads.iter().chain(holds).filter_map(|path| {
                unknown_path(field, &format!("{path} of {name}"), path, &[method.output()])
            });
        effect.into_iter().chain(paths).collect()
    }

    /// Returns the responses that each type shows, or is a part of. A type that is made of no response has none.
    fn messages<'a>(&self, schema_index: &'a SchemaIndex) -> BTreeMap<&'a str, Vec<MessageDescriptor>> {
        let mut shown: BTreeMap<&str, Vec<MessageDescriptor>> = BTreeMap::new();
        loop {
            let before: usize = shown.values().map(Vec::len).sum();
            for (type_name, fields) in schema_index.types() {
                for info in fields.values() {
                    let of_parent =
                        || vec![(base_name(&info.ty), shown.get(type_name).cloned().unwrap_or_default())];
                    for (of, messages) in self.loaded(info).unwrap_or_else(of_parent) {
                        for object in schema_index.possible(of) {
                            let known = shown.entry(object).or_default();
                            let new: Vec<_> =
                                messages.iter().filter(|it| !known.contains(it)).cloned().collect();
                            known.extend(new);
                        }
                    }
                }
            }
            if shown.values().map(Vec::len).sum::<usize>() == before {
                return shown;
            }
        }
    }

    /// Returns the types that the calls of a field load, and their responses; `None` for a field without calls.
    fn loaded<'a>(&self, info: &'a FieldInfo) -> Option<Vec<(&'a str, Vec<MessageDescriptor>)>> {
        if info.steps.is_empty() {
            return None;
        }
        let responses = info.steps.iter().filter_map(|step| {
            let method: MethodDescriptor = self.method(&step.rpc)?;
            Some((step.on.as_deref().unwrap_or_else(|| base_name(&info.ty)), vec![method.output()]))
        });
        Some(responses.collect())
    }
}

/// Returns the problem of a path, told as `what`, that none of the messages has; `None` if there are no messages.
fn unknown_path(field: &str, what: &str, path: &str, messages: &[MessageDescriptor]) -> Option<String> {
    let first = messages.first().filter(|_| path != "*")?;
    let is_unknown = messages.iter().all(|message| resolve(message, path).is_none());
    is_unknown.then(|| format!("{field} reads {what}, which {} does not have", first.name()))
}
