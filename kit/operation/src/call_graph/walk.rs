//! The walk over a document that finds its calls.

mod lengths;
mod slots;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use async_graphql::Positioned;
use async_graphql_parser::types::{Field, OperationDefinition, OperationType, Selection, SelectionSet};
use rpc::{Mask, Slot};

use super::{CallGraph, CommandNode, FetchNode, Multiplicity, Node, NodeStep, Selected, Target};
use crate::schema::{BoundInfo, FieldInfo, SchemaIndex, StepInfo, StepKind};

use lengths::Length;

/// The event that makes a key known or a message available.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Producer {
    /// The root of a query, which waits for nothing.
    Root,
    /// The responses of a slot.
    Slot(usize),
    /// The end of all calls before a field of the mutation type.
    Before(usize),
    /// The end of a field of the mutation type; the fields beside it run before or after it.
    After(usize),
    /// The responses of one of several slots, chosen by the type of the object.
    Choice(usize),
    /// The responses of a slot in a list whose items have several slots: the list waits for all of them.
    Among { node: usize, slot: usize },
    /// The responses of all slots that lead to one coalesced fetch, which waits for all of them.
    All,
}

impl Producer {
    fn slot(self) -> Option<usize> {
        match self {
            Self::Slot(slot) | Self::Among { slot, .. } => Some(slot),
            _ => None,
        }
    }
}

/// Position of a selection in the answer.
#[derive(Clone, Copy)]
struct Cursor<'a> {
    type_name: &'a str,
    node: usize,
    /// The event that makes the key of the object known.
    known: Producer,
    /// The event that makes the message of the object available.
    ready: Producer,
    /// Paths of the message that the key holds; `None` if the object is not hoisted.
    holds: Option<&'a [String]>,
    /// Multiplicity of the object; `None` outside every list.
    multiplicity: Option<usize>,
    /// Bounds on the lists of this object, and the field that declares them; `None` if no field does.
    lists: Option<(&'a BoundInfo, &'a Field)>,
    depth: usize,
}

/// Placeholder for the type of a field that the schema does not know.
const UNKNOWN_TYPE: &str = "";

pub(super) struct Walk<'a> {
    schema_index: &'a SchemaIndex,
    nodes: Vec<Node>,
    /// Nodes by their parent and key.
    children: HashMap<(usize, &'a str), usize>,
    multiplicities: Vec<Multiplicity>,
    fetches: Vec<FetchNode>,
    masks: Vec<Mask>,
    commands: Vec<CommandNode>,
    slots: HashMap<(&'a str, Producer), usize>,
    /// Pairs of a slot and a field that fetches through it.
    fetching: HashSet<(usize, usize)>,
    choices: HashMap<(usize, &'a str), Producer>,
    /// Number of waves that are over before and after each field of the mutation type, and at each choice.
    changes: HashMap<Producer, usize>,
    waves: usize,
    depth: usize,
    /// Number of fields outside every list.
    single_fields: u64,
}

impl<'a> Walk<'a> {
    pub(super) fn new(schema_index: &'a SchemaIndex) -> Self {
        Self {
            schema_index,
            nodes: vec![Node::default()],
            children: HashMap::new(),
            multiplicities: Vec::new(),
            fetches: Vec::new(),
            masks: Vec::new(),
            commands: Vec::new(),
            slots: HashMap::new(),
            fetching: HashSet::new(),
            choices: HashMap::new(),
            changes: HashMap::new(),
            waves: 0,
            depth: 0,
            single_fields: 0,
        }
    }

    pub(super) fn operation(&mut self, operation: &'a OperationDefinition) {
        let root = match operation.ty {
            OperationType::Mutation => self.schema_index.mutation(),
            _ => Some(self.schema_index.query()),
        };
        let place = Cursor {
            type_name: root.unwrap_or(UNKNOWN_TYPE),
            node: 0,
            known: Producer::Root,
            ready: Producer::Root,
            holds: None,
            multiplicity: None,
            lists: None,
            depth: 0,
        };
        self.selections(&operation.selection_set.node, place);
    }

    pub(super) fn call_graph(self, ty: OperationType, name: Option<&str>) -> CallGraph {
        let joins: Vec<Arc<[usize]>> = (0..self.fetches.len())
            .map(|slot| match self.fetches[slot].from.len() {
                0 | 1 => Arc::default(),
                _ => self.producers(slot).into_iter().collect(),
            })
            .collect();
        let mut call_graph = CallGraph {
            nodes: self.nodes,
            multiplicities: self.multiplicities,
            fetches: self.fetches,
            commands: self.commands,
            slots: Arc::default(),
            depth: self.depth,
            ty,
            name: name.map(str::to_owned),
            hoists: true,
            single_fields: self.single_fields,
            requirements: Vec::new(),
        };
        let fetches = call_graph.fetches.iter().zip(self.masks).zip(joins);
        let slots: Vec<_> = fetches
            .map(|((fetch, mask), joins)| Slot { joins, ..slots::planned(&call_graph, fetch, mask) })
            .collect();
        call_graph.set_slots(slots);
        call_graph
    }

    fn selections(&mut self, set: &'a SelectionSet, place: Cursor<'a>) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(Positioned { node: field, .. }) => {
                    match place.multiplicity {
                        Some(multiplicity) => self.multiplicities[multiplicity].fields += 1,
                        None => self.single_fields += 1,
                    }
                    let node = self.child(place.node, &field.response_key().node);
                    let place = match self.schema_index.field(place.type_name, &field.name.node) {
                        Some(info) => self.field(info, field, place, node),
                        None => Cursor { type_name: UNKNOWN_TYPE, node, ..place },
                    };
                    self.selections(&field.selection_set.node, place);
                }
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    let type_name = condition.map_or(place.type_name, |condition| &condition.node.on.node);
                    let place = self.within(place, type_name);
                    self.selections(&fragment.node.selection_set.node, place);
                }
                // An operation in its simplest form has no spreads.
                Selection::FragmentSpread(_) => {}
            }
        }
    }

    /// Records the calls and reads of a field; returns the cursor for the field's own selection.
    fn field(
        &mut self,
        info: &'a Arc<FieldInfo>,
        field: &'a Field,
        place: Cursor<'a>,
        node: usize,
    ) -> Cursor<'a> {
        let depth = place.depth + 1;
        self.depth = self.depth.max(depth);
        self.reads(info, place.ready);
        let list = self.list(info, field, place);
        let multiplicity =
            list.map_or(place.multiplicity, |list| Some(self.multiplicity(place.multiplicity, list)));
        let changes = self.schema_index.mutation() == Some(place.type_name);
        let hoisted = place.holds.is_some_and(|holds| needs_only(info, holds));
        let fields = &mut self.nodes[node].fields;
        if !fields.iter().any(|selected| selected.type_name == place.type_name) {
            let items = multiplicity
                .filter(|_| list.is_some())
                .map(|multiplicity| self.multiplicities[multiplicity].most);
            // Most nodes have one entry, and documents may have thousands of nodes.
            fields.reserve_exact(1);
            fields.push(Selected { type_name: place.type_name.to_owned(), info: info.clone(), items });
        }
        self.nodes[node].hoisted |= hoisted;
        let base = match () {
            () if changes => {
                self.changes.insert(Producer::Before(node), self.waves);
                Producer::Before(node)
            }
            () if hoisted => place.known,
            () => place.ready,
        };
        let end = self.steps(info, list, place, base, node);
        let (mut known, mut ready) = (end.known, end.ready);
        if changes {
            // The result of a mutation is its own: fetches of the fields below it join no other batch.
            self.changes.insert(Producer::After(node), self.wave(ready).max(self.wave(base)));
            known = Producer::After(node);
            ready = known;
        }
        let lists = Some((&info.bounds, field)).filter(|(bounds, _)| !bounds.of.is_empty());
        Cursor {
            type_name: &info.type_name,
            node,
            known,
            ready,
            holds: end.holds,
            multiplicity,
            lists,
            depth,
        }
    }

    /// Records the calls of a field; returns the state of its object after the last call.
    fn steps(
        &mut self,
        info: &'a FieldInfo,
        list: Option<Length<'a>>,
        place: Cursor<'a>,
        base: Producer,
        node: usize,
    ) -> End<'a> {
        let mut end = End { known: base, ready: base, holds: None };
        let mut term = None;
        for step in &info.steps {
            if step.kind != StepKind::Fetch {
                let wave = self.wave(end.ready) + 1;
                self.commands.push(CommandNode { step: step.clone(), wave, node, until: None });
                self.step(node, step, Target::Command(self.commands.len() - 1));
                if step.kind == StepKind::Command {
                    self.waves = self.waves.max(wave);
                    let sent = Producer::After(node);
                    self.changes.insert(sent, wave);
                    end = End { known: sent, ready: sent, holds: None };
                }
                continue;
            }
            let from = if step.on.is_some() { base } else { end.ready };
            let many = step.on.is_some() || step.holds.is_some();
            if step.by.iter().any(|by| by.starts_with("parent.")) {
                term = place.multiplicity;
            }
            // The principal is the same key for each item.
            let each = many && step.by.iter().any(|by| by != "caller");
            if let Some(list) = list.filter(|_| each) {
                term = Some(self.multiplicity(term, list));
            }
            if let Some(each) = step.each.map(u64::from) {
                term = Some(self.multiplicity(term, Length { most: each, variable: None, unsaid: each }));
            }
            let slot = self.slot(step, from);
            self.fetch(slot, step, term, node);
            self.step(node, step, Target::Fetch(slot));
            if let Some(on) = &step.on {
                let producer = match list {
                    Some(_) => Producer::Among { node, slot },
                    None => Producer::Slot(slot),
                };
                self.choices.insert((node, on), producer);
                let choice = Producer::Choice(node);
                self.changes.insert(choice, self.fetches[slot].wave);
                end = End { known: choice, ready: choice, holds: None };
                term = None;
            } else {
                end = End { known: from, ready: Producer::Slot(slot), holds: step.holds.as_deref() };
            }
        }
        if end.holds.is_none() {
            end.known = end.ready;
        }
        if info.steps.is_empty() {
            end = End { known: place.ready, ready: place.ready, holds: None };
        }
        end
    }

    /// Adds the paths a field reads of its parent to the mask of the call that loads the parent.
    fn reads(&mut self, info: &FieldInfo, parent: Producer) {
        if let Some(slot) = parent.slot() {
            let keys =
                info.steps.iter().flat_map(|step| &step.by).filter_map(|by| by.strip_prefix("parent."));
            info.reads.iter().map(String::as_str).chain(keys).for_each(|path| self.masks[slot].add(path));
        }
    }

    fn step(&mut self, node: usize, step: &StepInfo, target: Target) {
        let steps = &mut self.nodes[node].steps;
        if !steps.iter().any(|it| it.name == step.name && it.target == target) {
            steps.push(NodeStep { name: step.name.clone(), target });
        }
    }

    /// Returns the cursor for a fragment's fields: if there are several calls, the one for its type loads them.
    fn within(&self, place: Cursor<'a>, type_name: &'a str) -> Cursor<'a> {
        let Producer::Choice(node) = place.ready else { return Cursor { type_name, ..place } };
        let chosen = self.choices.get(&(node, type_name)).copied().unwrap_or(place.ready);
        Cursor { type_name, known: chosen, ready: chosen, ..place }
    }

    /// Returns the number of waves that are over when a producer is done.
    fn wave(&self, producer: Producer) -> usize {
        match producer {
            Producer::Root | Producer::All => 0,
            Producer::Slot(slot) | Producer::Among { slot, .. } => self.fetches[slot].wave,
            other => self.changes.get(&other).copied().unwrap_or_default(),
        }
    }

    fn multiplicity(&mut self, parent: Option<usize>, list: Length<'a>) -> usize {
        let Length { most, variable, unsaid } = list;
        self.multiplicities.push(Multiplicity {
            parent,
            most,
            variable: variable.map(str::to_owned),
            unsaid,
            fields: 0,
        });
        self.multiplicities.len() - 1
    }

    fn child(&mut self, parent: usize, key: &'a str) -> usize {
        let nodes = &mut self.nodes;
        *self.children.entry((parent, key)).or_insert_with(|| {
            let node = nodes.len();
            nodes.push(Node { key: key.to_owned(), parent, ..Node::default() });
            nodes[parent].children.push(node);
            node
        })
    }
}

/// State of a field's object after the field's last call.
struct End<'a> {
    known: Producer,
    ready: Producer,
    holds: Option<&'a [String]>,
}

/// Returns true if a field makes calls and needs only those paths of its object that the key holds.
fn needs_only(info: &FieldInfo, holds: &[String]) -> bool {
    let known = |by: &String| match by.strip_prefix("parent.") {
        Some(path) => holds.iter().any(|held| held == path),
        None => true,
    };
    !info.steps.is_empty() && info.reads.is_empty() && info.steps.iter().flat_map(|step| &step.by).all(known)
}
