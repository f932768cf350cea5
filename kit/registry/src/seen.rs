//! Documents that clients sent as text before, so that each is prepared once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use moka::Equivalent;
use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use operation::Prepared;

use crate::weight::weight;

/// Operations that are not registered, by the text that was sent and the name in it, bounded in bytes.
#[derive(Debug)]
pub(crate) struct Seen {
    cache: Cache<Sent, Entry>,
    found: AtomicU64,
    prepared: AtomicU64,
}

/// A document, and the name by which an operation of it was selected.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Sent {
    text: Box<str>,
    name: Option<Box<str>>,
}

/// A document and a name as a request has them, to look up [`Sent`] without a copy.
#[derive(Hash)]
struct Sending<'a> {
    text: &'a str,
    name: Option<&'a str>,
}

impl Equivalent<Sent> for Sending<'_> {
    fn equivalent(&self, sent: &Sent) -> bool {
        self.text == &*sent.text && self.name == sent.name.as_deref()
    }
}

#[derive(Clone, Debug)]
struct Entry {
    operation: Arc<Prepared>,
    /// The set of registered operations to which it did not belong.
    generation: u64,
}

impl Seen {
    pub(crate) fn new(max_bytes: u64) -> Self {
        let weigher = |sent: &Sent, entry: &Entry| weight(&sent.text, &entry.operation);
        let cache = Cache::builder().max_capacity(max_bytes).weigher(weigher);
        // What is sent again and again stays, even if others flood the rest.
        let cache = cache.eviction_policy(EvictionPolicy::tiny_lfu()).build();
        Self { cache, found: AtomicU64::new(0), prepared: AtomicU64::new(0) }
    }

    /// Returns the operation of a document that was sent since the registered operations were replaced last.
    pub(crate) fn get(&self, text: &str, name: Option<&str>, generation: u64) -> Option<Arc<Prepared>> {
        let entry = self.cache.get(&Sending { text, name }).filter(|it| it.generation == generation)?;
        self.found.fetch_add(1, Ordering::Relaxed);
        Some(entry.operation)
    }

    pub(crate) fn insert(&self, text: &str, name: Option<&str>, generation: u64, operation: Arc<Prepared>) {
        self.prepared.fetch_add(1, Ordering::Relaxed);
        let sent = Sent { text: text.into(), name: name.map(Into::into) };
        self.cache.insert(sent, Entry { operation, generation });
    }

    /// Returns the memory that all documents take, in bytes as they are counted here.
    pub(crate) fn bytes(&self) -> u64 {
        self.cache.run_pending_tasks();
        self.cache.weighted_size()
    }

    /// Returns how many requests found their document here, and for how many it was prepared.
    pub(crate) fn counts(&self) -> (u64, u64) {
        (self.found.load(Ordering::Relaxed), self.prepared.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use operation::schema::SchemaIndex;
    use operation::{Limits, Preparer, Release, Releases};

    use super::*;
    use crate::{DocumentPolicy, OperationStore, SeenDocuments};

    fn store(bytes: u64) -> OperationStore {
        let schema = SchemaIndex::of("schema { query: Query } type Query { a: Int b: Int }");
        let preparer = Arc::new(Preparer::new("test", schema, Arc::default(), Limits::DEFAULT));
        OperationStore::new(preparer, DocumentPolicy::Open).with_seen(bytes)
    }

    fn select(store: &OperationStore, text: &str, name: Option<&str>) -> Arc<Prepared> {
        store.select(None, Some(text), name).unwrap()
    }

    #[test]
    fn a_document_is_prepared_once_for_each_of_its_operations() {
        let (store, text) = (store(1_000_000), "query A { a } query B { b }");
        let a = select(&store, text, Some("A"));
        assert!(Arc::ptr_eq(&a, &select(&store, text, Some("A"))));
        assert_eq!(select(&store, text, Some("B")).name(), Some("B"));
        assert!(store.select(None, Some(text), None).is_err(), "which of the two?");
        let SeenDocuments { found, prepared, bytes } = store.seen();
        assert_eq!((found, prepared), (1, 2));
        assert!(bytes > 0);
    }

    #[test]
    fn a_document_that_is_registered_meanwhile_is_taken_as_registered() {
        let (store, text) = (store(1_000_000), "query A { a }");
        assert_eq!(select(&store, text, None).registered(), None);
        let manifest = r#"{ "0000": "query A { a }" }"#;
        let release = Release::parse(Path::new("1.0.0.json"), manifest);
        let schema = SchemaIndex::of("schema { query: Query } type Query { a: Int b: Int }");
        let preparer = Preparer::new("test", schema, Arc::default(), Limits::DEFAULT);
        store.replace("test", Releases::prepare(&[release.unwrap()], &preparer));
        assert!(select(&store, text, None).registered().is_some());
        // And it is none again once it is not.
        store.replace("test", Ok(Releases::default()));
        assert_eq!(select(&store, text, None).registered(), None);
    }

    #[test]
    fn a_flood_of_documents_stays_within_its_bytes() {
        let store = store(200_000);
        for number in 0..2_000 {
            select(&store, &format!("query Q{number} {{ a }}"), None);
        }
        assert!(store.seen().bytes <= 200_000, "{:?}", store.seen());
        // A server that keeps none prepares each time.
        let store = self::store(0);
        let once = select(&store, "{ a }", None);
        assert!(!Arc::ptr_eq(&once, &select(&store, "{ a }", None)));
        assert_eq!(store.seen(), SeenDocuments::default());
    }
}
