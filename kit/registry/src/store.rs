//! Selection of the operation of a request: one that is registered, one that was sent before, or one that comes with
//! it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_graphql::ServerError;
use operation::{
    Code, ManifestError, Prepared, Preparer, Releases, document_hash, loggable_name, request_error,
};

use resolver::runtime::MAX_ERRORS;

use crate::{Automatic, Current, DocumentPolicy, Seen, Stored};

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
    /// Documents that were sent as text before; `None` if none are kept.
    seen: Option<Seen>,
    policy: DocumentPolicy,
    unregistered: AtomicU64,
    loaded: AtomicU64,
    kept: AtomicU64,
    /// True if errors hide names of the schema.
    redacted: bool,
}

/// Counts of the documents that were sent as text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SeenDocuments {
    /// Memory that they take, in bytes.
    pub bytes: u64,
    /// Requests whose document was prepared already, since the start.
    pub found: u64,
    /// Requests for which a document was prepared, since the start.
    pub prepared: u64,
}

type Selected = Result<Arc<Prepared>, Vec<ServerError>>;

impl OperationStore {
    /// Creates a store without registered operations.
    #[must_use]
    pub fn new(preparer: Arc<Preparer>, policy: DocumentPolicy) -> Self {
        Self {
            preparer,
            registry: Current::default(),
            automatic: None,
            seen: None,
            policy,
            unregistered: AtomicU64::new(0),
            loaded: AtomicU64::new(0),
            kept: AtomicU64::new(0),
            redacted: false,
        }
    }

    /// Returns the store with automatic persisted queries in so many bytes; 0 for none.
    #[must_use]
    pub fn with_automatic(self, bytes: u64) -> Self {
        Self { automatic: self.keeps(bytes).then(|| Automatic::new(bytes)), ..self }
    }

    /// Returns the store with documents that are prepared once however often they are sent, in so many bytes; 0 for none.
    #[must_use]
    pub fn with_seen(self, bytes: u64) -> Self {
        Self { seen: self.keeps(bytes).then(|| Seen::new(bytes)), ..self }
    }

    /// Returns true if there is something to keep in so many bytes.
    fn keeps(&self, bytes: u64) -> bool {
        bytes > 0 && self.policy != DocumentPolicy::Registered
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
                self.loaded.fetch_add(1, Ordering::Release);
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

    /// Returns the counts of the documents that were sent as text.
    #[must_use]
    pub fn seen(&self) -> SeenDocuments {
        self.seen.as_ref().map_or_else(SeenDocuments::default, |seen| {
            let (found, prepared) = seen.counts();
            SeenDocuments { bytes: seen.bytes(), found, prepared }
        })
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
                self.note(&stored.operation, &stored.text);
                Ok(stored.operation)
            }
            // Another operation of the same document, or one that was registered.
            Some(stored) => self.seen_or_new(&stored.text, name),
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
        let operation = self.seen_or_new(text, name)?;
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
        if let Some(operation) = self.seen_before(text, name) {
            return Ok(operation);
        }
        let registry = self.registry.get();
        let registered = (!registry.is_empty()).then(|| registry.get(&document_hash(text))).flatten();
        match registered {
            Some(operation) => named(operation, name),
            None => self.not_to_the_byte(text, name),
        }
    }

    /// Selects an operation by a text that is not registered to the byte, and may have been sent before.
    fn seen_or_new(&self, text: &str, name: Option<&str>) -> Selected {
        match self.seen_before(text, name) {
            Some(operation) => Ok(operation),
            None => self.not_to_the_byte(text, name),
        }
    }

    /// Selects an operation that is not registered, by a text that was sent before.
    fn seen_before(&self, text: &str, name: Option<&str>) -> Option<Arc<Prepared>> {
        let operation = self.seen.as_ref()?.get(text, name, self.generation())?;
        self.note(&operation, text);
        Some(operation)
    }

    /// Returns the number of the set of registered operations.
    fn generation(&self) -> u64 {
        self.loaded.load(Ordering::Acquire)
    }

    /// Selects an operation by a text that is not registered to the byte. Clients print a document in their own way, so
    /// it may be registered all the same.
    fn not_to_the_byte(&self, text: &str, name: Option<&str>) -> Selected {
        // Of the set that is looked at, or of one before: a document is never taken for unregistered in a later set.
        let generation = self.generation();
        if let Some(operation) = self.registry.get().spelt_otherwise(text) {
            return named(operation, name);
        }
        if self.policy == DocumentPolicy::Registered {
            return reject(Code::QueryNotInSafelist, "Only registered operations are taken here.");
        }
        let operation = self.prepare(text, name)?;
        if let Some(seen) = &self.seen {
            seen.insert(text, name, generation, operation.clone());
        }
        self.note(&operation, text);
        Ok(operation)
    }

    /// Prepares a document that a client sent.
    fn prepare(&self, text: &str, name: Option<&str>) -> Selected {
        let prepared = self.preparer.prepare(text, name).map(Arc::new);
        prepared.map_err(|errors| if self.redacted { redacted(errors, text) } else { errors })
    }

    /// Records that an unregistered operation runs, so that a team sees what registration would shut out.
    fn note(&self, operation: &Prepared, text: &str) {
        if self.policy != DocumentPolicy::Log {
            return;
        }
        self.unregistered.fetch_add(1, Ordering::Relaxed);
        let (name, hash) = (operation.name().and_then(loggable_name).unwrap_or("-"), document_hash(text));
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
