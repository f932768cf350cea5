//! `plan`, `check`, `register`, `diff` and `impact`: the plans as a team writes and reviews them.

use std::collections::BTreeSet;
use std::fmt::{Display, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;

use super::{Failure, print};
use crate::client::Client;
use crate::contracts::{ContractError, Contracts, ManifestFormat, Protos, Revision, WayOut, WrittenPlans};
use crate::planner::{Planner, short_name};

/// The folder of the contracts with the client.
#[derive(Args)]
pub(super) struct Folder {
    /// Folder of the contracts; `schema/<client>` when left out
    #[arg(long = "schema", value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

/// `plan`
#[derive(Args)]
pub(super) struct Plan {
    /// Write them
    #[arg(long, required = true)]
    write: bool,
    #[command(flatten)]
    folder: Folder,
}

/// `check`
#[derive(Args)]
pub(super) struct Check {
    #[command(flatten)]
    folder: Folder,
}

/// `register`
#[derive(Args)]
pub(super) struct Register {
    /// Version of the client, such as `5.2.0`
    #[arg(long, value_name = "VERSION")]
    release: String,
    /// How the manifest is written
    #[arg(long, value_enum, default_value = "apollo")]
    format: ManifestFormat,
    #[command(flatten)]
    folder: Folder,
}

/// `diff`
#[derive(Args)]
pub(super) struct Diff {
    /// What to compare with: a folder such as `../old/schema/mobile`, or a revision git knows, such as `main`
    old: String,
    /// What to compare; the operations as they are now when left out
    new: Option<String>,
    /// For a pull request
    #[arg(long)]
    markdown: bool,
    #[command(flatten)]
    folder: Folder,
}

/// `impact`
#[derive(Args)]
pub(super) struct Impact {
    /// Descriptors of the services as they were, such as `buf build -o FILE.binpb` writes them
    old: PathBuf,
    /// Descriptors of the services as they are to be
    new: PathBuf,
    #[command(flatten)]
    folder: Folder,
}

impl Folder {
    pub(super) fn path<C: Client>(&self) -> PathBuf {
        self.folder.clone().unwrap_or_else(|| PathBuf::from("schema").join(short_name(C::NAME)))
    }

    pub(super) fn contracts<C: Client>(&self) -> Contracts {
        Contracts::new(self.path::<C>())
    }

    /// Everything that is wrong with the contracts, and what to do where it is meant.
    pub(super) fn failure<C: Client>(&self, problems: &[ContractError]) -> Failure {
        let mut text = lines(&counted(problems.len() as u64, "problem"), problems);
        let ways_out: BTreeSet<_> = problems.iter().filter_map(|problem| problem.way_out).collect();
        for way_out in ways_out {
            let told = match way_out {
                WayOut::WritePlans => {
                    let folder = self.folder.as_ref();
                    let folder = folder.map(|it| format!(" --schema {}", it.display())).unwrap_or_default();
                    format!("to have the plans as the operations are now: {} plan --write{folder}", C::NAME)
                }
                WayOut::Except => {
                    let budget = self.path::<C>().join("budget.toml");
                    format!(
                        "to let an operation use more: an exception with its reason in {}",
                        budget.display()
                    )
                }
            };
            _ = write!(text, "\n{told}");
        }
        Failure::Other(text)
    }
}

impl Register {
    pub(super) fn run<C: Client>(self) -> Result<(), Failure> {
        let named = |it: char| it.is_ascii_alphanumeric() || matches!(it, '.' | '-' | '_' | '+');
        if self.release.is_empty() || self.release.starts_with('.') || !self.release.chars().all(named) {
            return Err(Failure::Usage(format!("--release: `{}` is no version like 5.2.0", self.release)));
        }
        let contracts = self.folder.contracts::<C>();
        let registered = contracts.register(&Planner::of::<C>(), &self.release, self.format);
        let path = registered.map_err(|problems| self.folder.failure::<C>(&problems))?;
        print(&format!("{}: {}\n", C::NAME, path.display()));
        Ok(())
    }
}

impl Plan {
    pub(super) fn run<C: Client>(self) -> Result<(), Failure> {
        let written = self.folder.contracts::<C>().write_plans(&Planner::of::<C>());
        let WrittenPlans { written, removed } = written.map_err(|it| self.folder.failure::<C>(&it))?;
        let mut told = String::new();
        for (what, paths) in [("wrote", written), ("removed", removed)] {
            for path in paths {
                _ = writeln!(told, "{}: {what} {}", C::NAME, path.display());
            }
        }
        print(&if told.is_empty() {
            format!("{}: every plan is as its operation is\n", C::NAME)
        } else {
            told
        });
        Ok(())
    }
}

impl Check {
    pub(super) fn run<C: Client>(self) -> Result<(), Failure> {
        let contracts = self.folder.contracts::<C>();
        let problems = contracts.check(&Planner::of::<C>());
        if !problems.is_empty() {
            return Err(self.folder.failure::<C>(&problems));
        }
        let operations = contracts.operations().map(|it| it.len() as u64).unwrap_or_default();
        let releases = contracts.releases().map(|it| it.len() as u64).unwrap_or_default();
        print(&format!(
            "{}: {} within plan and budget, {} as well\n",
            C::NAME,
            counted(operations, "operation"),
            counted(releases, "release")
        ));
        Ok(())
    }
}

impl Diff {
    pub(super) fn run<C: Client>(self) -> Result<(), Failure> {
        let folder = self.folder.path::<C>();
        let wrong = |error: ContractError| Failure::Usage(error.to_string());
        let old = Revision::named(&self.old, &folder).map_err(wrong)?;
        let now = |folder: &Path| {
            Revision::of_operations(&Contracts::new(folder), &Planner::of::<C>())
                .map_err(|problems| self.folder.failure::<C>(&problems))
        };
        let new = match &self.new {
            None => now(&folder)?,
            Some(new) if Path::new(new).is_dir() => now(Path::new(new))?,
            Some(new) => Revision::named(new, &folder).map_err(wrong)?,
        };
        let changes = old.changes(short_name(C::NAME), &new);
        print(&if self.markdown { changes.to_markdown() } else { changes.to_text() });
        Ok(())
    }
}

impl Impact {
    pub(super) fn run<C: Client>(self) -> Result<(), Failure> {
        let wrong = |error: ContractError| Failure::Usage(error.to_string());
        let (old, new) = (Protos::read(&self.old).map_err(wrong)?, Protos::read(&self.new).map_err(wrong)?);
        let found = self.folder.contracts::<C>().impact(&Planner::of::<C>(), &old, &new);
        let found = found.map_err(|errors| self.folder.failure::<C>(&errors))?;
        if found.is_empty() {
            print(&format!("{}: no operation stands on what changes\n", C::NAME));
            return Ok(());
        }
        Err(Failure::Other(lines("operations stand on what changes", &found)))
    }
}

/// A number of things.
pub(super) fn counted(number: u64, of: &str) -> String {
    format!("{number} {of}{}", if number == 1 { "" } else { "s" })
}

/// A heading and a line for each.
fn lines(heading: &str, all: &[impl Display]) -> String {
    all.iter().fold(heading.to_owned(), |mut text, it| {
        _ = write!(text, "\n  {it}");
        text
    })
}
