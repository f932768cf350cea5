//! Which calls an operation leads to, and what is read of each answer.

mod walk;

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Name, QueryPathNode, QueryPathSegment};
use async_graphql_parser::types::{ExecutableDocument, OperationType};
use rpc::Slot;

use crate::path::try_visit;
use crate::schema::{FieldInfo, SchemaIndex, StepInfo};

use walk::Walk;

/// Selections an operation may have once its fragments are written out. It bounds every later walk over the
/// document: without it a few hundred bytes of nested fragments cost minutes.
pub(crate) const MAX_SELECTIONS: usize = 10_000;

/// Selections within selections, fragments counted.
pub(crate) const MAX_NESTING: usize = 128;

/// The calls of an operation and the masks they are made with.
///
/// Questions of one type whose keys become known together share a slot, and so a call. The selection of a field
/// asks its own slot for what it reads.
#[derive(Debug)]
pub struct CallGraph {
    pub(super) nodes: Vec<Node>,
    pub(super) multiplicities: Vec<Multiplicity>,
    pub(super) fetches: Vec<FetchNode>,
    pub(super) commands: Vec<CommandNode>,
    slots: Arc<[Slot]>,
    depth: usize,
    ty: OperationType,
    name: Option<String>,
    hoists: bool,
    /// Fields that are outside every list.
    single_fields: u64,
}

/// A field of the answer, list indices left out. Node 0 is the answer itself.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// Its key in the answer.
    pub(super) key: String,
    pub(super) parent: usize,
    pub(super) children: Vec<usize>,
    /// What the schema knows of it: one entry for each object type that has the field here.
    pub(super) fields: Vec<Selected>,
    pub(super) steps: Vec<NodeStep>,
    /// Whether it needs no more of its object than the key.
    pub(super) hoisted: bool,
}

/// A field as it was selected.
#[derive(Debug)]
pub(super) struct Selected {
    pub(super) type_name: String,
    pub(super) info: Arc<FieldInfo>,
    /// Items of the list at most, where it is one.
    pub(super) items: Option<u64>,
}

/// A step of a selected field.
#[derive(Debug)]
pub(super) struct NodeStep {
    pub(super) name: String,
    pub(super) target: Target,
}

/// What carries a step out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Fetch(usize),
    Command(usize),
}

/// How often something is there at most: a list within the lists of its parent.
#[derive(Clone, Debug)]
pub(super) struct Multiplicity {
    pub(super) parent: Option<usize>,
    pub(super) most: u64,
    /// The variable that says how many, where one does.
    pub(super) variable: Option<String>,
    /// How many when that is left out.
    pub(super) unsaid: u64,
    /// Fields that are selected on each.
    pub(super) fields: u64,
}

/// One slot: the questions of a type that are asked together.
#[derive(Debug)]
pub(super) struct FetchNode {
    pub(super) step: StepInfo,
    /// Counted from 1.
    pub(super) wave: usize,
    /// Slots whose answers make its keys known; one, or none, unless it is joined.
    pub(super) from: Vec<usize>,
    /// The fields that ask.
    pub(super) nodes: Vec<usize>,
    /// How many keys each of them has, as chains of factors; none for a single key.
    pub(super) terms: Vec<Option<usize>>,
    /// Whether a field asks with no more than who asks, which is the same key for all of them.
    pub(super) by_caller: bool,
}

/// One command.
#[derive(Debug)]
pub struct CommandNode {
    pub(super) step: StepInfo,
    /// The wave it is sent in, or beside, where nobody waits for it.
    pub(super) wave: usize,
    pub(super) node: usize,
    /// When it must have ended, counted from the start of the request; none for the request's deadline.
    pub until: Option<Duration>,
}

impl CallGraph {
    /// Works out the outline of an operation in its simplest form.
    pub(super) fn of(schema_index: &SchemaIndex, normalised: &ExecutableDocument) -> Self {
        let mut operations = normalised.operations.iter();
        let (name, operation) =
            operations.next().expect("a document in its simplest form holds its operation");
        let mut walk = Walk::new(schema_index);
        walk.operation(&operation.node);
        walk.call_graph(operation.node.ty, name.map(Name::as_str))
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
    pub fn without_masks(mut self) -> Self {
        self.slots = self.slots.iter().map(|slot| Slot { mask: None, ..slot.clone() }).collect();
        self
    }

    /// The same outline, asking nothing beside the call that answers its object. Keys are then known later, so
    /// that slots are no longer single batches and their bounds no longer hold.
    #[must_use]
    pub fn without_hoisting(mut self) -> Self {
        self.hoists = false;
        let unbound = |slot: &Slot| Slot { max_keys: usize::MAX, max_calls: usize::MAX, ..slot.clone() };
        self.slots = self.slots.iter().map(unbound).collect();
        self
    }

    /// The commands of the operation.
    #[must_use]
    pub fn commands(&self) -> &[CommandNode] {
        &self.commands
    }

    /// The slots of the operation.
    #[must_use]
    pub fn slots(&self) -> &Arc<[Slot]> {
        &self.slots
    }

    /// Where in the answer a resolver stands; none for a path the operation does not have.
    #[must_use]
    pub fn node_at(&self, path: Option<&QueryPathNode<'_>>) -> Option<NodeRef<'_>> {
        let mut place = NodeRef { call_graph: self, node: 0 };
        let found = try_visit(path?, &mut |segment| match segment {
            QueryPathSegment::Index(_) => Ok(()),
            QueryPathSegment::Name(key) => place.child(key).map(|child| place = child).ok_or(()),
        });
        found.ok().map(|()| place)
    }

    pub(super) fn set_slots(&mut self, slots: impl IntoIterator<Item = Slot>) {
        self.slots = slots.into_iter().collect();
    }

    /// Fields outside every list; those within are counted at their [`Multiplicity`].
    pub(super) fn single_fields(&self) -> u64 {
        self.single_fields
    }

    /// How many there are of something at most.
    pub(super) fn most(&self, multiplicity: Option<usize>) -> u64 {
        let multiplicity = multiplicity.and_then(|multiplicity| self.multiplicities.get(multiplicity));
        multiplicity.map_or(1, |it| it.most.saturating_mul(self.most(it.parent)))
    }
}

/// A field of the answer.
#[derive(Clone, Copy)]
pub struct NodeRef<'a> {
    call_graph: &'a CallGraph,
    node: usize,
}

impl<'a> NodeRef<'a> {
    fn node(self) -> &'a Node {
        &self.call_graph.nodes[self.node]
    }

    fn child(self, key: &str) -> Option<Self> {
        let nodes = &self.call_graph.nodes;
        let node = self.node().children.iter().copied().find(|child| nodes[*child].key == key)?;
        Some(Self { node, ..self })
    }

    /// The slot of the question `name` of this field.
    #[must_use]
    pub fn slot(self, name: &str) -> Option<usize> {
        self.node().steps.iter().find_map(|step| match step.target {
            Target::Fetch(slot) if step.name == name => Some(slot),
            _ => None,
        })
    }

    /// The command `name` of this field, and which of all commands it is.
    #[must_use]
    pub fn send(self, name: &str) -> Option<(usize, &'a CommandNode)> {
        self.node().steps.iter().find_map(|step| match step.target {
            Target::Command(send) if step.name == name => Some((send, &self.call_graph.commands[send])),
            _ => None,
        })
    }

    /// What the schema says of the question or command `name` of this field.
    #[must_use]
    pub fn step(self, name: &str) -> Option<&'a StepInfo> {
        self.node().fields.iter().flat_map(|field| &field.info.steps).find(|step| step.name == name)
    }

    /// Whether this field has something to fall back to.
    #[must_use]
    pub fn is_optional(self) -> bool {
        self.node().fields.first().is_some_and(|field| field.info.fallback.is_some())
    }

    /// Whether a field of this object needs no more of it than its key.
    #[must_use]
    pub fn hoists(self, key: &str) -> bool {
        self.call_graph.hoists && self.child(key).is_some_and(|child| child.node().hoisted)
    }

    /// Whether any field of this object needs no more of it than its key.
    #[must_use]
    pub fn hoists_any(self) -> bool {
        let nodes = &self.call_graph.nodes;
        self.call_graph.hoists && self.node().children.iter().any(|child| nodes[*child].hoisted)
    }
}
