//! Rules on selections: types have the selected fields, fields take the given arguments, and fragments can apply.

use std::collections::{BTreeMap, HashMap};

use async_graphql::{Name, Pos, Positioned};
use async_graphql_parser::types::{DirectiveLocation, OperationType};

use super::{References, Validator};
use crate::document::{Field, Fragment, InlineFragment, Operation, Selection, SelectionSet, Spread};
use crate::schema::{Argument, Kind};

impl<'a> Validator<'a> {
    pub(super) fn operation(&mut self, operation: &'a Operation) -> References<'a> {
        let (root, location) = match operation.ty {
            OperationType::Query => (Some(self.schema_index.query()), DirectiveLocation::Query),
            OperationType::Mutation => (self.schema_index.mutation(), DirectiveLocation::Mutation),
            OperationType::Subscription => (None, DirectiveLocation::Subscription),
        };
        if root.is_none() {
            self.wrong(operation.pos, format!("There is no {} here.", operation.ty));
        }
        self.variable_definitions(&operation.variables);
        self.directives(&operation.directives, location);
        self.set(&operation.selections, root);
        self.references()
    }

    pub(super) fn fragment(&mut self, fragment: &'a Fragment) -> References<'a> {
        let on = self.condition(&fragment.on);
        self.directives(&fragment.directives, DirectiveLocation::FragmentDefinition);
        self.set(&fragment.selections, on);
        self.references()
    }

    fn references(&mut self) -> References<'a> {
        References { usages: std::mem::take(&mut self.usages), spreads: std::mem::take(&mut self.spreads) }
    }

    /// Checks the selections on a type; on an unknown type (`None`), only the rules that do not depend on the type.
    fn set(&mut self, set: &'a SelectionSet, parent: Option<&'a str>) {
        for selection in &set.items {
            match selection {
                Selection::Field(field) => self.field(field, parent),
                Selection::Inline(fragment) => self.inline(fragment, parent),
                Selection::Spread(spread) => self.spread(spread, parent),
            }
        }
    }

    fn field(&mut self, field: &'a Field, parent: Option<&'a str>) {
        let name = &field.name.node;
        let info = parent.and_then(|parent| self.schema_index.selectable(parent, name));
        if let Some(parent) = parent.filter(|_| info.is_none()) {
            let fields = self.schema_index.fields(parent).into_iter().flat_map(BTreeMap::keys);
            let meant = self.meant(name, fields);
            self.wrong(field.pos, format!("The type \"{parent}\" has no field \"{name}\"{meant}"));
        }
        if !self.introspection && info.is_some() && matches!(name.as_str(), "__schema" | "__type") {
            self.wrong(field.pos, format!("The schema does not tell of itself here: \"{name}\"."));
        }
        if let Some(info) = info {
            match (self.composite(&info.type_name), &field.selections) {
                (None, Some(set)) => {
                    let message = format!("\"{name}\" is a \"{}\", which has no fields to select.", info.ty);
                    self.wrong(set.pos, message);
                }
                (Some(_), None) => {
                    let message = format!("\"{name}\" is a \"{}\": select what is wanted of it.", info.ty);
                    self.wrong(field.pos, message);
                }
                _ => {}
            }
        }
        let taken = info.map(|info| &info.arguments);
        self.arguments(&field.arguments, taken, field.pos, ("", name));
        self.directives(&field.directives, DirectiveLocation::Field);
        if let Some(set) = &field.selections {
            self.set(set, info.and_then(|info| self.composite(&info.type_name)));
        }
    }

    fn inline(&mut self, fragment: &'a InlineFragment, parent: Option<&'a str>) {
        let on = match &fragment.on {
            Some(on) => self.condition(on),
            None => parent,
        };
        self.applicable(on, parent, fragment.pos);
        self.directives(&fragment.directives, DirectiveLocation::InlineFragment);
        self.set(&fragment.selections, on);
    }

    fn spread(&mut self, spread: &'a Spread, parent: Option<&'a str>) {
        let name = &spread.name;
        match self.document.fragment(&name.node) {
            Some(fragment) => {
                let on = self.composite(&fragment.on.node);
                self.applicable(on, parent, spread.pos);
            }
            None => self.wrong(name.pos, format!("There is no fragment \"{}\".", name.node)),
        }
        self.directives(&spread.directives, DirectiveLocation::FragmentSpread);
        self.spreads.push(spread);
    }

    /// Checks a type condition. Returns its type; `None` if fields cannot be selected on it.
    fn condition(&mut self, on: &'a Positioned<Name>) -> Option<&'a str> {
        let composite = self.composite(&on.node);
        if self.schema_index.kind(&on.node).is_none() {
            let meant = self.meant(&on.node, self.schema_index.type_names());
            self.wrong(on.pos, format!("There is no type \"{}\"{meant}", on.node));
        } else if composite.is_none() {
            self.wrong(on.pos, format!("No fragment can be on \"{}\", which has no fields.", on.node));
        }
        composite
    }

    /// Checks that an object of one type can be of the other type as well.
    fn applicable(&mut self, on: Option<&str>, parent: Option<&str>, at: Pos) {
        let (Some(on), Some(parent)) = (on, parent) else { return };
        if on != parent && !self.schema_index.overlap(on, parent) {
            self.wrong(at, format!("This never applies: no \"{parent}\" is ever a \"{on}\"."));
        }
    }

    /// Returns the type if fields can be selected on it; `None` otherwise.
    fn composite(&self, type_name: &'a str) -> Option<&'a str> {
        let kind = self.schema_index.kind(type_name)?;
        matches!(kind, Kind::Object | Kind::Interface | Kind::Union).then_some(type_name)
    }

    /// Checks arguments against those that a field or directive takes; `taken` is `None` if the field or directive is
    /// not known. `of` is the prefix of its name (`@` or nothing) and its name.
    pub(super) fn arguments(
        &mut self,
        arguments: &'a [crate::document::Argument],
        taken: Option<&'a BTreeMap<String, Argument>>,
        at: Pos,
        of: (&str, &str),
    ) {
        let mut sent: HashMap<&str, Pos> = HashMap::with_capacity(arguments.len());
        for argument in arguments {
            let name = argument.name.node.as_str();
            let known = taken.and_then(|taken| taken.get(name));
            if let Some(taken) = taken.filter(|_| known.is_none()) {
                let meant = self.meant(name, taken.keys());
                self.wrong(argument.pos, format!("\"{}{}\" takes no argument \"{name}\"{meant}", of.0, of.1));
            }
            if let Some(before) = sent.insert(name, argument.name.pos) {
                let both = vec![before, argument.name.pos];
                self.wrong_at(both, format!("The argument \"{name}\" is given twice."));
            }
            self.value(&argument.value, known.map(Into::into).unwrap_or_default());
        }
        for (name, argument) in taken.into_iter().flatten() {
            if argument.is_required() && !sent.contains_key(name.as_str()) {
                let (sign, of) = of;
                let message =
                    format!("\"{sign}{of}\" takes an argument \"{name}\" of type \"{}\".", argument.ty);
                self.wrong(at, message);
            }
        }
    }
}
