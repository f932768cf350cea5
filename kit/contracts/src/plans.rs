//! The plans of a folder: the committed files, and the plans of the operations as they are now.

use std::path::PathBuf;

use operation::{Plan, Preparer};

use crate::error::{ContractError, WayOut};
use crate::files::{files, read, stem};
use crate::folder::Folder;
use crate::operations::OperationFile;

/// Changes that were made to the plan files, and to the list of RPCs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WrittenPlans {
    /// Files that are new or have new contents.
    pub written: Vec<PathBuf>,
    /// Files that were the plan of no operation.
    pub removed: Vec<PathBuf>,
}

impl Folder {
    /// Returns the path of the file that an operation's plan is committed in.
    #[must_use]
    pub fn plan_path(&self, operation: &str) -> PathBuf {
        self.plan_folder().join(format!("{operation}.plan"))
    }

    fn plan_folder(&self) -> PathBuf {
        self.0.join("plans")
    }

    /// Reads the committed plans as `(operation, text)`, sorted by name.
    pub fn plans(&self) -> Result<Vec<(String, String)>, ContractError> {
        let folder = self.plan_folder();
        if !folder.is_dir() {
            return Ok(Vec::new());
        }
        files(&folder, "plan")?.into_iter().map(|path| Ok((stem(&path), read(&path)?))).collect()
    }

    /// Plans every operation. Fails with the errors of all operations that have no plan.
    pub fn planned(&self, preparer: &Preparer) -> Result<Vec<Plan>, Vec<ContractError>> {
        let operations = self.operations().map_err(|error| vec![error])?;
        let (plans, errors) = self.plans_of(&operations, preparer);
        if errors.is_empty() { Ok(plans) } else { Err(errors) }
    }

    /// Writes each plan that differs from its file, and the list of RPCs if it does, and removes the files of no
    /// operation. Writes nothing if an operation has no plan.
    pub fn write_plans(&self, preparer: &Preparer) -> Result<WrittenPlans, Vec<ContractError>> {
        let plans = self.planned(preparer)?;
        let one = |error| vec![error];
        let mut committed = self.plans().map_err(one)?;
        let mut written = WrittenPlans::default();
        let folder = self.plan_folder();
        std::fs::create_dir_all(&folder)
            .map_err(|error| one(ContractError::new(&folder, error.to_string())))?;
        let access = self.access(preparer, &plans).map_err(one)?;
        for plan in plans {
            let (path, text) = (self.plan_path(&plan.operation), plan.to_string());
            let found = committed.iter().position(|(name, _)| *name == plan.operation);
            if found.is_none_or(|at| committed.remove(at).1 != text) {
                std::fs::write(&path, text)
                    .map_err(|error| one(ContractError::new(&path, error.to_string())))?;
                written.written.push(path);
            }
        }
        let path = self.access_path();
        if read(&path).is_ok_and(|committed| committed != access) || !path.exists() {
            std::fs::write(&path, access)
                .map_err(|error| one(ContractError::new(&path, error.to_string())))?;
            written.written.push(path);
        }
        for (name, _) in committed {
            let path = self.plan_path(&name);
            std::fs::remove_file(&path).map_err(|error| one(ContractError::new(&path, error.to_string())))?;
            written.removed.push(path);
        }
        Ok(written)
    }

    /// Returns the plans of the operations that have one, and the errors of the others.
    pub(crate) fn plans_of(
        &self,
        operations: &[OperationFile],
        preparer: &Preparer,
    ) -> (Vec<Plan>, Vec<ContractError>) {
        let (mut plans, mut errors) = (Vec::new(), Vec::new());
        for operation in operations {
            match preparer.plan(&operation.text) {
                Ok(plan) if plan.operation == operation.name => plans.push(plan),
                Ok(plan) => {
                    let problem =
                        format!("holds the operation {}; file and operation share a name", plan.operation);
                    errors.push(ContractError::new(self.operation_path(&operation.name), problem));
                }
                Err(none) => {
                    for problem in none.problems() {
                        let error = operation.wrong(problem);
                        // An error in a shared fragment occurs in every operation that uses it, and is reported once.
                        if !errors.contains(&error) {
                            errors.push(error);
                        }
                    }
                }
            }
        }
        (plans, errors)
    }

    /// Returns errors for committed plans that are missing, differ from the current ones, or belong to no operation.
    pub(crate) fn check_plans(&self, operations: &[OperationFile], plans: &[Plan]) -> Vec<ContractError> {
        let committed = match self.plans() {
            Ok(committed) => committed,
            Err(error) => return vec![error],
        };
        let wrong = |operation: &str, problem: String| {
            ContractError::new(self.plan_path(operation), problem).way_out(WayOut::WritePlans)
        };
        let of_plan = |plan: &Plan| {
            let problem = match committed.iter().find(|(name, _)| *name == plan.operation) {
                None => "is missing".to_owned(),
                Some((_, text)) => first_difference(text, &plan.to_string())?,
            };
            Some(wrong(&plan.operation, problem))
        };
        let is_operation = |name: &str| operations.iter().any(|operation| operation.name == name);
        let stray = committed.iter().filter(|(name, _)| !is_operation(name));
        let stray = stray.map(|(name, _)| wrong(name, "is the plan of no operation".to_owned()));
        plans.iter().filter_map(of_plan).chain(stray).collect()
    }
}

/// Returns the first difference between a committed plan and the current one; `None` if they are equal.
fn first_difference(committed: &str, planned: &str) -> Option<String> {
    if committed == planned {
        return None;
    }
    let (mut old, mut new) = (committed.lines(), planned.lines());
    let mut line = 1;
    loop {
        match (old.next(), new.next()) {
            (Some(one), Some(other)) if one == other => line += 1,
            // All lines are equal, so the texts differ in a line ending.
            (None, None) => return Some(format!("line {line} is not ended as the operation's is")),
            (one, other) => {
                let show =
                    |line: Option<&str>| line.map_or("nothing".to_owned(), |it| format!("`{}`", it.trim()));
                return Some(format!("line {line} says {}, the operation does {}", show(one), show(other)));
            }
        }
    }
}
