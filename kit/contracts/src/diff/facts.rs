//! Comparison of two plans, section by section.

use std::collections::{BTreeMap, BTreeSet};

use operation::{PlanLine, PlanText};

/// Facts of a plan: the lines of its summary, of each call and of the failure of each call, in the order of the plan.
#[derive(Default)]
pub(crate) struct Facts {
    totals: Vec<PlanLine>,
    sections: Vec<Section>,
}

/// Lines below one RPC of a wave, or of the failure table.
#[derive(Clone)]
struct Section {
    /// Name of the wave, or of the failure table.
    part: String,
    rpc: String,
    /// Lines, each beginning with its name: `reads   id, name`.
    lines: Vec<String>,
}

/// Difference between the old and the new version of a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SectionChange {
    pub(crate) heading: String,
    pub(crate) gone: Vec<String>,
    pub(crate) new: Vec<String>,
}

impl Facts {
    pub(crate) fn of(text: &str) -> Self {
        let plan = PlanText::parse(text);
        let mut sections = Vec::new();
        for part in &plan.parts {
            // The end of a wave follows from its calls, and the legend of the failure table is always the same.
            let name = part.heading.split(',').next().unwrap_or_default();
            let name = if part.is_failures() { "failures" } else { name };
            sections.extend(part.sections.iter().map(|section| Section {
                part: name.to_owned(),
                rpc: section.rpc.clone(),
                lines: part.named_lines(section),
            }));
        }
        Self { totals: plan.totals, sections }
    }

    /// Returns the lines of the summary that differ: name, old and new value.
    pub(crate) fn totals_changed(&self, new: &Self) -> Vec<(String, Option<String>, Option<String>)> {
        let of = |facts: &Self, name: &str| {
            facts.totals.iter().find(|it| it.name == name).map(|it| it.value.clone())
        };
        let removed = self.totals.iter().filter(|line| of(new, &line.name).is_none());
        let names = new.totals.iter().chain(removed).map(|line| &line.name);
        let change = |name: &String| (name.clone(), of(self, name), of(new, name));
        names.map(change).filter(|(_, was, is)| was != is).collect()
    }

    /// Returns the sections that differ: those of the new plan in its order, then those that are gone.
    pub(crate) fn sections_changed(&self, new: &Self) -> Vec<SectionChange> {
        let ambiguous: BTreeSet<_> = [self, new].into_iter().flat_map(Self::ambiguous).collect();
        let (old, new) = (self.headed(&ambiguous), new.headed(&ambiguous));
        let lines = |all: &[(String, Vec<String>)], heading: &str| {
            let found = all.iter().find(|(it, _)| it == heading);
            found.map(|(_, lines)| lines.clone()).unwrap_or_default()
        };
        let gone = old.iter().filter(|(heading, _)| !new.iter().any(|(it, _)| it == heading));
        let change = |heading: &String| {
            let (was, is) = (lines(&old, heading), lines(&new, heading));
            let only = |those: &[String], others: &[String]| {
                those.iter().filter(|line| !others.contains(line)).cloned().collect::<Vec<_>>()
            };
            let (gone, new) = (only(&was, &is), only(&is, &was));
            let heading = heading.clone();
            (!(gone.is_empty() && new.is_empty())).then_some(SectionChange { heading, gone, new })
        };
        new.iter().chain(gone).filter_map(|(heading, _)| change(heading)).collect()
    }

    /// Returns the pairs of part and RPC that have several sections.
    fn ambiguous(&self) -> Vec<(String, String)> {
        let mut counts = BTreeMap::<_, usize>::new();
        for section in &self.sections {
            *counts.entry((section.part.clone(), section.rpc.clone())).or_default() += 1;
        }
        counts.into_iter().filter(|(_, count)| *count > 1).map(|(key, _)| key).collect()
    }

    /// Returns the sections, each with a heading of its own. Headings of ambiguous sections name the field that the
    /// call is for.
    fn headed(&self, ambiguous: &BTreeSet<(String, String)>) -> Vec<(String, Vec<String>)> {
        let heading = |section: &Section| {
            let Section { part, rpc, .. } = section;
            let field = section.lines.iter().find_map(|line| line.strip_prefix("for "));
            match field.filter(|_| ambiguous.contains(&(part.clone(), rpc.clone()))) {
                Some(field) => format!("{part}: {rpc} for {}", field.trim()),
                None => format!("{part}: {rpc}"),
            }
        };
        self.sections.iter().map(|section| (heading(section), section.lines.clone())).collect()
    }
}
