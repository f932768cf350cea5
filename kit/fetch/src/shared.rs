//! The public values that all requests of a server share, and the calls under way for them.
//!
//! Public means that the RPC responds to every principal alike, so a key alone says what was loaded.

mod cache;

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::time::Instant;

use crate::{Mask, Policy, UpstreamError};

use cache::Cache;

pub(crate) use cache::{Cached, covers};

/// Longest time for which "there is no such object" counts as fresh.
const NEGATIVE: Duration = Duration::from_secs(5);

/// State of the public values of a server.
#[derive(Debug)]
pub(crate) struct Shared {
    /// `None` if nothing is kept.
    cache: Option<Cache>,
    /// One value of each type, for whoever knows the type.
    of_types: RwLock<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
    /// Time at which any value of a service may have changed last: what was loaded before no longer counts as fresh.
    changed: RwLock<HashMap<&'static str, Instant>>,
}

/// Freshness of a value in the cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// As good as loaded now, for this time.
    Fresh(Duration),
    /// Good for one more request, and loaded again beside it.
    ToRefresh,
    /// Better than nothing.
    Stale,
    /// Of no use.
    Dead,
}

impl Shared {
    /// Creates a cache of at most this many bytes; 0 keeps nothing.
    pub(crate) fn new(cache_bytes: u64) -> Self {
        Self {
            cache: (cache_bytes > 0).then(|| Cache::new(cache_bytes)),
            of_types: RwLock::default(),
            changed: RwLock::default(),
        }
    }

    /// Returns the newest value of a key that holds what the mask reads.
    pub(crate) fn get<K, V>(&self, key: &K, mask: Option<&Mask>) -> Option<Cached<V>>
    where
        K: Clone + Eq + Hash + Send + Sync + 'static,
        V: Clone + Send + Sync + 'static,
    {
        self.cache.as_ref()?.get(key, mask)
    }

    /// Returns true if values of this policy are kept.
    pub(crate) fn keeps(&self, policy: Policy) -> bool {
        self.cache.is_some() && !policy.fresh.is_zero()
    }

    /// Keeps values that a call loaded, each of this many bytes.
    pub(crate) fn keep<'a, K, V>(
        &self,
        results: impl Iterator<Item = (&'a K, &'a Result<V, UpstreamError>)>,
        mask: Option<&Mask>,
        bytes: usize,
        loaded: Instant,
    ) where
        K: Clone + Eq + Hash + Send + Sync + 'static,
        V: Clone + Send + Sync + 'static,
    {
        let Some(cache) = &self.cache else { return };
        for (key, value) in results {
            if value.as_ref().err().is_none_or(UpstreamError::is_not_found) {
                let cached = Cached { value: value.clone(), loaded, is_outdated: false };
                cache.insert(key.clone(), mask, cached, bytes);
            }
        }
    }

    /// Records that the value of a key has changed.
    pub(crate) fn outdate<K, V>(&self, key: K)
    where
        K: Eq + Hash + Send + Sync + 'static,
        V: Clone + Send + Sync + 'static,
    {
        if let Some(cache) = &self.cache {
            cache.outdate::<K, V>(key);
        }
    }

    /// Records that any value of a service may have changed.
    pub(crate) fn changed(&self, service: &'static str) {
        if self.cache.is_some() {
            let mut changed = self.changed.write().unwrap_or_else(PoisonError::into_inner);
            changed.insert(service, Instant::now());
        }
    }

    /// Returns the freshness of a value of this service.
    pub(crate) fn freshness<V>(
        &self,
        cached: &Cached<V>,
        service: &str,
        policy: Policy,
        now: Instant,
    ) -> Freshness {
        let age = now.saturating_duration_since(cached.loaded);
        let changed = self.changed.read().unwrap_or_else(PoisonError::into_inner).get(service).copied();
        let is_current = !cached.is_outdated && changed.is_none_or(|changed| changed < cached.loaded);
        if cached.value.is_err() {
            let fresh = policy.fresh.min(NEGATIVE);
            return if is_current && age < fresh {
                Freshness::Fresh(fresh.saturating_sub(age))
            } else {
                Freshness::Dead
            };
        }
        match age {
            age if is_current && age < policy.fresh => Freshness::Fresh(policy.fresh.saturating_sub(age)),
            age if is_current && age < policy.fresh + policy.revalidate => Freshness::ToRefresh,
            age if age < policy.fresh + policy.stale => Freshness::Stale,
            _ => Freshness::Dead,
        }
    }

    /// Returns the value of a type, of which there is one.
    pub(crate) fn of_type<T: Any + Default + Send + Sync>(&self) -> Arc<T> {
        let of_type = TypeId::of::<T>();
        let known = self.of_types.read().unwrap_or_else(PoisonError::into_inner).get(&of_type).cloned();
        let value = known.unwrap_or_else(|| {
            let mut of_types = self.of_types.write().unwrap_or_else(PoisonError::into_inner);
            of_types.entry(of_type).or_insert_with(|| Arc::new(T::default())).clone()
        });
        value.downcast().expect("the key of the map is the type of the value")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FailureKind;

    const POLICY: Policy = Policy::within_ms(100).fresh_s(60).revalidate_s(30).stale_s(600);

    #[tokio::test(start_paused = true)]
    async fn a_value_is_fresh_then_refreshed_then_stale_then_dead() {
        let shared = Shared::new(1 << 20);
        let loaded = Instant::now();
        let cached = Cached { value: Ok(7), loaded, is_outdated: false };
        let nothing = UpstreamError::new(FailureKind::NotFound, "");
        let nothing = Cached::<u32> { value: Err(nothing), loaded, is_outdated: false };
        let after = |seconds| loaded + Duration::from_secs(seconds);
        let of = |seconds| shared.freshness(&cached, "reviews", POLICY, after(seconds));
        assert_eq!(of(10), Freshness::Fresh(Duration::from_secs(50)));
        assert_eq!([of(60), of(89)], [Freshness::ToRefresh; 2]);
        assert_eq!([of(90), of(659)], [Freshness::Stale; 2]);
        assert_eq!(of(660), Freshness::Dead);
        let of_nothing = |seconds| shared.freshness(&nothing, "reviews", POLICY, after(seconds));
        assert_eq!(
            [of_nothing(4), of_nothing(5)],
            [Freshness::Fresh(Duration::from_secs(1)), Freshness::Dead]
        );
        shared.changed("reviews");
        assert_eq!([of(1), of(70)], [Freshness::Stale; 2]);
        assert_eq!(
            shared.freshness(&cached, "catalog", POLICY, after(1)),
            Freshness::Fresh(Duration::from_secs(59))
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_wider_value_answers_a_narrower_read_and_not_the_other_way() {
        let shared = Shared::new(1 << 20);
        let mask = |paths: &[&str]| paths.iter().collect::<Mask>();
        let (narrow, wide) = (mask(&["name"]), mask(&["name", "price"]));
        let keep = |value: u32, mask: &Mask| {
            shared.keep([(&"a", &Ok(value))].into_iter(), Some(mask), 10, Instant::now());
        };
        keep(1, &narrow);
        assert!(shared.get::<_, u32>(&"a", Some(&wide)).is_none());
        keep(2, &wide);
        for mask in [&narrow, &wide] {
            assert_eq!(shared.get::<_, u32>(&"a", Some(mask)).unwrap().value.unwrap(), 2);
        }
        keep(3, &mask(&["image"]));
        assert_eq!(shared.get::<_, u32>(&"a", Some(&wide)).unwrap().value.unwrap(), 2);
        assert!(shared.get::<_, u32>(&"b", Some(&narrow)).is_none());
        // A call that took longer than one that began after it brings nothing new.
        let before = Instant::now();
        tokio::time::advance(Duration::from_secs(1)).await;
        keep(4, &wide);
        shared.keep([(&"a", &Ok(5_u32))].into_iter(), Some(&wide), 10, before);
        assert_eq!(shared.get::<_, u32>(&"a", Some(&wide)).unwrap().value.unwrap(), 4);
        // One that changed is old, whatever was read of it, until it is loaded again.
        let freshness = || {
            let cached = shared.get::<_, u32>(&"a", Some(&narrow)).unwrap();
            shared.freshness(&cached, "reviews", POLICY, Instant::now())
        };
        shared.outdate::<_, u32>("a");
        assert_eq!(freshness(), Freshness::Stale);
        tokio::time::advance(Duration::from_secs(1)).await;
        keep(6, &wide);
        assert_eq!(freshness(), Freshness::Fresh(POLICY.fresh));
    }
}
