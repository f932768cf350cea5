//! The calls an operation leads to, and the paths read of each response.

mod walk;

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Name, QueryPathNode, QueryPathSegment};
use async_graphql_parser::types::{ExecutableDocument, OperationType};
use rpc::Slot;

use crate::path::try_visit;
use crate::schema::{FieldInfo, SchemaIndex, StepInfo};

use crate::requirements::{Required, requirements};
use walk::Walk;

/// Upper bound on the selections of an operation once its fragments are written out. It limits every later walk
/// over the document: without it, a few hundred bytes of nested fragments cost minutes.
pub(crate) const MAX_SELECTIONS: usize = 10_000;

/// Upper bound on the nesting of selections, fragments counted.
pub(crate) const MAX_NESTING: usize = 128;

/// The calls of an operation and the masks they are made with.
///
/// Fetches of one type whose keys become known together share a slot, and so a call. The selection of a field adds
/// the paths it reads to the mask of the field's own slot.
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
    pub(super) hoists: bool,
    /// Number of fields outside every list.
    single_fields: u64,
    requirements: Vec<Required>,
}

/// A field of the answer, without list indices. Node 0 is the answer itself.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// Key of the field in the answer.
    pub(super) key: String,
    pub(super) parent: usize,
    pub(super) children: Vec<usize>,
    /// Schema information about the field: one entry for each object type that has the field here.
    pub(super) fields: Vec<Selected>,
    pub(super) steps: Vec<NodeStep>,
    /// True if the field needs only the key of its object.
    pub(super) hoisted: bool,
}

/// A selected field of one object type.
#[derive(Debug)]
pub(super) struct Selected {
    pub(super) type_name: String,
    pub(super) info: Arc<FieldInfo>,
    /// Upper bound on the items of the list; `None` if the field is not a list.
    pub(super) items: Option<u64>,
}

/// A step of a selected field.
#[derive(Debug)]
pub(super) struct NodeStep {
    pub(super) name: String,
    pub(super) target: Target,
}

/// The fetch or command that carries out a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Fetch(usize),
    Command(usize),
}

/// Upper bound on the number of instances of an item: the length of its list, within the lists of the parent.
#[derive(Clone, Debug)]
pub(super) struct Multiplicity {
    pub(super) parent: Option<usize>,
    pub(super) most: u64,
    /// The variable that sets the length of the list; `None` if no variable does.
    pub(super) variable: Option<String>,
    /// Length of the list if the variable is left out.
    pub(super) unsaid: u64,
    /// Number of fields selected on each item.
    pub(super) fields: u64,
}

/// One slot: the fetches of one type that are made together.
#[derive(Debug)]
pub(super) struct FetchNode {
    pub(super) step: StepInfo,
    /// The wave of the call, counted from 1.
    pub(super) wave: usize,
    /// Slots whose responses make the keys known; one or none, unless the fetch is coalesced.
    pub(super) from: Vec<usize>,
    /// Fields that fetch through this slot.
    pub(super) nodes: Vec<usize>,
    /// Number of keys of each field, as a chain of multiplicities; `None` for a single key.
    pub(super) terms: Vec<Option<usize>>,
    /// True if a field is keyed by the principal alone. All such fields share one key.
    pub(super) by_principal: bool,
}

/// One command.
#[derive(Debug)]
pub struct CommandNode {
    pub(super) step: StepInfo,
    /// The wave the command is sent in; the wave it is sent beside if nobody waits for it.
    pub(super) wave: usize,
    pub(super) node: usize,
    /// Latest end of the call, as an offset from the start of the request; `None` for the request's deadline.
    pub until: Option<Duration>,
}

impl CallGraph {
    /// Builds the call graph of an operation in its simplest form.
    pub(super) fn of(schema_index: &SchemaIndex, normalised: &ExecutableDocument) -> Self {
        let mut operations = normalised.operations.iter();
        let (name, operation) =
            operations.next().expect("a document in its simplest form holds its operation");
        let mut walk = Walk::new(schema_index);
        walk.operation(&operation.node);
        let call_graph = walk.call_graph(operation.node.ty, name.map(Name::as_str));
        Self { requirements: requirements(schema_index, &operation.node), ..call_graph }
    }

    /// Returns the depth of the deepest field, introspection aside.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// Returns the type of the operation.
    #[must_use]
    pub fn operation_type(&self) -> OperationType {
        self.ty
    }

    /// Returns the name the document gives the operation; `None` if it has no name.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Returns the call graph without masks, so that every response is read whole.
    #[must_use]
    pub fn without_masks(mut self) -> Self {
        self.slots = self.slots.iter().map(|slot| Slot { mask: None, ..slot.clone() }).collect();
        self
    }

    /// Returns the call graph without hoisting: no fetch runs beside the call that loads its object. Keys are then
    /// known later, so that slots are no longer single batches and their bounds no longer hold.
    #[must_use]
    pub fn without_hoisting(mut self) -> Self {
        self.hoists = false;
        let unbound = |slot: &Slot| Slot { max_keys: usize::MAX, max_calls: usize::MAX, ..slot.clone() };
        self.slots = self.slots.iter().map(unbound).collect();
        self
    }

    /// Returns the cost of the operation: ten for every call and one for every key, as upper bounds.
    #[must_use]
    pub fn cost(&self) -> u64 {
        let slots = self.slots.iter().map(|slot| (slot.max_calls as u64, slot.max_keys as u64));
        let commands = self.commands.iter().map(|_| (1, 1));
        let cost = |(calls, keys): (u64, u64)| calls.saturating_mul(10).saturating_add(keys);
        slots.chain(commands).map(cost).fold(0, u64::saturating_add)
    }

    /// Returns the fields that require something of the principal.
    #[must_use]
    pub fn requirements(&self) -> &[Required] {
        &self.requirements
    }

    /// Returns the commands of the operation.
    #[must_use]
    pub fn commands(&self) -> &[CommandNode] {
        &self.commands
    }

    /// Returns the slots of the operation.
    #[must_use]
    pub fn slots(&self) -> &Arc<[Slot]> {
        &self.slots
    }

    /// Returns the node at a resolver's path; `None` if the operation does not have the path.
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

    /// Returns the number of fields outside every list; fields within lists are counted at their [`Multiplicity`].
    pub(super) fn single_fields(&self) -> u64 {
        self.single_fields
    }

    /// Returns the upper bound on the instances of a multiplicity; 1 for `None`.
    pub(super) fn most(&self, multiplicity: Option<usize>) -> u64 {
        let multiplicity = multiplicity.and_then(|multiplicity| self.multiplicities.get(multiplicity));
        multiplicity.map_or(1, |it| it.most.saturating_mul(self.most(it.parent)))
    }
}

/// Reference to a node of a call graph: a field of the answer.
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

    /// Returns the slot of this field's fetch `name`; `None` if the field has no such fetch.
    #[must_use]
    pub fn slot(self, name: &str) -> Option<usize> {
        self.node().steps.iter().find_map(|step| match step.target {
            Target::Fetch(slot) if step.name == name => Some(slot),
            _ => None,
        })
    }

    /// Returns this field's command `name` and its index among all commands; `None` if the field has no such command.
    #[must_use]
    pub fn send(self, name: &str) -> Option<(usize, &'a CommandNode)> {
        self.node().steps.iter().find_map(|step| match step.target {
            Target::Command(send) if step.name == name => Some((send, &self.call_graph.commands[send])),
            _ => None,
        })
    }

    /// Returns the schema information about this field's fetch or command `name`; `None` if the field has no such call.
    #[must_use]
    pub fn step(self, name: &str) -> Option<&'a StepInfo> {
        self.node().fields.iter().flat_map(|field| &field.info.steps).find(|step| step.name == name)
    }

    /// Returns true if this field has a fallback.
    #[must_use]
    pub fn is_optional(self) -> bool {
        self.node().fields.first().is_some_and(|field| field.info.fallback.is_some())
    }

    /// Returns true if the field `key` of this object is hoisted: it needs only the key of the object.
    #[must_use]
    pub fn hoists(self, key: &str) -> bool {
        self.call_graph.hoists && self.child(key).is_some_and(|child| child.node().hoisted)
    }

    /// Returns true if any field of this object is hoisted: it needs only the key of the object.
    #[must_use]
    pub fn hoists_any(self) -> bool {
        let nodes = &self.call_graph.nodes;
        self.call_graph.hoists && self.node().children.iter().any(|child| nodes[*child].hoisted)
    }
}
