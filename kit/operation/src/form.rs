//! A form of an operation: its document once the conditions are decided, and its program.

use std::sync::OnceLock;

use async_graphql_parser::types::ExecutableDocument;

use crate::program::{NoProgram, Program};

/// A form of an operation, and its program.
#[derive(Debug)]
pub(super) struct Form {
    pub(super) document: ExecutableDocument,
    program: OnceLock<Result<Box<Program>, NoProgram>>,
}

impl Form {
    pub(super) fn new(document: ExecutableDocument) -> Self {
        Self { document, program: OnceLock::new() }
    }

    /// Returns the program, which `make` makes at the first call; the reason why there is none as an error.
    pub(super) fn program(
        &self,
        make: impl FnOnce(&ExecutableDocument) -> Result<Program, NoProgram>,
    ) -> Result<&Program, &NoProgram> {
        self.program.get_or_init(|| make(&self.document).map(Box::new)).as_deref()
    }
}
