//! The folder that holds the contracts with one client: its operations, their plans, its budget and its manifests.
//!
//! A team commits and reviews the folder. [`Folder`] reads the folder, checks it as CI does, writes its plans and
//! registers releases; [`Revision`] compares the plans of two revisions, [`Protos`] two versions of the services'
//! contracts. [`commands`] offers the same on a command line. A server needs none of this crate.
//!
//! ```
//! # use std::error::Error;
//! # fn main() -> Result<(), Box<dyn Error>> {
//! let folder = tempfile::tempdir()?;
//! std::fs::create_dir(folder.path().join("operations"))?;
//! std::fs::write(folder.path().join("operations/Home.graphql"), "query Home { shop { name } }")?;
//!
//! let contracts = contracts::Folder::new(folder.path());
//! assert_eq!(contracts.operations()?[0].name, "Home");
//! assert!(contracts.releases()?.is_empty());
//! # Ok(())
//! # }
//! ```
//!
//! Next: `operation`, which makes the plans, and `docs/plans.md`, which describes how a team works with them.

mod access;
mod budget;
mod check;
pub mod commands;
mod descriptors;
mod diff;
mod error;
mod examples;
mod files;
mod folder;
mod impact;
mod operations;
mod plans;
mod register;
mod shipped;
mod short_ids;

pub use budget::{Budget, BudgetLimit, Exemption};
pub use diff::{Changes, Revision};
pub use error::{ContractError, WayOut};
pub use examples::Example;
pub use folder::Folder;
pub use impact::{Impact, Protos};
pub use operations::{OperationFile, printed};
pub use plans::WrittenPlans;
pub use shipped::Shipped;
