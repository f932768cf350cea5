//! The cache of public data, bounded in bytes.

use std::any::{Any, TypeId};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use tokio::time::Instant;

use crate::{Mask, UpstreamError};

/// Maximum number of read masks for which a key is kept: operations that read different parts of an object do not push
/// each other out.
const MAX_VARIANTS: usize = 4;

/// Estimate of the memory of a decoded message, as a multiple of its encoded size.
const DECODED: usize = 3;

/// Estimate of the memory of an entry beside its values.
const OVERHEAD: usize = 200;

/// Values by their keys, of all types of fetches together. Ages are those of tokio's clock; the cache itself only
/// bounds the bytes.
pub(super) struct Cache(moka::sync::Cache<Arc<dyn Key>, Entry>);

/// Values of one key.
#[derive(Clone)]
struct Entry {
    /// The variants, as `Vec<Variant<V>>`.
    variants: Arc<dyn Any + Send + Sync>,
    bytes: usize,
}

#[derive(Clone)]
struct Variant<V> {
    mask: Option<Mask>,
    cached: Cached<V>,
    bytes: usize,
}

/// A value, and the time at which it was loaded. "There is no such object" is a value too.
#[derive(Clone)]
pub(crate) struct Cached<V> {
    pub(crate) value: Result<V, UpstreamError>,
    pub(crate) loaded: Instant,
    /// True if the service said that the value has changed since.
    pub(crate) is_outdated: bool,
}

impl Cache {
    pub(super) fn new(bytes: u64) -> Self {
        let weight = |_: &Arc<dyn Key>, entry: &Entry| u32::try_from(entry.bytes).unwrap_or(u32::MAX);
        Self(moka::sync::Cache::builder().max_capacity(bytes).weigher(weight).build())
    }

    /// Returns the newest value of a key that holds what the mask reads.
    pub(super) fn get<K: Key, V: Clone + Send + Sync + 'static>(
        &self,
        key: &K,
        mask: Option<&Mask>,
    ) -> Option<Cached<V>> {
        let entry = self.0.get(key as &dyn Key)?;
        let variants = entry.variants.downcast_ref::<Vec<Variant<V>>>()?;
        let holding = variants.iter().filter(|it| covers(it.mask.as_ref(), mask));
        holding.max_by_key(|it| it.cached.loaded).map(|it| it.cached.clone())
    }

    /// Keeps a value beside those of the key that hold something else.
    pub(super) fn insert<K: Key, V: Clone + Send + Sync + 'static>(
        &self,
        key: K,
        mask: Option<&Mask>,
        cached: Cached<V>,
        bytes: usize,
    ) {
        let known = self.0.get(&key as &dyn Key);
        let known = known.as_ref().and_then(|entry| entry.variants.downcast_ref::<Vec<Variant<V>>>());
        let is_newer = |it: &Variant<V>| it.cached.loaded > cached.loaded && covers(it.mask.as_ref(), mask);
        if known.is_some_and(|known| known.iter().any(is_newer)) {
            return;
        }
        let others = known.into_iter().flatten().filter(|it| !covers(mask, it.mask.as_ref()));
        let mut variants = vec![Variant { mask: mask.cloned(), cached, bytes }];
        variants.extend(others.take(MAX_VARIANTS - 1).cloned());
        let bytes = OVERHEAD + variants.iter().map(|it| it.bytes.saturating_mul(DECODED)).sum::<usize>();
        self.0.insert(Arc::new(key), Entry { variants: Arc::new(variants), bytes });
    }

    /// Marks the values of a key as changed at the service.
    pub(super) fn outdate<K: Key, V: Clone + Send + Sync + 'static>(&self, key: K) {
        let Some(Entry { variants, bytes }) = self.0.get(&key as &dyn Key) else { return };
        let Some(variants) = variants.downcast_ref::<Vec<Variant<V>>>() else { return };
        let mut variants = variants.clone();
        for variant in &mut variants {
            variant.cached.is_outdated = true;
        }
        self.0.insert(Arc::new(key), Entry { variants: Arc::new(variants), bytes });
    }
}

/// Returns true if a value that was loaded with one mask holds what the other reads. No mask reads everything.
pub(crate) fn covers(loaded: Option<&Mask>, read: Option<&Mask>) -> bool {
    match (loaded, read) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(loaded), Some(read)) => loaded.covers(read),
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Cache").field("bytes", &self.0.weighted_size()).finish_non_exhaustive()
    }
}

/// A key of any type.
pub(super) trait Key: Any + Send + Sync {
    fn is(&self, other: &dyn Key) -> bool;
    fn hash_into(&self, hasher: &mut dyn Hasher);
}

impl<K: Any + Eq + Hash + Send + Sync> Key for K {
    fn is(&self, other: &dyn Key) -> bool {
        (other as &dyn Any).downcast_ref::<K>() == Some(self)
    }

    fn hash_into(&self, mut hasher: &mut dyn Hasher) {
        TypeId::of::<K>().hash(&mut hasher);
        self.hash(&mut hasher);
    }
}

impl PartialEq for dyn Key {
    fn eq(&self, other: &Self) -> bool {
        self.is(other)
    }
}

impl Eq for dyn Key {}

impl Hash for dyn Key {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.hash_into(hasher);
    }
}
