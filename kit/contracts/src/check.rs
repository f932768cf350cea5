//! Check of the folder, as CI runs it.

use std::collections::{BTreeSet, HashSet};

use operation::{Plan, Preparer, Release, Releases};

use crate::error::{ContractError, WayOut};
use crate::folder::Folder;
use crate::impact::Protos;
use crate::operations::{OperationFile, Sources};

impl Folder {
    /// Returns all errors in the contracts: fields that declare what cannot be, operations, of today or of any release, that do not fit the schema or
    /// exceed the budget, plans that differ from the committed ones, a list
    /// of RPCs that does, fragments that share a name, examples that do not
    /// fit, and short ids given twice. Empty if there are none.
    #[must_use]
    pub fn check(&self, preparer: &Preparer) -> Vec<ContractError> {
        let declared = preparer.declaration_problems().into_iter();
        let mut errors: Vec<_> =
            declared.map(|it| ContractError::new(self.0.join("schema.graphql"), it)).collect();
        let releases = self.releases().unwrap_or_default();
        match Sources::read(&self.operation_folder()) {
            Ok(sources) => {
                let operations = sources.operations();
                errors.extend(sources.check());
                let (plans, unplanned) = self.plans_of(&operations, preparer);
                errors.extend(unplanned);
                errors.extend(self.check_budget(preparer, &operations, &plans, &releases));
                errors.extend(self.check_plans(&operations, &plans));
                errors.extend(self.check_access(preparer, &plans));
                errors.extend(self.check_examples(&operations, &releases, preparer));
            }
            Err(error) => errors.push(error),
        }
        errors.extend(self.check_releases(preparer).err().unwrap_or_default());
        errors
    }

    /// Returns an error for each call or path that a field declares and that the contracts of the services do not have.
    #[must_use]
    pub fn check_against(&self, protos: &Protos, preparer: &Preparer) -> Vec<ContractError> {
        let problems = protos.declaration_problems(&preparer.schema_index).into_iter();
        problems.map(|it| ContractError::new(self.0.join("schema.graphql"), it)).collect()
    }

    /// Returns errors for operations that exceed the budget, of today or of a release, and for exemptions that name no
    /// operation.
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
            // Releases share most of their operations. `check_releases` reports an operation that has no plan.
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

    /// Checks the operations of every release against today's schema, and their short ids against those given before.
    fn check_releases(&self, preparer: &Preparer) -> Result<(), Vec<ContractError>> {
        let releases = self.releases().map_err(|error| vec![error])?;
        let from = |errors: Vec<_>| errors.into_iter().map(ContractError::from).collect::<Vec<_>>();
        Releases::prepare(&releases, preparer).map_err(from)?;
        self.short_ids().map(drop)
    }
}
