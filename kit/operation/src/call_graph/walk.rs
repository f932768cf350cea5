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

/// Since when a key is known or a message there: what both wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Producer {
    /// Nothing: the root of a query.
    Root,
    /// The answers of a slot.
    Slot(usize),
    /// What ran before a field that changes something.
    Before(usize),
    /// A field that changes something; the ones beside it run before or after it.
    After(usize),
    /// One of several slots, by the type of the object.
    Choice(usize),
    /// The answers of a slot in a list whose items have several: the list waits for all of them.
    Among { node: usize, slot: usize },
    /// The answers of all slots that lead to the same question, where that waits for all of them.
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

/// Where in the answer a selection stands.
#[derive(Clone, Copy)]
struct Cursor<'a> {
    type_name: &'a str,
    node: usize,
    /// Since when the key of the object is known.
    known: Producer,
    /// Since when its message is there.
    ready: Producer,
    /// Paths of the message that the key holds, where the object is hoisted.
    holds: Option<&'a [String]>,
    /// How many of these objects there are.
    multiplicity: Option<usize>,
    /// What bounds the lists of this object.
    lists: Option<(&'a BoundInfo, &'a Field)>,
    depth: usize,
}

/// Stands for the type of a field the schema does not know.
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
    /// Which field asks which slot.
    asked: HashSet<(usize, usize)>,
    choices: HashMap<(usize, &'a str), Producer>,
    /// Waves that are over before and after each field that changes something.
    changes: HashMap<Producer, usize>,
    waves: usize,
    depth: usize,
    /// Fields that are outside every list.
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
            asked: HashSet::new(),
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
                // The simplest form of an operation has none.
                Selection::FragmentSpread(_) => {}
            }
        }
    }

    /// Notes what a field asks and reads; answers where its own fields stand.
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
            // Most have one, and documents may have thousands of them.
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
            // What a change answers is the change's own: what its fields ask joins no other batch.
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

    /// Notes the calls of a field.
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
            // Who asks is the same key for each item.
            let each = many && step.by.iter().any(|by| by != "caller");
            if let Some(list) = list.filter(|_| each) {
                term = Some(self.multiplicity(term, list));
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

    /// Adds what a field reads of its parent to the mask of the call that answers the parent.
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

    /// Where a fragment's fields stand: of several calls, the one for its type answered them.
    fn within(&self, place: Cursor<'a>, type_name: &'a str) -> Cursor<'a> {
        let Producer::Choice(node) = place.ready else { return Cursor { type_name, ..place } };
        let chosen = self.choices.get(&(node, type_name)).copied().unwrap_or(place.ready);
        Cursor { type_name, known: chosen, ready: chosen, ..place }
    }

    /// Waves that are over when a producer has answered.
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

/// Where a field's last call leaves its object.
struct End<'a> {
    known: Producer,
    ready: Producer,
    holds: Option<&'a [String]>,
}

/// Whether a field asks for something and needs no more of its object than what the key holds.
fn needs_only(info: &FieldInfo, holds: &[String]) -> bool {
    let known = |by: &String| match by.strip_prefix("parent.") {
        Some(path) => holds.iter().any(|held| held == path),
        None => true,
    };
    !info.steps.is_empty() && info.reads.is_empty() && info.steps.iter().flat_map(|step| &step.by).all(known)
}
