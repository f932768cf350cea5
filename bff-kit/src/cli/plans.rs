//! `check` and `diff`: the plans as a team reviews them.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;

use super::{Failure, print};
use crate::client::Client;
use crate::contracts::{Contracts, Revision};
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
        let mut text = format!("{} problems", problems.len());
        problems.iter().for_each(|problem| _ = write!(text, "\n  {problem}"));
        Err(Failure::Other(text))
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
        let wrong = |error: crate::contracts::ContractError| Failure::Usage(error.to_string());
        let changes = revision(&self.old).map_err(wrong)?.changes(short_name(C::NAME), &new.map_err(wrong)?);
        print(&if self.markdown { changes.to_markdown() } else { changes.to_text() });
        Ok(())
    }
}
