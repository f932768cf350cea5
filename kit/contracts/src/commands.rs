//! The commands `plan`, `check`, `register`, `diff` and `impact`, with which a team writes and reviews plans.

use std::collections::BTreeSet;
use std::fmt::{Display, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand, ValueEnum};
use operation::{ManifestFormat, Preparer};

use crate::{ContractError, Folder, Protos, Revision, WayOut, WrittenPlans};

/// Binary that a command is part of.
#[derive(Clone)]
pub struct Binary {
    /// Name of the binary, such as `"bff-mobile"`.
    pub name: &'static str,
    /// Client of the binary, such as `"mobile"`.
    pub client: &'static str,
    /// Creates the preparer of the client.
    pub preparer: Arc<dyn Fn() -> Preparer>,
    /// Contracts of the services, as a `google.protobuf.FileDescriptorSet`; empty if the client does not name them.
    pub descriptors: &'static [u8],
}

/// Failure of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The command was called with wrong arguments.
    Usage(String),
    /// Any other failure.
    Other(String),
}

/// A command of the team that owns the contracts.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Write the plans of the operations, to be reviewed and committed with them
    Plan(Plan),
    /// Write the manifest of a release: the operations that this version of the client ships
    Register(Register),
    /// Check operations, plans, budget and every released operation, as CI does
    Check(Check),
    /// Show the changes of the plans since a revision
    Diff(Diff),
    /// Show the operations that depend on something a change of the services' contracts removes or alters
    Impact(Impact),
}

impl Command {
    /// Runs the command. Returns the text to print.
    pub fn run(self, binary: &Binary) -> Result<String, Failure> {
        match self {
            Self::Plan(plan) => plan.run(binary),
            Self::Register(register) => register.run(binary),
            Self::Check(check) => check.run(binary),
            Self::Diff(diff) => diff.run(binary),
            Self::Impact(impact) => impact.run(binary),
        }
    }
}

/// Format of a manifest, as it is named on the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// Apollo's persisted query manifest: SHA-256 ids, with names and kinds
    Apollo,
    /// A map from SHA-256 ids to documents, as Relay's compiler writes it
    Relay,
    /// A map from short ids to documents, for devices that count bytes. An operation keeps its id over releases
    Short,
}

impl From<Format> for ManifestFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::Apollo => Self::Apollo,
            Format::Relay => Self::Relay,
            Format::Short => Self::Short,
        }
    }
}

/// The folder of the contracts with the client.
#[derive(Args, Clone, Debug)]
pub struct FolderArgument {
    /// Folder of the contracts; `schema/<client>` when left out
    #[arg(long = "schema", value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

/// `plan`
#[derive(Args, Clone, Debug)]
pub struct Plan {
    /// Write them
    #[arg(long, required = true)]
    write: bool,
    #[command(flatten)]
    folder: FolderArgument,
}

/// `check`
#[derive(Args, Clone, Debug)]
pub struct Check {
    #[command(flatten)]
    folder: FolderArgument,
}

/// `register`
#[derive(Args, Clone, Debug)]
pub struct Register {
    /// Version of the client, such as `5.2.0`
    #[arg(long, value_name = "VERSION")]
    release: String,
    /// Format of the manifest
    #[arg(long, value_enum, default_value = "apollo")]
    format: Format,
    #[command(flatten)]
    folder: FolderArgument,
}

/// `diff`
#[derive(Args, Clone, Debug)]
pub struct Diff {
    /// Plans to compare with: a folder such as `../old/schema/mobile`, or a revision git knows, such as `main`
    old: String,
    /// Plans to compare: a folder or revision as above; the operations as they are now when left out
    new: Option<String>,
    /// For a pull request
    #[arg(long)]
    markdown: bool,
    #[command(flatten)]
    folder: FolderArgument,
}

/// `impact`
#[derive(Args, Clone, Debug)]
pub struct Impact {
    /// Descriptors of the services as they were, such as `buf build -o FILE.binpb` writes them
    old: PathBuf,
    /// Descriptors of the services as they are to be
    new: PathBuf,
    #[command(flatten)]
    folder: FolderArgument,
}

impl FolderArgument {
    fn path(&self, binary: &Binary) -> PathBuf {
        self.folder.clone().unwrap_or_else(|| PathBuf::from("schema").join(binary.client))
    }

    /// Returns the given folder, or `schema/<client>` if none is given.
    #[must_use]
    pub fn folder(&self, binary: &Binary) -> Folder {
        Folder::new(self.path(binary))
    }

    /// Returns a failure that lists these problems, with the steps to take if the state of the folder is intended.
    #[must_use]
    pub fn failure(&self, binary: &Binary, problems: &[ContractError]) -> Failure {
        let mut text = lines(&counted(problems.len() as u64, "problem"), problems);
        let ways_out: BTreeSet<_> = problems.iter().filter_map(|problem| problem.way_out).collect();
        for way_out in ways_out {
            let told = match way_out {
                WayOut::WritePlans => {
                    let folder = self.folder.as_ref();
                    let folder = folder.map(|it| format!(" --schema {}", it.display())).unwrap_or_default();
                    format!(
                        "to have the plans as the operations are now: {} plan --write{folder}",
                        binary.name
                    )
                }
                WayOut::Except => {
                    let budget = self.path(binary).join("budget.toml");
                    format!(
                        "to let an operation use more: an exemption with its reason in {}",
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
    fn run(self, binary: &Binary) -> Result<String, Failure> {
        let named = |it: char| it.is_ascii_alphanumeric() || matches!(it, '.' | '-' | '_' | '+');
        if self.release.is_empty() || self.release.starts_with('.') || !self.release.chars().all(named) {
            return Err(Failure::Usage(format!("--release: `{}` is no version like 5.2.0", self.release)));
        }
        let contracts = self.folder.folder(binary);
        let registered = contracts.register(&(binary.preparer)(), &self.release, self.format.into());
        let path = registered.map_err(|problems| self.folder.failure(binary, &problems))?;
        Ok(format!("{}: {}\n", binary.name, path.display()))
    }
}

impl Plan {
    fn run(self, binary: &Binary) -> Result<String, Failure> {
        let written = self.folder.folder(binary).write_plans(&(binary.preparer)());
        let WrittenPlans { written, removed } = written.map_err(|it| self.folder.failure(binary, &it))?;
        let mut told = String::new();
        for (what, paths) in [("wrote", written), ("removed", removed)] {
            for path in paths {
                _ = writeln!(told, "{}: {what} {}", binary.name, path.display());
            }
        }
        Ok(if told.is_empty() {
            format!("{}: every plan is as its operation is\n", binary.name)
        } else {
            told
        })
    }
}

impl Check {
    fn run(self, binary: &Binary) -> Result<String, Failure> {
        let contracts = self.folder.folder(binary);
        let preparer = (binary.preparer)();
        let mut problems = contracts.check(&preparer);
        if !binary.descriptors.is_empty() {
            let wrong = |error| Failure::Other(format!("the descriptors of the client: {error}"));
            let protos = Protos::decode(binary.descriptors).map_err(wrong)?;
            problems.extend(contracts.check_against(&protos, &preparer));
        }
        if !problems.is_empty() {
            return Err(self.folder.failure(binary, &problems));
        }
        let operations = contracts.operations().map(|it| it.len() as u64).unwrap_or_default();
        let releases = contracts.releases().map(|it| it.len() as u64).unwrap_or_default();
        Ok(format!(
            "{}: {} within plan and budget, {} as well\n",
            binary.name,
            counted(operations, "operation"),
            counted(releases, "release")
        ))
    }
}

impl Diff {
    fn run(self, binary: &Binary) -> Result<String, Failure> {
        let folder = self.folder.path(binary);
        let wrong = |error: ContractError| Failure::Usage(error.to_string());
        let old = Revision::named(&self.old, &folder).map_err(wrong)?;
        let now = |folder: &Path| {
            Revision::of_operations(&Folder::new(folder), &(binary.preparer)())
                .map_err(|problems| self.folder.failure(binary, &problems))
        };
        let new = match &self.new {
            None => now(&folder)?,
            Some(new) if Path::new(new).is_dir() => now(Path::new(new))?,
            Some(new) => Revision::named(new, &folder).map_err(wrong)?,
        };
        let changes = old.changes(binary.client, &new);
        Ok(if self.markdown { changes.to_markdown() } else { changes.to_text() })
    }
}

impl Impact {
    fn run(self, binary: &Binary) -> Result<String, Failure> {
        let wrong = |error: ContractError| Failure::Usage(error.to_string());
        let (old, new) = (Protos::read(&self.old).map_err(wrong)?, Protos::read(&self.new).map_err(wrong)?);
        let found = self.folder.folder(binary).impact(&(binary.preparer)(), &old, &new);
        let found = found.map_err(|errors| self.folder.failure(binary, &errors))?;
        if found.is_empty() {
            return Ok(format!("{}: no operation depends on what changes\n", binary.name));
        }
        Err(Failure::Other(lines("operations depend on what changes", &found)))
    }
}

/// Formats a number of things, such as `2 calls`.
#[must_use]
pub fn counted(number: u64, of: &str) -> String {
    format!("{number} {of}{}", if number == 1 { "" } else { "s" })
}

/// Formats a heading and one line for each item.
fn lines(heading: &str, all: &[impl Display]) -> String {
    all.iter().fold(heading.to_owned(), |mut text, it| {
        _ = write!(text, "\n  {it}");
        text
    })
}
