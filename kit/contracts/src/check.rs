//! Whether the folder is as it must be: what CI runs.

use std::collections::{BTreeSet, HashSet};

use operation::{Plan, Preparer, Release, Releases};

use crate::error::{ContractError, WayOut};
use crate::folder::Folder;
use crate::operations::{OperationFile, Sources};

impl Folder {
    /// Everything that is wrong with the contracts: operations that do not fit the schema, of today or of any
    /// release, or are beyond the budget, plans that are not the committed ones, fragments of one name, examples that
    /// do not fit, short ids given twice. Empty when all is well.
    #[must_use]
    pub fn check(&self, preparer: &Preparer) -> Vec<ContractError> {
        let mut errors = Vec::new();
        let releases = self.releases().unwrap_or_default();
        match Sources::read(&self.operation_folder()) {
            Ok(sources) => {
                let operations = sources.operations();
                errors.extend(sources.check());
                let (plans, unplanned) = self.plans_of(&operations, preparer);
                errors.extend(unplanned);
                errors.extend(self.check_budget(preparer, &operations, &plans, &releases));
                errors.extend(self.check_plans(&operations, &plans));
                errors.extend(self.check_examples(&operations, &releases, preparer));
            }
            Err(error) => errors.push(error),
        }
        errors.extend(self.check_releases(preparer).err().unwrap_or_default());
        errors
    }

    /// Operations beyond the budget, whether they are today's or come by a manifest, and its exemptions of what is
    /// no operation.
    fn check_budget(
        &self,
        preparer: &Preparer,
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
            let Ok(plan) = preparer.plan(&operation.text) else { continue };
            let problems = budget.broken(&plan, false).into_iter();
            errors.extend(problems.map(|problem| {
                let problem = format!("release {}, {}: {problem}", release.version, operation.name);
                ContractError::new(&release.path, problem).way_out(WayOut::Except)
            }));
        }
        let stray = budget.exemptions.keys().filter(|name| !names.contains(name.as_str()));
        let stray = stray.map(|name| format!("has an exemption for {name}, which is no operation"));
        errors.extend(stray.map(|problem| ContractError::new(self.0.join("budget.toml"), problem)));
        errors
    }

    /// The operations of every release, held against the schema of today, and their short ids against those given before.
    fn check_releases(&self, preparer: &Preparer) -> Result<(), Vec<ContractError>> {
        let releases = self.releases().map_err(|error| vec![error])?;
        let from = |errors: Vec<_>| errors.into_iter().map(ContractError::from).collect::<Vec<_>>();
        Releases::prepare(&releases, preparer).map_err(from)?;
        self.short_ids().map(drop)
    }
}
