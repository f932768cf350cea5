//! `check`, `diff` and `impact`: the plans as a team reviews them.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;

use super::{Failure, print};
use crate::client::Client;
use crate::contracts::{ContractError, Contracts, ManifestFormat, Protos, Revision};
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

impl Register {
    pub(super) fn run<C: Client>(self) -> Result<(), Failure> {
        let named = |it: char| it.is_ascii_alphanumeric() || matches!(it, '.' | '-' | '_' | '+');
        if self.release.is_empty() || self.release.starts_with('.') || !self.release.chars().all(named) {
            return Err(Failure::Usage(format!("--release: `{}` is no version like 5.2.0", self.release)));
        }
        let contracts = self.folder.contracts::<C>();
        let registered = contracts.register(&Planner::of::<C>(), &self.release, self.format);
        let path = registered
            .map_err(|problems| Failure::Other(lines(&format!("{} problems", problems.len()), &problems)))?;
        print(&format!("{}: {}\n", C::NAME, path.display()));
        Ok(())
    }
}

impl Check {
    pub(super) fn run<C: Client>(self) -> Result<(), Failure> {
        let contracts = self.folder.contracts::<C>();
        let problems = contracts.check(&Planner::of::<C>());
        if problems.is_empty() {
            let operations = contracts.operations().map(|it| it.len()).unwrap_or_default();
            let releases = contracts.releases().map(|it| it.len()).unwrap_or_default();
            print(&format!(
                "{}: {operations} operations keep their plans and the budget, {releases} releases still work\n",
                C::NAME
            ));
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
