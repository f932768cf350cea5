//! What changed between two revisions of a client's plans.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use super::{ContractError, Contracts};

/// The committed plans of a client at one moment, by operation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Revision(BTreeMap<String, String>);

/// What changed for each operation of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changes {
    client: String,
    operations: Vec<Change>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Change {
    operation: String,
    kind: Kind,
    /// Lines of the summary that differ: name, old and new value.
    totals: Vec<(String, Option<String>, Option<String>)>,
    /// Calls and consequences that are gone and that are new.
    gone: Vec<String>,
    new: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Added,
    Removed,
    Changed,
}

impl Revision {
    /// The plans that lie in a folder `schema/<client>`.
    pub fn of(contracts: &Contracts) -> Result<Self, ContractError> {
        Ok(Self(contracts.plans()?.into_iter().collect()))
    }

    /// The plans of a folder as git knows them at a revision, such as `main` or `HEAD~1`.
    pub fn git(revision: &str, folder: &Path) -> Result<Self, ContractError> {
        let path = folder.to_owned();
        let wrong = |problem: String| ContractError { path: path.clone(), problem };
        let git = |arguments: &[&str]| {
            let output = Command::new("git").arg("-C").arg(folder).args(arguments).output();
            let output = output.map_err(|error| wrong(format!("git did not run: {error}")))?;
            if output.status.success() {
                return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
            }
            Err(wrong(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
        };
        let listed = git(&["ls-tree", "--name-only", revision, "--", "plans/"])?;
        let plan = |file: &str| {
            let text = git(&["show", &format!("{revision}:./{file}")])?;
            Ok((super::stem(Path::new(file)), text))
        };
        listed
            .lines()
            .filter(|file| Path::new(file).extension().is_some_and(|it| it == "plan"))
            .map(plan)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// What changed from this revision to another one.
    #[must_use]
    pub fn changes(&self, client: &str, other: &Self) -> Changes {
        let names: BTreeSet<_> = self.0.keys().chain(other.0.keys()).collect();
        let change = |name: &String| {
            let (old, new) = (self.0.get(name), other.0.get(name));
            let kind = match (old, new) {
                (None, _) => Kind::Added,
                (_, None) => Kind::Removed,
                (Some(old), Some(new)) if old == new => return None,
                _ => Kind::Changed,
            };
            let read = |text: Option<&String>| text.map(|text| Facts::of(text)).unwrap_or_default();
            let (old, new) = (read(old), read(new));
            let names: Vec<_> =
                new.order.iter().chain(old.order.iter().filter(|it| !new.totals.contains_key(*it))).collect();
            let totals = names.into_iter().filter_map(|name| {
                let (was, is) = (old.totals.get(name).cloned(), new.totals.get(name).cloned());
                (was != is).then(|| (name.clone(), was, is))
            });
            Some(Change {
                operation: name.clone(),
                kind,
                totals: totals.collect(),
                gone: old.lines.difference(&new.lines).cloned().collect(),
                new: new.lines.difference(&old.lines).cloned().collect(),
            })
        };
        Changes { client: client.to_owned(), operations: names.into_iter().filter_map(change).collect() }
    }
}

impl Changes {
    /// Whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }

    /// The changes for a terminal.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for change in &self.operations {
            let _written = writeln!(text, "{} {} {}", self.client, change.operation, change.kind.word());
            for (name, old, new) in &change.totals {
                let _written = writeln!(text, "  {name:<7} {}", arrow(old.as_deref(), new.as_deref()));
            }
            // All of a plan that came or went would say nothing that its file does not.
            if change.kind == Kind::Changed {
                change.gone.iter().for_each(|line| _ = writeln!(text, "  - {line}"));
                change.new.iter().for_each(|line| _ = writeln!(text, "  + {line}"));
            }
        }
        if text.is_empty() { format!("{}: no plan changed\n", self.client) } else { text }
    }

    /// The changes for a pull request.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut text = format!("### Plans of {}\n\n", self.client);
        if self.is_empty() {
            text.push_str("No plan changed.\n");
            return text;
        }
        text.push_str("| operation | waves | calls | time | answer | cost |\n|---|---|---|---|---|---|\n");
        for change in &self.operations {
            let _written = write!(text, "| **{}** {} ", change.operation, change.kind.word());
            for name in ["waves", "calls", "time", "answer", "cost"] {
                let cell = change.totals.iter().find(|(it, ..)| it == name);
                let cell =
                    cell.map(|(_, old, new)| arrow(old.as_deref(), new.as_deref())).unwrap_or_default();
                let _written = write!(text, "| {cell} ");
            }
            text.push_str("|\n");
        }
        for change in self.operations.iter().filter(|it| it.kind == Kind::Changed) {
            let _written = write!(text, "\n<details><summary>{}</summary>\n\n```diff\n", change.operation);
            change.gone.iter().for_each(|line| _ = writeln!(text, "- {line}"));
            change.new.iter().for_each(|line| _ = writeln!(text, "+ {line}"));
            text.push_str("```\n\n</details>\n");
        }
        text
    }
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Added => "is new",
            Self::Removed => "is gone",
            Self::Changed => "changed",
        }
    }
}

fn arrow(old: Option<&str>, new: Option<&str>) -> String {
    match (old, new) {
        (Some(old), Some(new)) => format!("{old} → {new}"),
        (Some(only), None) | (None, Some(only)) => only.to_owned(),
        (None, None) => String::new(),
    }
}

/// What a plan says, taken from its text: the lines of its summary, and each other line with what it stands below.
#[derive(Default)]
struct Facts {
    order: Vec<String>,
    totals: BTreeMap<String, String>,
    lines: BTreeSet<String>,
}

impl Facts {
    fn of(text: &str) -> Self {
        let mut facts = Self::default();
        let mut headings: Vec<(usize, String)> = Vec::new();
        let mut in_summary = true;
        for line in text.lines().skip(1).filter(|line| !line.trim().is_empty()) {
            let indent = line.len() - line.trim_start().len();
            let line = line.trim();
            in_summary &= indent > 0;
            if in_summary {
                let (name, value) = line.split_once(' ').unwrap_or((line, ""));
                facts.order.push(name.to_owned());
                facts.totals.insert(name.to_owned(), value.trim().to_owned());
                continue;
            }
            headings.retain(|(of, _)| *of < indent);
            // When a wave is over follows from its calls, and the legend of the failures is always the same.
            let heading = match line.split(", over after").next().unwrap_or(line) {
                legend if legend.starts_with("what is missing when") => "if it fails",
                heading => heading,
            };
            let path: Vec<_> =
                headings.iter().map(|(_, heading)| heading.as_str()).chain([heading]).collect();
            // A heading alone says nothing; the lines below it carry it along.
            if indent > 2 {
                facts.lines.insert(path.join(": ").split_whitespace().collect::<Vec<_>>().join(" "));
            }
            headings.push((indent, heading.to_owned()));
        }
        facts
    }
}
