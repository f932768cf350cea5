//! Registration of a release: its manifest, and the short ids given to its operations.

use std::path::{Path, PathBuf};

use operation::{ManifestFormat, Preparer, write_manifest};

use crate::error::ContractError;
use crate::files::read;
use crate::folder::Folder;
use crate::operations::{OperationFile, printed};
use crate::short_ids::ShortIds;

impl Folder {
    /// Writes the manifest of a release with today's operations, which must match their plans and keep to the budget.
    /// Returns the path of the manifest. Fails if the release is already there with other operations.
    pub fn register(
        &self,
        preparer: &Preparer,
        version: &str,
        format: ManifestFormat,
    ) -> Result<PathBuf, Vec<ContractError>> {
        let problems = self.check(preparer);
        if !problems.is_empty() {
            return Err(problems);
        }
        let path = self.0.join("manifests").join(format!("{version}.{}", format.extension()));
        let wrong = |problem: String| vec![ContractError::new(&path, problem)];
        let operations = self.operations().map_err(|error| vec![error])?;
        let mut short_ids = self.short_ids()?;
        let text = |operation: OperationFile| {
            // Documents were once released as written, and devices still send the ids given to them.
            let is_as_written = format == ManifestFormat::Short && short_ids.holds(&operation.text);
            if is_as_written { operation.text } else { printed(&operation.text) }
        };
        let texts: Vec<_> = operations.into_iter().map(text).collect();
        let manifest = write_manifest(format, &texts, |text| short_ids.give(text)).map_err(wrong)?;
        let there = std::fs::read_to_string(&path).ok();
        if there.as_ref().is_some_and(|there| *there != manifest) {
            return Err(wrong(
                "is released with other operations; give this one a version of its own".to_owned(),
            ));
        }
        let write =
            |path: &Path, text: &str| std::fs::write(path, text).map_err(|error| wrong(error.to_string()));
        // The ids are written first: an id that is given and never used is better than an id given twice.
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

    /// Reads all short ids that were ever given, those of the manifests included. Fails with an error for each id that
    /// was given to two documents.
    pub(crate) fn short_ids(&self) -> Result<ShortIds, Vec<ContractError>> {
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
}
