//! `check`, `diff` and `impact`: the plans as a team reviews them.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;

use super::{Failure, print};
use crate::client::Client;
use crate::contracts::{ContractError, Contracts, Protos, Revision};
use crate::planner::{Planner, short_name};

/// The folder of the contracts with the client.
#[derive(Args)]
pub(super) struct Folder {
    /// Folder of the contracts; `schema/<client>` when left out
    #[arg(long = "schema", value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

/// `check`
#[derive(Args)]
pub(super) struct Check {
    #[command(flatten)]
    folder: Folder,
}

/// `diff`
#[derive(Args)]
pub(super) struct Diff {
    /// What to compare with: a folder such as `../old/schema/mobile`, or a revision git knows, such as `main`
    old: String,
    /// What to compare; the contracts as they lie there when left out
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
}

impl Check {
    pub(super) fn run<C: Client>(self) -> Result<(), Failure> {
        let contracts = self.folder.contracts::<C>();
        let problems = contracts.check(&Planner::of::<C>());
        if problems.is_empty() {
            let operations = contracts.operations().map(|it| it.len()).unwrap_or_default();
            print(&format!("{}: {operations} operations keep their plans and the budget\n", C::NAME));
            return Ok(());
        }
        Err(Failure::Other(lines(&format!("{} problems", problems.len()), &problems)))
    }
}

impl Diff {
    pub(super) fn run<C: Client>(self) -> Result<(), Failure> {
        let folder = self.folder.path::<C>();
        let revision = |text: &str| {
            if PathBuf::from(text).is_dir() {
                Revision::of(&Contracts::new(text))
            } else {
                Revision::git(text, &folder)
            }
        };
        let new = match &self.new {
            Some(new) => revision(new),
            None => Revision::of(&Contracts::new(&folder)),
        };
        let wrong = |error: ContractError| Failure::Usage(error.to_string());
        let changes = revision(&self.old).map_err(wrong)?.changes(short_name(C::NAME), &new.map_err(wrong)?);
        print(&if self.markdown { changes.to_markdown() } else { changes.to_text() });
        Ok(())
    }
}

impl Impact {
    pub(super) fn run<C: Client>(self) -> Result<(), Failure> {
        let wrong = |error: ContractError| Failure::Usage(error.to_string());
        let (old, new) = (Protos::read(&self.old).map_err(wrong)?, Protos::read(&self.new).map_err(wrong)?);
        let found = self.folder.contracts::<C>().impact(&Planner::of::<C>(), &old, &new);
        let found = found.map_err(|errors| Failure::Other(lines("operations without a plan", &errors)))?;
        if found.is_empty() {
            print(&format!("{}: no operation stands on what changes\n", C::NAME));
            return Ok(());
        }
        Err(Failure::Other(lines("operations stand on what changes", &found)))
    }
}

/// A heading and a line for each.
fn lines(heading: &str, all: &[impl std::fmt::Display]) -> String {
    all.iter().fold(heading.to_owned(), |mut text, it| {
        _ = write!(text, "\n  {it}");
        text
    })
}
