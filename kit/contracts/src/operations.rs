//! The operations of a folder, each with the shared fragments it uses.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use operation::{Document, Problem, SyntaxError, parse, print};

use crate::error::ContractError;
use crate::files::{files, read, stem};

/// Folder of the fragments that several operations use, below the folder of the operations.
const FRAGMENTS: &str = "fragments";

/// An operation that a client ships.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationFile {
    /// Name of the operation and of its file.
    pub name: String,
    /// Document as written: the file of the operation, then the files of the shared fragments it uses, by name.
    pub text: String,
    /// Files of the text, each with the number of lines before it.
    files: Vec<(PathBuf, usize)>,
}

/// A file of the folder.
struct Source {
    path: PathBuf,
    name: String,
    text: String,
    /// Parsed document, or the syntax error in its text.
    document: Result<Document, SyntaxError>,
}

/// All files of the folder `operations`.
pub(crate) struct Sources {
    operations: Vec<Source>,
    fragments: BTreeMap<String, Source>,
}

impl OperationFile {
    /// Converts a problem of the operation into an error in the file that has the problem.
    pub(crate) fn wrong(&self, problem: &Problem) -> ContractError {
        let line = problem.line.unwrap_or(1);
        let file = self.files.iter().rev().find(|(_, before)| *before < line);
        let (path, before) = file.expect("the first file begins at the first line");
        let line = problem.line.map(|line| line - before);
        ContractError::new(path, Problem { line, message: problem.message.clone() }.to_string())
    }
}

/// Prints a document as client tools do, which is the text that they send and that is registered. Returns the text
/// unchanged if it is not a document.
#[must_use]
pub fn printed(text: &str) -> String {
    parse(text).map_or_else(|_| text.to_owned(), |document| print(&document))
}

impl Sources {
    pub(crate) fn read(folder: &Path) -> Result<Self, ContractError> {
        let sources = |folder: &Path| -> Result<Vec<_>, ContractError> {
            files(folder, "graphql")?.into_iter().map(Source::read).collect()
        };
        let shared = folder.join(FRAGMENTS);
        let fragments = if shared.is_dir() { sources(&shared)? } else { Vec::new() };
        let fragments = fragments.into_iter().map(|it| (it.name.clone(), it)).collect();
        Ok(Self { operations: sources(folder)?, fragments })
    }

    /// Returns the operations, sorted by name.
    pub(crate) fn operations(&self) -> Vec<OperationFile> {
        self.operations.iter().map(|source| self.composed(source)).collect()
    }

    fn composed(&self, operation: &Source) -> OperationFile {
        let mut text = operation.text.clone();
        let mut files = vec![(operation.path.clone(), 0)];
        for fragment in self.used(operation).into_iter().filter_map(|name| self.fragments.get(name)) {
            text = text.trim_end().to_owned() + "\n\n";
            files.push((fragment.path.clone(), text.lines().count()));
            text.push_str(&fragment.text);
        }
        OperationFile { name: operation.name.clone(), text, files }
    }

    /// Returns the names of the shared fragments that an operation uses, directly or through other shared fragments.
    fn used<'a>(&'a self, operation: &'a Source) -> BTreeSet<&'a str> {
        let mut used = BTreeSet::new();
        let mut open = operation.unknown_spreads();
        while let Some(name) = open.pop() {
            if used.insert(name) {
                open.extend(self.fragments.get(name).map(Source::unknown_spreads).unwrap_or_default());
            }
        }
        used
    }

    /// Returns the errors that keep client tools from reading the folder as a whole: these tools require a unique name
    /// for every fragment.
    pub(crate) fn check(&self) -> Vec<ContractError> {
        let mut errors = Vec::new();
        let mut used = BTreeSet::new();
        let mut by_name: BTreeMap<&str, &Path> = BTreeMap::new();
        for source in self.operations.iter().chain(self.fragments.values()) {
            used.extend(source.unknown_spreads());
            for fragment in source.document.iter().flat_map(|it| &it.fragments) {
                let name = fragment.name.node.as_str();
                if let Some(other) = by_name.insert(name, &source.path) {
                    errors.push(source.wrong(format!(
                        "line {}: there is a fragment {name} in {} as well; give one of them another name, or keep \
                         one for both, in operations/{FRAGMENTS}/{name}.graphql",
                        fragment.pos.line,
                        other.display()
                    )));
                }
            }
        }
        for source in self.fragments.values() {
            errors.extend(source.wrong_fragment(used.contains(source.name.as_str())));
        }
        errors
    }
}

impl Source {
    fn read(path: PathBuf) -> Result<Self, ContractError> {
        let text = read(&path)?;
        Ok(Self { name: stem(&path), document: parse(&text), text, path })
    }

    /// Returns the names of the fragments that the file uses but does not define.
    fn unknown_spreads(&self) -> Vec<&str> {
        let Ok(document) = &self.document else { return Vec::new() };
        document.spreads().into_iter().filter(|name| document.fragment(name).is_none()).collect()
    }

    /// Returns the error in a file of shared fragments; `None` if there is none.
    fn wrong_fragment(&self, is_used: bool) -> Option<ContractError> {
        let document = match &self.document {
            Ok(document) => document,
            // The operations that use the fragment report the error, with its line.
            Err(_) if is_used => return None,
            Err(error) => return Some(self.wrong(format!("line {}: {}", error.pos.line, error.problem))),
        };
        let is_fragment = |name: &str| document.fragment(name).is_some();
        if !(document.operations.is_empty() && document.fragments.len() == 1 && is_fragment(&self.name)) {
            return Some(self.wrong(format!("must hold the fragment {}, and nothing else", self.name)));
        }
        (!is_used).then(|| self.wrong("is used by no operation; remove it".to_owned()))
    }

    fn wrong(&self, problem: String) -> ContractError {
        ContractError::new(&self.path, problem)
    }
}
