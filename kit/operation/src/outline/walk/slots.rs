//! Which questions share a slot, and so a call.

use std::collections::BTreeSet;
use std::sync::Arc;

use rpc::{Mask, Slot};

use super::{Producer, Walk};
use crate::outline::{Ask, Outline};
use crate::schema::StepInfo;

impl<'a> Walk<'a> {
    pub(super) fn slot(&mut self, step: &'a StepInfo, from: Producer) -> usize {
        let key = self.slot_key(step, from);
        if let Some(&slot) = self.slots.get(&(step.name.as_str(), key)) {
            self.behind(slot, from);
            return slot;
        }
        let slot = self.asks.len();
        let wave = self.wave(from) + 1;
        self.waves = self.waves.max(wave);
        self.asks.push(Ask {
            step: step.clone(),
            wave,
            from: from.slot().into_iter().collect(),
            nodes: Vec::new(),
            terms: Vec::new(),
            by_caller: false,
        });
        self.masks.push(Mask::default());
        self.slots.insert((&step.name, key), slot);
        slot
    }

    /// What tells the slots of a question apart. Where it is joined there is one for all producers, unless that
    /// would make it wait for itself.
    fn slot_key(&self, step: &'a StepInfo, from: Producer) -> Producer {
        let joins =
            step.joined && matches!(from, Producer::Root | Producer::Slot(_) | Producer::Among { .. });
        if !joins {
            return from;
        }
        let joined = self.slots.get(&(step.name.as_str(), Producer::All));
        match (joined, from.slot()) {
            (Some(&joined), Some(from)) if joined == from || self.producers(from).contains(&joined) => {
                Producer::Slot(from)
            }
            _ => Producer::All,
        }
    }

    /// Notes that a slot waits for a producer as well, and whatever waits for that slot with it.
    fn behind(&mut self, slot: usize, from: Producer) {
        let Some(from) = from.slot() else { return };
        if self.asks[slot].from.contains(&from) {
            return;
        }
        self.asks[slot].from.push(from);
        // Slots stand behind slots that were found before them, but for the joined ones: a few rounds settle it.
        let mut late = true;
        while std::mem::take(&mut late) {
            for slot in 0..self.asks.len() {
                let before = self.asks[slot].from.iter().map(|from| self.asks[*from].wave).max();
                if before.is_some_and(|before| before >= self.asks[slot].wave) {
                    self.asks[slot].wave = before.unwrap_or_default() + 1;
                    self.waves = self.waves.max(self.asks[slot].wave);
                    late = true;
                }
            }
        }
    }

    /// All slots whose answers lead to a slot's keys.
    pub(super) fn producers(&self, slot: usize) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        let mut left = self.asks[slot].from.clone();
        while let Some(slot) = left.pop() {
            if found.insert(slot) {
                left.extend(&self.asks[slot].from);
            }
        }
        found
    }

    /// Notes that a field asks a slot, with so many keys.
    pub(super) fn ask(&mut self, slot: usize, step: &StepInfo, term: Option<usize>, node: usize) {
        step.reads.iter().for_each(|path| self.masks[slot].add(path));
        if !self.asked.insert((slot, node)) {
            return;
        }
        let ask = &mut self.asks[slot];
        ask.nodes.push(node);
        // Whoever asks is the same everywhere in a request.
        let by_caller = step.by.iter().all(|by| by == "caller");
        if !(by_caller && ask.by_caller) {
            ask.terms.push(term);
        }
        ask.by_caller |= by_caller;
    }
}

/// The slot of a planned call.
pub(super) fn planned(outline: &Outline, ask: &Ask, mask: Mask) -> Slot {
    let keys = ask.terms.iter().fold(0, |keys: u64, term| keys.saturating_add(outline.most(*term)));
    let calls = keys.div_ceil(u64::from(ask.step.max_keys));
    let optional = ask.nodes.iter().flat_map(|node| &outline.nodes[*node].fields).all(|field| {
        let mut steps = field.info.steps.iter().filter(|step| step.name == ask.step.name);
        field.info.fallback.is_some() || steps.all(|step| step.spare)
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
