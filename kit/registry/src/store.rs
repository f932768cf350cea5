//! Selection of the operation of a request: one that is registered, one that was sent before, or one that comes with
//! it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_graphql::ServerError;
use operation::{
    Code, ManifestError, Prepared, Preparer, Releases, document_hash, loggable_name, request_error,
};

use resolver::runtime::MAX_ERRORS;

use crate::{Automatic, Current, DocumentPolicy, Stored};

/// Id by which a request names its operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DocumentId {
    /// Id of a manifest, or hash of the document: `documentId`, or the end of the path.
    Document(String),
    /// Hash of a document that the server may have seen: `extensions.persistedQuery`.
    Persisted(String),
}

/// Every operation that a server accepts.
#[derive(Debug)]
pub struct OperationStore {
    preparer: Arc<Preparer>,
    registry: Current,
    /// Automatic persisted queries; `None` if they are not accepted.
    automatic: Option<Automatic>,
    policy: DocumentPolicy,
    unregistered: AtomicU64,
    loaded: AtomicU64,
    kept: AtomicU64,
    /// True if errors hide names of the schema.
    redacted: bool,
}

type Selected = Result<Arc<Prepared>, Vec<ServerError>>;

impl OperationStore {
    /// Creates a store without registered operations. `automatic_bytes` bounds the memory of automatic persisted queries;
    /// 0 for none.
    #[must_use]
    pub fn new(preparer: Arc<Preparer>, policy: DocumentPolicy, automatic_bytes: u64) -> Self {
        let takes = automatic_bytes > 0 && policy != DocumentPolicy::Registered;
        Self {
            preparer,
            registry: Current::default(),
            automatic: takes.then(|| Automatic::new(automatic_bytes)),
            policy,
            unregistered: AtomicU64::new(0),
            loaded: AtomicU64::new(0),
            kept: AtomicU64::new(0),
            redacted: false,
        }
    }

    /// Returns the store with errors that name nothing that a client has not sent.
    #[must_use]
    pub fn redacted(self) -> Self {
        Self { redacted: true, ..self }
    }

    /// Replaces the registered operations. If `loaded` is an error, the current ones stay.
    pub fn replace(&self, client: &str, loaded: Result<Releases, Vec<ManifestError>>) {
        match loaded {
            Ok(released) => {
                let said = released.to_string();
                self.registry.set(released);
                self.loaded.fetch_add(1, Ordering::Relaxed);
                tracing::info!(client, "{client} takes {said}");
            }
            Err(problems) => {
                self.kept.fetch_add(1, Ordering::Relaxed);
                for problem in problems {
                    tracing::error!(client, "the manifests of {client} stay as they were: {problem}");
                }
            }
        }
    }

    /// Returns the number of times the manifests were loaded, and the number of times they could not be, since the
    /// start.
    #[must_use]
    pub fn loads(&self) -> (u64, u64) {
        (self.loaded.load(Ordering::Relaxed), self.kept.load(Ordering::Relaxed))
    }

    /// Returns the memory that automatic persisted queries take, in bytes.
    #[must_use]
    pub fn automatic_bytes(&self) -> u64 {
        self.automatic.as_ref().map_or(0, Automatic::bytes)
    }

    /// Returns the number of operations that ran without being registered, since the start.
    #[must_use]
    pub fn unregistered(&self) -> u64 {
        self.unregistered.load(Ordering::Relaxed)
    }

    /// Returns the operation that is registered under an id; `None` if there is none.
    #[must_use]
    pub fn registered_as(&self, id: &str) -> Option<Arc<Prepared>> {
        self.registry.get().get(id)
    }

    /// Selects the operation of a request, ready to run. Fails with request errors.
    pub fn select(&self, id: Option<&DocumentId>, text: Option<&str>, name: Option<&str>) -> Selected {
        match (id, text) {
            (None, None) => reject(Code::BadRequest, "`query` is missing, or an id in its place."),
            (None, Some(text)) => self.sent(text, name),
            (Some(DocumentId::Document(_)), Some(_)) => {
                reject(Code::IdAndBody, "Send the id of an operation or its text, not both.")
            }
            (Some(DocumentId::Document(id)), None) => self.registered(id, name),
            (Some(DocumentId::Persisted(hash)), None) => self.persisted(hash, name),
            (Some(DocumentId::Persisted(hash)), Some(text)) => self.persist(hash, text, name),
        }
    }

    fn registered(&self, id: &str, name: Option<&str>) -> Selected {
        match self.registry.get().get(id) {
            Some(operation) => named(operation, name),
            None => reject(Code::PersistedQueryNotInList, "No operation is registered under this id."),
        }
    }

    /// Selects an operation by its hash alone, which the server may know.
    fn persisted(&self, hash: &str, name: Option<&str>) -> Selected {
        if let Some(operation) = self.registry.get().get(hash) {
            return named(operation, name);
        }
        let Some(automatic) = &self.automatic else {
            return match self.policy {
                DocumentPolicy::Registered => {
                    reject(Code::PersistedQueryNotInList, "No operation is registered under this id.")
                }
                _ => reject(Code::PersistedQueryNotSupported, "PersistedQueryNotSupported"),
            };
        };
        match automatic.get(hash) {
            // A document that was stored as registered is looked up again: it may not be registered any more.
            Some(stored)
                if stored.operation_name.as_deref() == name && stored.operation.registered().is_none() =>
            {
                self.note(&stored.operation, hash);
                Ok(stored.operation)
            }
            // Another operation of the same document, or one that was registered.
            Some(stored) => self.not_to_the_byte(&stored.text, name, hash),
            None => reject(Code::PersistedQueryNotFound, "PersistedQueryNotFound"),
        }
    }

    /// Selects an operation by hash and text, and stores it, so that the hash suffices the next time. Invalid documents
    /// are not stored.
    fn persist(&self, hash: &str, text: &str, name: Option<&str>) -> Selected {
        if document_hash(text) != hash {
            return reject(Code::PersistedQueryHashMismatch, "provided sha does not match query");
        }
        if let Some(operation) = self.registry.get().get(hash) {
            return named(operation, name);
        }
        let operation = self.not_to_the_byte(text, name, hash)?;
        if let Some(automatic) = &self.automatic {
            let stored = Stored {
                text: text.into(),
                operation_name: name.map(Into::into),
                operation: operation.clone(),
            };
            automatic.insert(hash.to_owned(), stored);
        }
        Ok(operation)
    }

    fn sent(&self, text: &str, name: Option<&str>) -> Selected {
        let registry = self.registry.get();
        if registry.is_empty() && self.policy == DocumentPolicy::Open {
            // Nothing needs the hash here.
            return self.prepare(text, name);
        }
        let hash = document_hash(text);
        match registry.get(&hash) {
            Some(operation) => named(operation, name),
            None => self.not_to_the_byte(text, name, &hash),
        }
    }

    /// Selects an operation by a text that is not registered to the byte. Clients print a document in their own way, so
    /// it may be registered all the same.
    fn not_to_the_byte(&self, text: &str, name: Option<&str>, hash: &str) -> Selected {
        if let Some(operation) = self.registry.get().spelt_otherwise(text) {
            return named(operation, name);
        }
        if self.policy == DocumentPolicy::Registered {
            return reject(Code::QueryNotInSafelist, "Only registered operations are taken here.");
        }
        let operation = self.prepare(text, name)?;
        self.note(&operation, hash);
        Ok(operation)
    }

    /// Prepares a document that a client sent.
    fn prepare(&self, text: &str, name: Option<&str>) -> Selected {
        let prepared = self.preparer.prepare(text, name).map(Arc::new);
        prepared.map_err(|errors| if self.redacted { redacted(errors, text) } else { errors })
    }

    /// Records that an unregistered operation runs, so that a team sees what registration would shut out.
    fn note(&self, operation: &Prepared, hash: &str) {
        if self.policy != DocumentPolicy::Log {
            return;
        }
        self.unregistered.fetch_add(1, Ordering::Relaxed);
        let name = operation.name().and_then(loggable_name).unwrap_or("-");
        tracing::warn!(operation = name, hash, "operation {name} is not registered");
    }
}

/// Returns the operation if it has this name: a registered document holds one operation alone.
fn named(operation: Arc<Prepared>, name: Option<&str>) -> Selected {
    match name {
        Some(name) if operation.name() != Some(name) => {
            reject(Code::ValidationFailed, "The document holds no operation of that name.")
        }
        _ => Ok(operation),
    }
}

/// Removes names of the schema from errors: introspection by error messages is introspection too.
fn redacted(mut errors: Vec<ServerError>, text: &str) -> Vec<ServerError> {
    // Errors past the limit are counted, not shown.
    for error in errors.iter_mut().take(MAX_ERRORS) {
        let parts = error.message.split('"').enumerate();
        // Quoted parts are names: the client's own, or the schema's.
        let parts =
            parts.map(|(index, part)| if index % 2 == 1 && !text.contains(part) { "…" } else { part });
        error.message = parts.collect::<Vec<_>>().join("\"");
    }
    errors
}

fn reject(code: Code, text: &str) -> Selected {
    Err(vec![request_error(code, text)])
}
