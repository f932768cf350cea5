//! The folder that holds the contracts with one client: its operations, their plans and its budget.

mod budget;
mod diff;
mod impact;
mod manifest;
mod released;
mod short_ids;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::operation::Plan;
use crate::planner::Planner;

pub use budget::{Allowance, Budget, Exception};
pub use diff::{Changes, Revision};
pub use impact::{Impact, Protos};
pub use manifest::{ManifestFormat, ReleasedOperation, document_hash};
pub(crate) use released::Released;
use short_ids::ShortIds;

/// The folder `schema/<client>`.
#[derive(Clone, Debug)]
pub struct Contracts(PathBuf);

/// An operation that a client ships.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationFile {
    /// Its name, which is the file's as well.
    pub name: String,
    /// The document.
    pub text: String,
}

/// Variables to run an operation with.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// As the client sends them, optional ones included: a JSON object.
    pub variables: serde_json::Value,
    /// Those it cannot do without.
    pub minimal: serde_json::Value,
}

/// The operations of one released version of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// The version, such as `"5.2.0"`.
    pub version: String,
    /// Its operations.
    pub operations: Vec<ReleasedOperation>,
    /// The manifest that tells of it.
    pub path: PathBuf,
}

/// The folder, or a file in it, is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractError {
    /// The file or folder.
    pub path: PathBuf,
    /// What is wrong.
    pub problem: String,
}

impl Contracts {
    /// The contracts in a folder.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self(folder.into())
    }

    /// The operations, by name.
    pub fn operations(&self) -> Result<Vec<OperationFile>, ContractError> {
        let read = |path: PathBuf| {
            let text = read(&path)?;
            Ok(OperationFile { name: stem(&path), text })
        };
        files(&self.0.join("operations"), "graphql")?.into_iter().map(read).collect()
    }

    /// Variables to run the operations with, by name of the operation: `examples.json`.
    pub fn examples(&self) -> Result<BTreeMap<String, Example>, ContractError> {
        let path = self.0.join("examples.json");
        let text = read(&path)?;
        serde_json::from_str(&text).map_err(|error| ContractError { path, problem: error.to_string() })
    }

    /// The file an operation's plan is committed in.
    #[must_use]
    pub fn plan_path(&self, operation: &str) -> PathBuf {
        self.0.join("plans").join(format!("{operation}.plan"))
    }

    /// The plans that are committed, as `(operation, text)`, by name.
    pub fn plans(&self) -> Result<Vec<(String, String)>, ContractError> {
        let folder = self.0.join("plans");
        if !folder.is_dir() {
            return Ok(Vec::new());
        }
        files(&folder, "plan")?.into_iter().map(|path| Ok((stem(&path), read(&path)?))).collect()
    }

    /// The released versions that manifests tell of, by file name. None where there is no such folder.
    pub fn releases(&self) -> Result<Vec<Release>, ContractError> {
        let folder = self.0.join("manifests");
        if !folder.is_dir() {
            return Ok(Vec::new());
        }
        let release = |path: PathBuf| {
            let text = read(&path)?;
            let operations =
                manifest::parse(&text).map_err(|problem| ContractError { path: path.clone(), problem })?;
            let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            Ok(Release { version: manifest::version_of(&file).to_owned(), operations, path })
        };
        files(&folder, "json")?.into_iter().map(release).collect()
    }

    /// Writes the manifest of a release: today's operations, which must keep their plans and the budget. A release
    /// that is already there is not written again, unless with the same operations.
    pub fn register(
        &self,
        planner: &Planner,
        version: &str,
        format: ManifestFormat,
    ) -> Result<PathBuf, Vec<ContractError>> {
        let problems = self.check(planner);
        if !problems.is_empty() {
            return Err(problems);
        }
        let path = self.0.join("manifests").join(format!("{version}.{}", format.extension()));
        let wrong = |problem: String| vec![ContractError { path: path.clone(), problem }];
        let one = |error| vec![error];
        let texts: Vec<_> = self.operations().map_err(one)?.into_iter().map(|it| it.text).collect();
        let mut short_ids = self.short_ids()?;
        let manifest = manifest::write(format, &texts, &mut short_ids).map_err(wrong)?;
        let there = std::fs::read_to_string(&path).ok();
        if there.as_ref().is_some_and(|there| *there != manifest) {
            return Err(wrong(
                "is released with other operations; give this one a version of its own".to_owned(),
            ));
        }
        let write =
            |path: &Path, text: &str| std::fs::write(path, text).map_err(|error| wrong(error.to_string()));
        // The ids first: one that was given and is not used is better than one that is given again.
        if format == ManifestFormat::Short {
            write(&self.short_ids_path(), &short_ids.to_text().map_err(wrong)?)?;
        }
        if there.is_none() {
            let folder = path.parent().unwrap_or(&self.0);
            std::fs::create_dir_all(folder).map_err(|error| wrong(error.to_string()))?;
            write(&path, &manifest)?;
        }
        Ok(path)
    }

    fn short_ids_path(&self) -> PathBuf {
        self.0.join("short-ids.json")
    }

    /// All short ids that were ever given, those of the manifests among them; else which of them were given twice.
    fn short_ids(&self) -> Result<ShortIds, Vec<ContractError>> {
        let path = self.short_ids_path();
        let mut ids = if path.exists() {
            let text = read(&path).map_err(|error| vec![error])?;
            ShortIds::parse(&text).map_err(|problem| vec![ContractError { path, problem }])?
        } else {
            ShortIds::default()
        };
        let mut errors = Vec::new();
        for release in self.releases().map_err(|error| vec![error])? {
            for operation in &release.operations {
                if let Err(problem) = ids.hold(operation) {
                    errors.push(ContractError { path: release.path.clone(), problem });
                }
            }
        }
        if errors.is_empty() { Ok(ids) } else { Err(errors) }
    }

    /// What every operation, of today and of every release, stands on that a change of the services' contracts
    /// removes or alters.
    pub fn impact(
        &self,
        planner: &Planner,
        old: &Protos,
        new: &Protos,
    ) -> Result<Vec<Impact>, Vec<ContractError>> {
        let today = self.planned(planner)?;
        let mut found: Vec<_> = today.iter().flat_map(|plan| old.impact(new, None, plan)).collect();
        for release in self.releases().map_err(|error| vec![error])? {
            for operation in &release.operations {
                let plan = planner.plan(&operation.text).map_err(|none| {
                    let path = release.path.clone();
                    vec![ContractError { path, problem: format!("{}: {none}", operation.name) }]
                })?;
                found.extend(old.impact(new, Some(&release.version), &plan));
            }
        }
        Ok(found)
    }

    /// What the client's operations may use.
    pub fn budget(&self) -> Result<Budget, ContractError> {
        let path = self.0.join("budget.toml");
        let text = read(&path)?;
        Budget::parse(&text).map_err(|problem| ContractError { path, problem })
    }

    /// Works out every operation's plan.
    pub fn planned(&self, planner: &Planner) -> Result<Vec<Plan>, Vec<ContractError>> {
        let operations = self.operations().map_err(|error| vec![error])?;
        let (plans, errors) = self.plans_of(&operations, planner);
        if errors.is_empty() { Ok(plans) } else { Err(errors) }
    }

    /// The plans of the operations that have one, and why the others have none.
    fn plans_of(&self, operations: &[OperationFile], planner: &Planner) -> (Vec<Plan>, Vec<ContractError>) {
        let (mut plans, mut errors) = (Vec::new(), Vec::new());
        for operation in operations {
            match planner.plan(&operation.text) {
                Ok(plan) if plan.operation == operation.name => plans.push(plan),
                Ok(plan) => {
                    let problem =
                        format!("holds the operation {}; file and operation share a name", plan.operation);
                    errors.push(self.wrong(&operation.name, problem));
                }
                Err(none) => {
                    errors.extend(none.problems().iter().map(|it| self.wrong(&operation.name, it.clone())));
                }
            }
        }
        (plans, errors)
    }

    /// Everything that is wrong with the contracts: operations that do not fit the schema, of today or of any
    /// release, plans that are not the committed ones, plans beyond the budget, short ids given twice. Empty when all
    /// is well.
    #[must_use]
    pub fn check(&self, planner: &Planner) -> Vec<ContractError> {
        let mut errors = match self.operations() {
            Ok(operations) => {
                let (plans, mut errors) = self.plans_of(&operations, planner);
                errors.extend(self.check_plans(&operations, &plans));
                errors
            }
            Err(error) => vec![error],
        };
        match Released::load(self, planner) {
            Ok(_) => errors.extend(self.short_ids().err().unwrap_or_default()),
            Err(released) => errors.extend(released),
        }
        errors
    }

    /// What is wrong with today's plans: those beyond the budget, and those that are not the committed ones.
    fn check_plans(&self, operations: &[OperationFile], plans: &[Plan]) -> Vec<ContractError> {
        let mut errors = Vec::new();
        let is_operation = |name: &str| operations.iter().any(|operation| operation.name == name);
        match self.budget() {
            Ok(budget) => {
                for (operation, problem) in budget.broken(plans, is_operation) {
                    errors.push(ContractError { path: self.plan_path(&operation), problem });
                }
            }
            Err(error) => errors.push(error),
        }
        match self.plans() {
            Ok(committed) => {
                for plan in plans {
                    let found = committed.iter().find(|(name, _)| *name == plan.operation);
                    let problem = match found {
                        None => "is missing; write it with UPDATE_SNAPSHOTS=1 cargo test".to_owned(),
                        Some((_, text)) => match first_difference(text, &plan.to_string()) {
                            None => continue,
                            Some(difference) => difference,
                        },
                    };
                    errors.push(ContractError { path: self.plan_path(&plan.operation), problem });
                }
                for (name, _) in committed.iter().filter(|(name, _)| !is_operation(name)) {
                    let problem = "is the plan of no operation".to_owned();
                    errors.push(ContractError { path: self.plan_path(name), problem });
                }
            }
            Err(error) => errors.push(error),
        }
        errors
    }

    fn wrong(&self, operation: &str, problem: String) -> ContractError {
        ContractError { path: self.0.join("operations").join(format!("{operation}.graphql")), problem }
    }
}

impl fmt::Display for ContractError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.path.display(), self.problem)
    }
}

impl std::error::Error for ContractError {}

/// Where a committed plan and the operation's own part ways.
fn first_difference(committed: &str, planned: &str) -> Option<String> {
    if committed == planned {
        return None;
    }
    let (mut old, mut new) = (committed.lines(), planned.lines());
    let mut line = 1;
    loop {
        match (old.next(), new.next()) {
            (Some(one), Some(other)) if one == other => line += 1,
            (one, other) => {
                let show =
                    |line: Option<&str>| line.map_or("nothing".to_owned(), |it| format!("`{}`", it.trim()));
                return Some(format!("line {line} says {}, the operation does {}", show(one), show(other)));
            }
        }
    }
}

fn read(path: &Path) -> Result<String, ContractError> {
    std::fs::read_to_string(path)
        .map_err(|error| ContractError { path: path.to_owned(), problem: error.to_string() })
}

/// The files of a folder with this extension, by name.
fn files(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, ContractError> {
    let wrong = |error: std::io::Error| ContractError { path: folder.to_owned(), problem: error.to_string() };
    let entries: Result<Vec<_>, _> = std::fs::read_dir(folder).map_err(wrong)?.collect();
    let mut paths: Vec<_> = entries.map_err(wrong)?.into_iter().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|it| it == extension));
    paths.sort();
    Ok(paths)
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}
