//! Automatic persisted queries: documents that a client sent once, so that it may send their hash from then on.

use std::sync::Arc;

use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use operation::Prepared;

use crate::weight::weight;

/// Documents by their hash, bounded in bytes. Registered documents are not in here, so they are never evicted.
#[derive(Debug)]
pub(crate) struct Automatic(Cache<String, Stored>);

/// A valid document, with the operation for which it was sent first.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub(crate) text: Arc<str>,
    /// The `operationName` that came with the document.
    pub(crate) operation_name: Option<Arc<str>>,
    pub(crate) operation: Arc<Prepared>,
}

impl Automatic {
    pub(crate) fn new(max_bytes: u64) -> Self {
        let weigher = |_: &String, stored: &Stored| weight(&stored.text, &stored.operation);
        let cache = Cache::builder().max_capacity(max_bytes).weigher(weigher);
        // A client that sends its hashes again and again keeps its documents, even if others flood the rest.
        Self(cache.eviction_policy(EvictionPolicy::tiny_lfu()).build())
    }

    pub(crate) fn get(&self, hash: &str) -> Option<Stored> {
        self.0.get(hash)
    }

    pub(crate) fn insert(&self, hash: String, stored: Stored) {
        self.0.insert(hash, stored);
    }

    /// Returns the memory that all documents take, in bytes as they are counted here.
    pub(crate) fn bytes(&self) -> u64 {
        self.0.run_pending_tasks();
        self.0.weighted_size()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use operation::schema::SchemaIndex;
    use operation::{Limits, Preparer};

    #[test]
    fn a_flood_of_documents_stays_within_its_bytes() {
        let max_bytes = 1_000_000;
        let store = Automatic::new(max_bytes);
        let schema = SchemaIndex::of("schema { query: Query } type Query { a: Int }");
        let preparer = Preparer::new("test", schema, Arc::default(), Limits::DEFAULT);
        let operation = Arc::new(preparer.prepare("{ a }", None).unwrap());
        let stored =
            |text: &str| Stored { text: text.into(), operation_name: None, operation: operation.clone() };
        for number in 0..100_000 {
            store.insert(format!("{number:064x}"), stored("{ a }"));
        }
        assert!(store.bytes() <= max_bytes, "{}", store.bytes());
        assert!(store.0.entry_count() > 100);
        // A document larger than the whole capacity is not kept at all.
        store.insert("large".to_owned(), stored(&" ".repeat(100_000)));
        store.0.run_pending_tasks();
        assert!(store.get("large").is_none());
    }
}
