//! Which calls an operation leads to, and what is read of each answer.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{QueryPathNode, QueryPathSegment};
use async_graphql_parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet,
};
use fetch::{Mask, Slot};

use crate::path::try_visit;
use crate::schema::{Catalogue, FieldInfo, StepKind};

/// Selections an operation may have once its fragments are written out. It bounds every later walk over the
/// document: without it a few hundred bytes of nested fragments cost minutes.
const MAX_SELECTIONS: usize = 10_000;

/// Selections within selections, fragments counted: a fragment that holds itself ends here.
const MAX_NESTING: usize = 128;

/// The calls of an operation and the masks they are made with.
///
/// Questions of one type whose keys become known together share a slot, and so a call: their fields have the
/// same *producer*, the slot that answered the object they belong to. The selection of a field asks its own
/// slot for what it reads.
#[derive(Debug)]
pub struct Outline {
    nodes: Vec<Node>,
    slots: Arc<[Slot]>,
    depth: usize,
    ty: OperationType,
    name: Option<String>,
}

/// A field of the answer, list indices left out.
#[derive(Debug, Default)]
struct Node {
    children: Vec<(String, usize)>,
    steps: Vec<(String, usize)>,
}

/// Why an operation has no outline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutlineError {
    /// It selects more than the limit, counted with its fragments written out.
    TooLarge,
    /// It nests deeper than the limit, or a fragment holds itself.
    TooDeep,
    /// The document holds no operation of that name, or several and no name was given.
    NoSuchOperation,
    /// The schema has no root for this kind of operation.
    NotServed,
}

/// What answered an object: fields with the same producer ask together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Producer {
    /// Nothing: the root of a query.
    Root,
    /// The answers of a slot.
    Slot(usize),
    /// A field that changes something; the ones beside it run before or after it.
    Change(usize),
    /// One of several slots, by the type of the object.
    Choice(usize),
}

impl Outline {
    /// Works out the outline of an operation. What the schema does not know is passed over: validation has
    /// its own word for it.
    pub fn of(
        catalogue: &Catalogue,
        document: &ExecutableDocument,
        operation_name: Option<&str>,
    ) -> Result<Self, OutlineError> {
        let (name, selected) =
            select(&document.operations, operation_name).ok_or(OutlineError::NoSuchOperation)?;
        let mut budget = MAX_SELECTIONS;
        let mut outline = None;
        // The other operations of the document do not run, but are validated: they count as well.
        for (_, operation) in document.operations.iter() {
            let mut walk = Walk::new(catalogue, document, budget);
            walk.operation(&operation.node)?;
            budget = walk.budget;
            if std::ptr::eq(&raw const operation.node, selected) {
                outline = Some(walk.outline(selected.ty, name));
            }
        }
        outline.ok_or(OutlineError::NoSuchOperation)
    }

    /// Fields within fields, introspection aside.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// What kind of operation it is.
    #[must_use]
    pub fn operation_type(&self) -> OperationType {
        self.ty
    }

    /// The name the document gives it.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The same outline, reading every answer whole.
    #[must_use]
    pub fn without_masks(self) -> Self {
        let slots = self.slots.iter().map(|_| Slot::default()).collect();
        Self { slots, ..self }
    }

    /// The slots of the operation.
    #[must_use]
    pub fn slots(&self) -> &Arc<[Slot]> {
        &self.slots
    }

    /// The slot of the question `name`, asked by the field at `path`.
    pub(crate) fn slot(&self, path: Option<&QueryPathNode<'_>>, name: &str) -> Option<usize> {
        let mut at = 0;
        let found = try_visit(path?, &mut |segment| match segment {
            QueryPathSegment::Index(_) => Ok(()),
            QueryPathSegment::Name(key) => {
                let child = self.nodes[at].children.iter().find(|(name, _)| name == key);
                child.map(|(_, node)| at = *node).ok_or(())
            }
        });
        found.ok()?;
        self.nodes[at].steps.iter().find(|(step, _)| step == name).map(|(_, slot)| *slot)
    }
}

/// The operation of that name, or the only one, with its name.
fn select<'a>(
    operations: &'a DocumentOperations,
    name: Option<&str>,
) -> Option<(Option<&'a str>, &'a OperationDefinition)> {
    let (found, operation) = match (operations, name) {
        (DocumentOperations::Single(operation), None) => (None, operation),
        (DocumentOperations::Multiple(operations), Some(name)) => {
            let (name, operation) = operations.get_key_value(name)?;
            (Some(name.as_str()), operation)
        }
        (DocumentOperations::Multiple(operations), None) if operations.len() == 1 => {
            let (name, operation) = operations.iter().next()?;
            (Some(name.as_str()), operation)
        }
        _ => return None,
    };
    Some((found, &operation.node))
}

struct Walk<'a> {
    catalogue: &'a Catalogue,
    document: &'a ExecutableDocument,
    nodes: Vec<Node>,
    slots: HashMap<(&'a str, Producer), usize>,
    choices: HashMap<(usize, &'a str), usize>,
    masks: Vec<Mask>,
    depth: usize,
    budget: usize,
}

/// Where in the answer a selection stands.
#[derive(Clone, Copy)]
struct Place<'a> {
    type_name: &'a str,
    node: usize,
    producer: Producer,
    depth: usize,
}

/// Stands for the type of a field the schema does not know.
const UNKNOWN_TYPE: &str = "";

impl<'a> Walk<'a> {
    fn new(catalogue: &'a Catalogue, document: &'a ExecutableDocument, budget: usize) -> Self {
        let (slots, choices) = (HashMap::new(), HashMap::new());
        Self {
            catalogue,
            document,
            nodes: vec![Node::default()],
            slots,
            choices,
            masks: Vec::new(),
            depth: 0,
            budget,
        }
    }

    fn operation(&mut self, operation: &'a OperationDefinition) -> Result<(), OutlineError> {
        let root = match operation.ty {
            OperationType::Query => Some(self.catalogue.query()),
            OperationType::Mutation => self.catalogue.mutation(),
            OperationType::Subscription => None,
        };
        let type_name = root.ok_or(OutlineError::NotServed)?;
        let place = Place { type_name, node: 0, producer: Producer::Root, depth: 0 };
        self.selections(&operation.selection_set.node, place, 0)
    }

    fn outline(self, ty: OperationType, name: Option<&str>) -> Outline {
        let slots = self.masks.into_iter().map(|mask| Slot { mask: Some(mask) }).collect();
        Outline { nodes: self.nodes, slots, depth: self.depth, ty, name: name.map(str::to_owned) }
    }

    fn selections(
        &mut self,
        set: &'a SelectionSet,
        place: Place<'a>,
        nesting: usize,
    ) -> Result<(), OutlineError> {
        if nesting > MAX_NESTING {
            return Err(OutlineError::TooDeep);
        }
        for selection in &set.items {
            self.budget = self.budget.checked_sub(1).ok_or(OutlineError::TooLarge)?;
            match &selection.node {
                Selection::Field(field) => {
                    let node = self.child(place.node, &field.node.response_key().node);
                    let place = match self.catalogue.field(place.type_name, &field.node.name.node) {
                        Some(info) => self.field(info, place, node),
                        None => Place { type_name: UNKNOWN_TYPE, ..place },
                    };
                    self.selections(&field.node.selection_set.node, place, nesting + 1)?;
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.document.fragments.get(&spread.node.fragment_name.node) {
                        let place = self.within(place, &fragment.node.type_condition.node.on.node);
                        self.selections(&fragment.node.selection_set.node, place, nesting + 1)?;
                    }
                }
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    let type_name = condition.map_or(place.type_name, |condition| &condition.node.on.node);
                    let place = self.within(place, type_name);
                    self.selections(&fragment.node.selection_set.node, place, nesting + 1)?;
                }
            }
        }
        Ok(())
    }

    /// Notes what a field asks and reads; answers where its own fields stand.
    fn field(&mut self, info: &'a FieldInfo, place: Place<'a>, node: usize) -> Place<'a> {
        let depth = place.depth + 1;
        self.depth = self.depth.max(depth);
        let parent_paths =
            info.steps.iter().flat_map(|step| &step.by).filter_map(|by| by.strip_prefix("parent."));
        let read = info.reads.iter().map(String::as_str).chain(parent_paths);
        if let Producer::Slot(slot) = place.producer {
            read.for_each(|path| self.masks[slot].add(path));
        }
        let changes = self.catalogue.mutation() == Some(place.type_name);
        let mut producer = if changes { Producer::Change(node) } else { place.producer };
        let mut chosen = false;
        for step in info.steps.iter().filter(|step| step.kind == StepKind::Ask) {
            let slot = self.slot(&step.name, if chosen { place.producer } else { producer });
            step.reads.iter().for_each(|path| self.masks[slot].add(path));
            let steps = &mut self.nodes[node].steps;
            if !steps.iter().any(|(name, at)| *name == step.name && *at == slot) {
                steps.push((step.name.clone(), slot));
            }
            if let Some(on) = &step.on {
                self.choices.insert((node, on), slot);
                chosen = true;
                producer = Producer::Choice(node);
            } else {
                producer = Producer::Slot(slot);
            }
        }
        if changes {
            // What a change answers is the change's own: what its fields ask joins no other batch.
            producer = Producer::Change(node);
        }
        Place { type_name: &info.type_name, node, producer, depth }
    }

    /// Where a fragment's fields stand: of several calls, the one for its type answered them.
    fn within(&self, place: Place<'a>, type_name: &'a str) -> Place<'a> {
        let producer = match place.producer {
            Producer::Choice(node) => {
                self.choices.get(&(node, type_name)).map_or(place.producer, |slot| Producer::Slot(*slot))
            }
            producer => producer,
        };
        Place { type_name, producer, ..place }
    }

    fn slot(&mut self, name: &'a str, producer: Producer) -> usize {
        *self.slots.entry((name, producer)).or_insert_with(|| {
            self.masks.push(Mask::default());
            self.masks.len() - 1
        })
    }

    fn child(&mut self, parent: usize, key: &str) -> usize {
        if let Some((_, node)) = self.nodes[parent].children.iter().find(|(name, _)| name == key) {
            return *node;
        }
        let node = self.nodes.len();
        self.nodes.push(Node::default());
        self.nodes[parent].children.push((key.to_owned(), node));
        node
    }
}
