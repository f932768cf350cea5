//! The key set that a server uses now, and the loads that replace it.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep, timeout};

use super::key::Key;
use super::key_set::KeySet;
use super::settings::JwksSettings;
use super::source::{KeySource, KeySourceError};
use crate::algorithm::Algorithm;

/// Delay after which a load that failed is repeated, the first time. It doubles each time, up to the cool-down.
const FIRST_RETRY: Duration = Duration::from_secs(1);

/// The keys of an issuer. They are loaded by [`Jwks::maintain`] alone, so that there is one load at a time, and none is
/// cut short when a request ends. Keys that were loaded stay good while the issuer cannot be reached, up to a bound; a
/// set that was loaded replaces all keys before it, even if it holds none.
pub struct Jwks {
    source: Box<dyn KeySource>,
    settings: JwksSettings,
    state: RwLock<State>,
    /// Wakes `maintain` for a request with an unknown key id.
    wanted: Notify,
    /// Changes after each load, whether it succeeded or not.
    done: watch::Sender<()>,
}

struct State {
    loaded: Option<Loaded>,
    /// True if a load is under way, or about to start.
    loading: bool,
    /// Time of the last load that an unknown key id caused.
    wanted: Option<Instant>,
}

struct Loaded {
    keys: KeySet,
    at: Instant,
    /// Number of the set: another one has another.
    generation: u64,
}

/// A key, and the generation of the set it comes from.
#[derive(Clone, Debug)]
pub(crate) struct FoundKey {
    key: Arc<Key>,
    pub(crate) generation: u64,
}

/// Reasons why there is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoKey {
    /// The set has no such key.
    Unknown,
    /// There is no set, or it is too old.
    NotLoaded,
}

impl Jwks {
    /// Creates the keys of a source. None is loaded before [`Jwks::maintain`] runs.
    pub fn new(source: impl KeySource + 'static, settings: JwksSettings) -> Self {
        Self {
            source: Box::new(source),
            settings,
            // The first request may come before `maintain` has started, and waits for the first load.
            state: RwLock::new(State { loaded: None, loading: true, wanted: None }),
            wanted: Notify::new(),
            done: watch::Sender::new(()),
        }
    }

    /// Loads the keys at once, at intervals, and when a request names a key that is not known; for as long as it is
    /// polled. A load that fails is repeated after a second or more.
    pub async fn maintain(&self) {
        let mut failures = 0;
        loop {
            self.write().loading = true;
            let loaded = self.load().await;
            let wait = match &loaded {
                Ok(_) => self.settings.refresh,
                Err(_) => self.settings.cool_down.min(FIRST_RETRY.saturating_mul(1 << failures.min(16))),
            };
            failures = if loaded.is_ok() { 0 } else { failures + 1 };
            self.take(loaded);
            self.done.send_replace(());
            tokio::select! {
                () = sleep(wait) => {}
                () = self.wanted.notified() => {}
            }
        }
    }

    async fn load(&self) -> Result<KeySet, KeySourceError> {
        let fetched = timeout(self.settings.timeout, self.source.fetch()).await;
        let json = fetched.unwrap_or_else(|_| Err(KeySourceError::new("no answer in time")))?;
        KeySet::read(&json).ok_or_else(|| KeySourceError::new("the answer is not a key set"))
    }

    fn take(&self, loaded: Result<KeySet, KeySourceError>) {
        let mut state = self.write();
        state.loading = false;
        let keys = match loaded {
            Ok(keys) => keys,
            Err(error) => {
                let age_s = state.loaded.as_ref().map(|it| it.at.elapsed().as_secs());
                drop(state);
                tracing::warn!(%error, age_s, "the keys of the issuer could not be loaded");
                return;
            }
        };
        let at = Instant::now();
        match &mut state.loaded {
            Some(same) if same.keys == keys => same.at = at,
            other => {
                let generation = other.as_ref().map_or(0, |it| it.generation + 1);
                let usable = keys.len();
                *other = Some(Loaded { keys, at, generation });
                drop(state);
                tracing::info!(usable, "other keys of the issuer were loaded");
            }
        }
    }

    /// Waits until no load is under way, so that a request that comes before the first one need not fail.
    pub(crate) async fn settled(&self) {
        let mut done = self.done.subscribe();
        if self.read().loading {
            let _ = timeout(self.settings.timeout, done.changed()).await;
        }
    }

    /// Returns the generation of the keys that are good now; `None` if there are none.
    pub(crate) fn generation(&self) -> Option<u64> {
        self.good(&self.read()).map(|it| it.generation)
    }

    /// Returns a key that is loaded.
    pub(crate) fn get(&self, id: &str, algorithm: Algorithm) -> Result<FoundKey, NoKey> {
        let state = self.read();
        let loaded = self.good(&state).ok_or(NoKey::NotLoaded)?;
        let key = loaded.keys.get(id, algorithm).ok_or(NoKey::Unknown)?;
        Ok(FoundKey { key, generation: loaded.generation })
    }

    /// Returns a key, after a load if it is not known and a load is under way or permitted.
    pub(crate) async fn find(&self, id: &str, algorithm: Algorithm) -> Result<FoundKey, NoKey> {
        // Subscribed before the look, so that no load that ends in between is missed.
        let mut done = self.done.subscribe();
        let found = self.get(id, algorithm);
        let Err(no_key) = found else { return found };
        if !self.loads(no_key) {
            return found;
        }
        // The end of the time is the end of the load as well: what is known then is all there is.
        let _ = timeout(self.settings.timeout, done.changed()).await;
        self.get(id, algorithm)
    }

    /// Returns true if a load is under way, or was started now.
    fn loads(&self, no_key: NoKey) -> bool {
        let mut state = self.write();
        let cooling = state.wanted.is_some_and(|it| it.elapsed() < self.settings.cool_down);
        // Without any key, `maintain` retries on its own.
        if !state.loading && !cooling && no_key == NoKey::Unknown {
            state.wanted = Some(Instant::now());
            state.loading = true;
            self.wanted.notify_one();
        }
        state.loading
    }

    fn good<'a>(&self, state: &'a State) -> Option<&'a Loaded> {
        state.loaded.as_ref().filter(|it| it.at.elapsed() < self.settings.keep)
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FoundKey {
    /// Returns true if the signature over the message is of this key.
    pub(crate) fn verifies(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        self.key.verifies(algorithm, message, signature)
    }
}

impl fmt::Debug for Jwks {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = self.read().loaded.as_ref().map(|it| it.keys.len());
        formatter.debug_struct("Jwks").field("keys", &keys).finish_non_exhaustive()
    }
}
