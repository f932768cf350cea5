//! The operations of every release, checked against the current schema.

use std::collections::HashMap;
use std::sync::Arc;

use super::{ManifestError, Release};
use crate::hash::document_hash;
use crate::{Prepared, Preparer, Problem, TokenHash};

/// The operations of every release, ready to run, by each id that a request may name them by.
#[derive(Debug, Default)]
pub struct Releases {
    by_id: HashMap<String, Arc<Prepared>>,
    by_tokens: HashMap<TokenHash, Arc<Prepared>>,
    /// Number of tokens of the longest operation.
    max_tokens: u64,
    operations: usize,
    manifests: usize,
}

impl Releases {
    /// Prepares every operation of every release. If one of them has a problem, none is taken.
    pub fn prepare(releases: &[Release], preparer: &Preparer) -> Result<Self, Vec<ManifestError>> {
        let mut all = Self { manifests: releases.len(), ..Self::default() };
        let mut errors = Vec::new();
        for release in releases {
            if let Err(wrong) = all.add(release, preparer) {
                errors.extend(wrong);
            }
        }
        if errors.is_empty() { Ok(all) } else { Err(errors) }
    }

    fn add(&mut self, release: &Release, preparer: &Preparer) -> Result<(), Vec<ManifestError>> {
        let mut errors = Vec::new();
        for operation in &release.operations {
            let mut wrong = |problem: &str| {
                let problem = format!("release {}, {}: {problem}", release.version, operation.name);
                errors.push(ManifestError::new(&release.path, problem));
            };
            let hash = document_hash(&operation.text);
            let ready = match self.by_id.get(&hash) {
                Some(ready) => ready.clone(),
                None => match preparer.register(&operation.text, hash.clone()) {
                    Ok(ready) => {
                        self.operations += 1;
                        let ready = Arc::new(ready);
                        if let Some((tokens, count)) = TokenHash::of(&operation.text, u64::MAX) {
                            self.by_tokens.insert(tokens, ready.clone());
                            self.max_tokens = self.max_tokens.max(count);
                        }
                        ready
                    }
                    Err(problems) => {
                        for problem in problems {
                            wrong(&Problem::of(&problem).to_string());
                        }
                        continue;
                    }
                },
            };
            let id = operation.id.strip_prefix("sha256:").unwrap_or(&operation.id);
            let taken = self.by_id.get(id).is_some_and(|before| !Arc::ptr_eq(before, &ready));
            if taken {
                wrong(&format!("the id {id} is another operation's in another release"));
                continue;
            }
            self.by_id.insert(id.to_owned(), ready.clone());
            self.by_id.insert(hash, ready);
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// Returns the operation of an id, which comes from a manifest or is the hash of the document.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<Arc<Prepared>> {
        self.by_id.get(id.strip_prefix("sha256:").unwrap_or(id)).cloned()
    }

    /// Returns the registered operation that has the same tokens as a document, which may differ in the text between
    /// them; `None` if there is none.
    #[must_use]
    pub fn spelt_otherwise(&self, text: &str) -> Option<Arc<Prepared>> {
        let (tokens, _) = TokenHash::of(text, self.max_tokens)?;
        self.by_tokens.get(&tokens).cloned()
    }

    /// Returns true if there are no operations.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }
}

/// Writes the number of operations and manifests that a server has taken over.
impl std::fmt::Display for Releases {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} operations of {} manifests", self.operations, self.manifests)
    }
}
