//! The folder that holds the contracts with one client: its operations, their plans and its budget.

mod budget;
mod diff;
mod examples;
mod impact;
mod manifest;
mod operations;
mod plans;
mod released;
mod short_ids;

use std::collections::{BTreeSet, HashSet};
use std::fmt;
use std::path::{Path, PathBuf};

use operation::Plan;

use crate::planner::Planner;

pub use budget::{Allowance, Budget, Exception};
pub use diff::{Changes, Revision};
pub use examples::Example;
pub use impact::{Impact, Protos};
pub use manifest::{ManifestFormat, ReleasedOperation, document_hash};
use operations::Sources;
pub use operations::{OperationFile, printed};
pub use plans::WrittenPlans;
pub(crate) use released::Released;
use short_ids::ShortIds;

/// The folder `schema/<client>`.
#[derive(Clone, Debug)]
pub struct Contracts(PathBuf);

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
    /// What to do where it is meant.
    pub way_out: Option<WayOut>,
}

/// What to do where the folder is meant as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WayOut {
    /// Write the plans of the operations, as they are now.
    WritePlans,
    /// Let an operation use more, and say why.
    Except,
}

impl Contracts {
    /// The contracts in a folder.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self(folder.into())
    }

    /// The operations, by name.
    pub fn operations(&self) -> Result<Vec<OperationFile>, ContractError> {
        Sources::read(&self.operation_folder()).map(|sources| sources.operations())
    }

    fn operation_folder(&self) -> PathBuf {
        self.0.join("operations")
    }

    fn operation_path(&self, operation: &str) -> PathBuf {
        self.operation_folder().join(format!("{operation}.graphql"))
    }

    /// The released versions that manifests tell of, the oldest first. None where there is no such folder.
    pub fn releases(&self) -> Result<Vec<Release>, ContractError> {
        let folder = self.0.join("manifests");
        if !folder.is_dir() {
            return Ok(Vec::new());
        }
        let release = |path: PathBuf| {
            let text = read(&path)?;
            let operations = manifest::parse(&text).map_err(|problem| ContractError::new(&path, problem))?;
            let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            Ok(Release { version: manifest::version_of(&file).to_owned(), operations, path })
        };
        let releases: Result<Vec<_>, _> = files(&folder, "json")?.into_iter().map(release).collect();
        let mut releases = releases?;
        releases.sort_by_cached_key(|release| manifest::age_of(&release.version));
        Ok(releases)
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
        let wrong = |problem: String| vec![ContractError::new(&path, problem)];
        let operations = self.operations().map_err(|error| vec![error])?;
        let mut short_ids = self.short_ids()?;
        let text = |operation: OperationFile| {
            // A device goes on sending the id that its document was given when documents were released as written.
            let is_as_written = format == ManifestFormat::Short && short_ids.holds(&operation.text);
            if is_as_written { operation.text } else { printed(&operation.text) }
        };
        let texts: Vec<_> = operations.into_iter().map(text).collect();
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
            ShortIds::parse(&text).map_err(|problem| vec![ContractError::new(path, problem)])?
        } else {
            ShortIds::default()
        };
        let mut errors = Vec::new();
        for release in self.releases().map_err(|error| vec![error])? {
            for operation in &release.operations {
                if let Err(problem) = ids.hold(operation) {
                    errors.push(ContractError::new(&release.path, problem));
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
                    vec![ContractError::new(&release.path, format!("{}: {none}", operation.name))]
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
        Budget::parse(&text).map_err(|problem| ContractError::new(path, problem))
    }

    /// Everything that is wrong with the contracts: operations that do not fit the schema, of today or of any
    /// release, or are beyond the budget, plans that are not the committed ones, fragments of one name, examples that
    /// do not fit, short ids given twice. Empty when all is well.
    #[must_use]
    pub fn check(&self, planner: &Planner) -> Vec<ContractError> {
        let mut errors = Vec::new();
        let releases = self.releases().unwrap_or_default();
        match Sources::read(&self.operation_folder()) {
            Ok(sources) => {
                let operations = sources.operations();
                errors.extend(sources.check());
                let (plans, unplanned) = self.plans_of(&operations, planner);
                errors.extend(unplanned);
                errors.extend(self.check_budget(planner, &operations, &plans, &releases));
                errors.extend(self.check_plans(&operations, &plans));
                errors.extend(self.check_examples(&operations, &releases, planner));
            }
            Err(error) => errors.push(error),
        }
        match Released::load(self, planner) {
            Ok(_) => errors.extend(self.short_ids().err().unwrap_or_default()),
            Err(wrong) => errors.extend(wrong),
        }
        errors
    }

    /// Operations beyond the budget, whether they are today's or come by a manifest, and its exceptions of what is
    /// no operation.
    fn check_budget(
        &self,
        planner: &Planner,
        operations: &[OperationFile],
        plans: &[Plan],
        releases: &[Release],
    ) -> Vec<ContractError> {
        let budget = match self.budget() {
            Ok(budget) => budget,
            Err(error) => return vec![error],
        };
        let mut errors = Vec::new();
        for plan in plans {
            let path = self.plan_path(&plan.operation);
            let problems = budget.broken(plan, true).into_iter();
            errors.extend(problems.map(|it| ContractError::new(&path, it).way_out(WayOut::Except)));
        }
        let mut names: BTreeSet<_> = operations.iter().map(|it| it.name.as_str()).collect();
        let mut seen = HashSet::new();
        for (release, operation) in
            releases.iter().flat_map(|it| it.operations.iter().map(move |op| (it, op)))
        {
            names.insert(&operation.name);
            // Releases share most of their operations. One that has no plan is told of as such.
            if !seen.insert(&operation.text) {
                continue;
            }
            let Ok(plan) = planner.plan(&operation.text) else { continue };
            let problems = budget.broken(&plan, false).into_iter();
            errors.extend(problems.map(|problem| {
                let problem = format!("release {}, {}: {problem}", release.version, operation.name);
                ContractError::new(&release.path, problem).way_out(WayOut::Except)
            }));
        }
        let stray = budget.exceptions.keys().filter(|name| !names.contains(name.as_str()));
        let stray = stray.map(|name| format!("has an exception for {name}, which is no operation"));
        errors.extend(stray.map(|problem| ContractError::new(self.0.join("budget.toml"), problem)));
        errors
    }
}

impl ContractError {
    pub(crate) fn new(path: impl Into<PathBuf>, problem: impl Into<String>) -> Self {
        Self { path: path.into(), problem: problem.into(), way_out: None }
    }

    fn way_out(self, way_out: WayOut) -> Self {
        Self { way_out: Some(way_out), ..self }
    }
}

impl fmt::Display for ContractError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.path.display(), self.problem)
    }
}

impl std::error::Error for ContractError {}

fn read(path: &Path) -> Result<String, ContractError> {
    std::fs::read_to_string(path).map_err(|error| ContractError::new(path, error.to_string()))
}

/// The files of a folder with this extension, by name.
fn files(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, ContractError> {
    let wrong = |error: std::io::Error| ContractError::new(folder, error.to_string());
    let entries: Result<Vec<_>, _> = std::fs::read_dir(folder).map_err(wrong)?.collect();
    let mut paths: Vec<_> = entries.map_err(wrong)?.into_iter().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|it| it == extension));
    paths.sort();
    Ok(paths)
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}
