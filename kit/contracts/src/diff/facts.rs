//! What a plan says, taken from its text, so that plans of any revision can be compared.

use std::collections::{BTreeMap, BTreeSet};

/// What a plan says: the lines of its summary, and what is said of each call and of its failing, in the plan's order.
#[derive(Default)]
pub(crate) struct Facts {
    totals: Vec<(String, String)>,
    sections: Vec<Section>,
}

/// What is said below one RPC of a wave, or of the failure table.
#[derive(Clone)]
struct Section {
    /// The wave, or where the failures are told.
    part: String,
    rpc: String,
    /// Each with its name before it: `reads   id, name`.
    lines: Vec<String>,
}

/// What differs of one section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SectionChange {
    pub(crate) heading: String,
    pub(crate) gone: Vec<String>,
    pub(crate) new: Vec<String>,
}

/// Columns before what a line of a call says, and a line of the failure table.
const COLUMNS: [usize; 2] = [8, 15];

impl Facts {
    pub(crate) fn of(text: &str) -> Self {
        let mut facts = Self::default();
        let mut part = None::<String>;
        let mut columns = COLUMNS[0];
        for line in text.lines().skip(1).filter(|line| !line.trim().is_empty()) {
            let indent = line.len() - line.trim_start().len();
            let said = line.trim();
            match (indent, &part) {
                (0, _) => {
                    let fails = said.starts_with("what is missing when");
                    columns = COLUMNS[usize::from(fails)];
                    // When a wave is over follows from its calls, and the legend of the failures is always the same.
                    let name = if fails { "if it fails" } else { said.split(',').next().unwrap_or(said) };
                    part = Some(name.to_owned());
                }
                (_, None) => {
                    let (name, value) = said.split_once(' ').unwrap_or((said, ""));
                    facts.totals.push((name.to_owned(), value.trim().to_owned()));
                }
                // What a whole part says sums up what follows.
                (2, Some(_)) if said.contains(' ') => {}
                (2, Some(part)) => facts.sections.push(Section {
                    part: part.clone(),
                    rpc: said.to_owned(),
                    lines: Vec::new(),
                }),
                _ => {
                    if let Some(section) = facts.sections.last_mut() {
                        section.push(indent, said, columns);
                    }
                }
            }
        }
        facts
    }

    /// Lines of the summary that differ: name, old and new value.
    pub(crate) fn totals_changed(&self, new: &Self) -> Vec<(String, Option<String>, Option<String>)> {
        let of = |facts: &Self, name: &str| {
            facts.totals.iter().find(|(it, _)| it == name).map(|(_, value)| value.clone())
        };
        let removed = self.totals.iter().filter(|(name, _)| of(new, name).is_none());
        let names = new.totals.iter().chain(removed).map(|(name, _)| name);
        let change = |name: &String| (name.clone(), of(self, name), of(new, name));
        names.map(change).filter(|(_, was, is)| was != is).collect()
    }

    /// Sections that differ: those of the new plan in its order, then those that are gone.
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

    /// Parts and RPCs that have several sections.
    fn ambiguous(&self) -> Vec<(String, String)> {
        let mut counts = BTreeMap::<_, usize>::new();
        for section in &self.sections {
            *counts.entry((section.part.clone(), section.rpc.clone())).or_default() += 1;
        }
        counts.into_iter().filter(|(_, count)| *count > 1).map(|(key, _)| key).collect()
    }

    /// The sections with a heading of their own each: what it is for tells apart those of one RPC.
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

impl Section {
    /// Adds a line. One that goes on with what the line before says is given that line's name.
    fn push(&mut self, indent: usize, said: &str, columns: usize) {
        let name = match self.lines.last() {
            Some(before) if indent > 4 => before.chars().take(columns).collect(),
            _ => String::new(),
        };
        self.lines.push(name + said);
    }
}
