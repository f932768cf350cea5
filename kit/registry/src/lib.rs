//! The operations that a server accepts: registered ones, documents that were sent before, and new ones.
//!
//! An [`OperationStore`] selects the operation of a request by its id, its hash or its text, as the [`DocumentPolicy`] of
//! the client permits. A [`ManifestFolder`] loads the registered operations and looks for changes while the server runs.
//!
//! ```
//! use std::sync::Arc;
//!
//! use operation::schema::SchemaIndex;
//! use operation::{Limits, Preparer, document_hash};
//! use registry::{DocumentId, DocumentPolicy, OperationStore};
//!
//! let schema = SchemaIndex::of("schema { query: Query } type Query { name: String }");
//! let preparer = Arc::new(Preparer::new("test", schema, Arc::default(), Limits::DEFAULT));
//! let store = OperationStore::new(preparer, DocumentPolicy::Open).with_automatic(1_000_000);
//!
//! let hash = DocumentId::Persisted(document_hash("{ name }"));
//! assert!(store.select(Some(&hash), None, None).is_err(), "nobody has sent it yet");
//! assert!(store.select(Some(&hash), Some("{ name }"), None).is_ok());
//! assert!(store.select(Some(&hash), None, None).is_ok());
//! ```
//!
//! Next: `docs/operations.md` for the rules as clients see them; `operation` prepares what is selected here.

mod automatic;
mod current;
mod folder;
mod policy;
mod seen;
mod store;
mod weight;

use automatic::{Automatic, Stored};
use current::Current;
use seen::Seen;

pub use folder::ManifestFolder;
pub use policy::{AutomaticQueries, DocumentPolicy, OperationPolicy};
pub use store::{DocumentId, OperationStore, SeenDocuments};
