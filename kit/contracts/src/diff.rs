//! Changes between two revisions of a client's plans.

mod facts;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use operation::Preparer;

use crate::error::ContractError;
use crate::files::stem;
use crate::folder::Folder;

use facts::{Facts, SectionChange};

/// Plans of a client at one revision, by operation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Revision(BTreeMap<String, String>);

/// Changes in the plans of a client, for each operation.
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
    /// Sections on a call, or on its failure, that differ.
    sections: Vec<SectionChange>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Added,
    Removed,
    Changed,
}

impl Revision {
    /// Reads the plans that are committed in a folder `schema/<client>`.
    pub fn of(contracts: &Folder) -> Result<Self, ContractError> {
        Ok(Self(contracts.plans()?.into_iter().collect()))
    }

    /// Plans the operations in a folder `schema/<client>`, as they are now.
    pub fn of_operations(contracts: &Folder, preparer: &Preparer) -> Result<Self, Vec<ContractError>> {
        let plans = contracts.planned(preparer)?.into_iter();
        Ok(Self(plans.map(|plan| (plan.operation.clone(), plan.to_string())).collect()))
    }

    /// Reads the plans that are committed in a folder `name`, or the plans of `folder` at a git revision `name`, such
    /// as `main` or `HEAD~1`.
    pub fn named(name: &str, folder: &Path) -> Result<Self, ContractError> {
        if Path::new(name).is_dir() { Self::of(&Folder::new(name)) } else { Self::git(name, folder) }
    }

    /// Reads the plans of a folder at a git revision.
    fn git(revision: &str, folder: &Path) -> Result<Self, ContractError> {
        let wrong = |problem: String| ContractError::new(folder, problem);
        if !folder.is_dir() {
            return Err(wrong("there is no such folder".to_owned()));
        }
        let run = |arguments: &[&str]| {
            let output = Command::new("git").arg("-C").arg(folder).args(arguments).output();
            output.map_err(|error| wrong(format!("git did not run: {error}")))
        };
        if !run(&["rev-parse", "--git-dir"])?.status.success() {
            return Err(wrong(format!("{revision} is no folder, and there is no git repository to know it")));
        }
        // Without `--end-of-options`, a revision that begins with a dash would be an option.
        let commit = format!("{revision}^{{commit}}");
        if !run(&["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])?.status.success() {
            return Err(wrong(format!(
                "{revision} is neither a folder nor a revision that git knows here, such as main or HEAD~1"
            )));
        }
        let git = |arguments: &[&str]| {
            let output = run(arguments)?;
            if output.status.success() {
                return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
            }
            Err(wrong(format!("git {}: {}", arguments[0], String::from_utf8_lossy(&output.stderr).trim())))
        };
        let listed = git(&["ls-tree", "--name-only", revision, "--", "plans/"])?;
        let plan = |file: &str| {
            let text = git(&["show", &format!("{revision}:./{file}")])?;
            Ok((stem(Path::new(file)), text))
        };
        listed
            .lines()
            .filter(|file| Path::new(file).extension().is_some_and(|it| it == "plan"))
            .map(plan)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Returns the changes from this revision to another one.
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
            let (totals, sections) = (old.totals_changed(&new), old.sections_changed(&new));
            Some(Change { operation: name.clone(), kind, totals, sections })
        };
        Changes { client: client.to_owned(), operations: names.into_iter().filter_map(change).collect() }
    }
}

impl Changes {
    /// Returns true if nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }

    /// Formats the changes for a terminal.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for change in &self.operations {
            let _written = writeln!(text, "{} {} {}", self.client, change.operation, change.kind.word());
            for (name, old, new) in &change.totals {
                let _written = writeln!(text, "  {name:<7} {}", arrow(old.as_deref(), new.as_deref()));
            }
            // The sections of a plan that was added or removed would only repeat its file.
            for section in change.sections.iter().filter(|_| change.kind == Kind::Changed) {
                let _written = writeln!(text, "  {}", section.heading);
                section.gone.iter().for_each(|line| _ = writeln!(text, "    - {line}"));
                section.new.iter().for_each(|line| _ = writeln!(text, "    + {line}"));
            }
        }
        if text.is_empty() { format!("{}: no plan changed\n", self.client) } else { text }
    }

    /// Formats the changes for a pull request, as Markdown.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut text = format!("### Plans of {}\n\n", self.client);
        if self.is_empty() {
            text.push_str("No plan changed.\n");
            return text;
        }
        text.push_str("| operation | waves | calls | keys | time | answer | cost | cache |\n");
        text.push_str("|---|---|---|---|---|---|---|---|\n");
        for change in &self.operations {
            let _written = write!(text, "| **{}** {} ", change.operation, change.kind.word());
            for name in ["waves", "calls", "keys", "time", "answer", "cost", "cache"] {
                let cell = change.totals.iter().find(|(it, ..)| it == name);
                let cell =
                    cell.map(|(_, old, new)| arrow(old.as_deref(), new.as_deref())).unwrap_or_default();
                let _written = write!(text, "| {cell} ");
            }
            text.push_str("|\n");
        }
        for change in self.operations.iter().filter(|it| it.kind == Kind::Changed) {
            let _written = write!(text, "\n<details><summary>{}</summary>\n\n```diff\n", change.operation);
            for section in &change.sections {
                let _written = writeln!(text, "  {}", section.heading);
                section.gone.iter().for_each(|line| _ = writeln!(text, "- {line}"));
                section.new.iter().for_each(|line| _ = writeln!(text, "+ {line}"));
            }
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
