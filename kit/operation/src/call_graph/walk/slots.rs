//! Assigns fetches to slots. Fetches that share a slot share a call.

use std::collections::BTreeSet;
use std::sync::Arc;

use rpc::{Mask, Slot};

use super::{Producer, Walk};
use crate::call_graph::{CallGraph, FetchNode};
use crate::schema::StepInfo;

impl<'a> Walk<'a> {
    pub(super) fn slot(&mut self, step: &'a StepInfo, from: Producer) -> usize {
        let key = self.slot_key(step, from);
        if let Some(&slot) = self.slots.get(&(step.name.as_str(), key)) {
            self.behind(slot, from);
            return slot;
        }
        let slot = self.fetches.len();
        let wave = self.wave(from) + 1;
        self.waves = self.waves.max(wave);
        self.fetches.push(FetchNode {
            step: step.clone(),
            wave,
            from: from.slot().into_iter().collect(),
            nodes: Vec::new(),
            terms: Vec::new(),
            by_principal: false,
        });
        self.masks.push(Mask::default());
        self.slots.insert((&step.name, key), slot);
        slot
    }

    /// Returns the producer that tells the slots of a fetch apart. A coalesced fetch has one slot for all producers,
    /// unless the slot would then wait for itself.
    fn slot_key(&self, step: &'a StepInfo, from: Producer) -> Producer {
        let joins =
            step.coalesced && matches!(from, Producer::Root | Producer::Slot(_) | Producer::Among { .. });
        if !joins {
            return from;
        }
        let coalesced = self.slots.get(&(step.name.as_str(), Producer::All));
        match (coalesced, from.slot()) {
            (Some(&coalesced), Some(from))
                if coalesced == from || self.producers(from).contains(&coalesced) =>
            {
                Producer::Slot(from)
            }
            _ => Producer::All,
        }
    }

    /// Records that a slot also waits for a producer, and moves it and the slots behind it to later waves.
    fn behind(&mut self, slot: usize, from: Producer) {
        let Some(from) = from.slot() else { return };
        if self.fetches[slot].from.contains(&from) {
            return;
        }
        self.fetches[slot].from.push(from);
        // Only coalesced slots can wait for slots that were found after them, so a few rounds are enough.
        let mut late = true;
        while std::mem::take(&mut late) {
            for slot in 0..self.fetches.len() {
                let before = self.fetches[slot].from.iter().map(|from| self.fetches[*from].wave).max();
                if before.is_some_and(|before| before >= self.fetches[slot].wave) {
                    self.fetches[slot].wave = before.unwrap_or_default() + 1;
                    self.waves = self.waves.max(self.fetches[slot].wave);
                    late = true;
                }
            }
        }
    }

    /// Returns all slots whose responses lead to a slot's keys.
    pub(super) fn producers(&self, slot: usize) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        let mut left = self.fetches[slot].from.clone();
        while let Some(slot) = left.pop() {
            if found.insert(slot) {
                left.extend(&self.fetches[slot].from);
            }
        }
        found
    }

    /// Records that a field fetches through a slot; `term` is the number of its keys.
    pub(super) fn fetch(&mut self, slot: usize, step: &StepInfo, term: Option<usize>, node: usize) {
        step.reads.iter().for_each(|path| self.masks[slot].add(path));
        if !self.fetching.insert((slot, node)) {
            return;
        }
        let fetch = &mut self.fetches[slot];
        fetch.nodes.push(node);
        // The principal is one key throughout a request, so it counts once.
        let by_principal = step.by.iter().all(|by| by == "caller");
        if !(by_principal && fetch.by_principal) {
            fetch.terms.push(term);
        }
        fetch.by_principal |= by_principal;
    }
}

/// Returns the slot of a planned call.
pub(super) fn planned(call_graph: &CallGraph, fetch: &FetchNode, mask: Mask) -> Slot {
    let keys = fetch.terms.iter().fold(0, |keys: u64, term| keys.saturating_add(call_graph.most(*term)));
    let calls = keys.div_ceil(u64::from(fetch.step.max_keys));
    let optional = fetch.nodes.iter().flat_map(|node| &call_graph.nodes[*node].fields).all(|field| {
        let mut steps = field.info.steps.iter().filter(|step| step.name == fetch.step.name);
        field.info.fallback.is_some() || steps.all(|step| step.best_effort)
    });
    Slot {
        mask: Some(mask),
        max_keys: usize::try_from(keys).unwrap_or(usize::MAX),
        max_calls: usize::try_from(calls).unwrap_or(usize::MAX),
        until: None,
        optional,
        joins: Arc::default(),
    }
}
