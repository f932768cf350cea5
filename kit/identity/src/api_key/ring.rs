//! The keys that a server accepts now.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::{MissedTickBehavior, interval};

use super::error::KeyFileError;
use super::file::{KeyFile, Stamp};
use super::hash::SecretHash;
use super::record::KeyRecord;
use crate::principal::Principal;

/// Time between two looks at the file: a key that is revoked is rejected within twice that.
const LOOK: Duration = Duration::from_millis(500);

/// The keys of a [`KeyFile`] in memory. [`KeyRing::watch`] replaces them when the file changes.
pub struct KeyRing {
    file: KeyFile,
    /// The file at the time of the first load.
    first: Option<Stamp>,
    keys: RwLock<Arc<Keys>>,
}

type Keys = HashMap<String, Key>;

struct Key {
    hash: SecretHash,
    revoked: bool,
    expires: Option<Timestamp>,
    principal: Principal,
}

impl KeyRing {
    /// Loads the keys of a file. Fails if there is none, or if it is malformed.
    pub fn open(file: KeyFile) -> Result<Self, KeyFileError> {
        // Before the file is read: one that is written meanwhile counts as changed at the next look.
        let first = file.stamp();
        let keys = file.read()?;
        Ok(Self { file, first, keys: RwLock::new(Arc::new(keys_of(keys))) })
    }

    /// Looks at the file each half second, for as long as it is polled, and loads the keys when it has changed. A file
    /// that is missing or malformed is logged, and leaves the keys as they were.
    pub async fn watch(&self) {
        let mut seen = self.first.clone();
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            looks.tick().await;
            let (file, before) = (self.file.clone(), seen.clone());
            let look = move || {
                let stamp = file.stamp();
                (stamp != before).then(|| (stamp, file.read().map(keys_of)))
            };
            match tokio::task::spawn_blocking(look).await {
                Ok(None) => {}
                Ok(Some((stamp, keys))) => {
                    seen = stamp;
                    self.take(keys);
                }
                Err(error) => tracing::error!(%error, "the file of keys could not be looked at"),
            }
        }
    }

    fn take(&self, keys: Result<Keys, KeyFileError>) {
        match keys {
            Ok(keys) => {
                tracing::info!(keys = keys.len(), "the keys of devices were loaded again");
                *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
            }
            Err(error) => tracing::error!(%error, "the keys of devices stay as they were"),
        }
    }

    /// Returns the principal of the text of a key, or the reason why it is not accepted.
    pub(super) fn principal(&self, text: &str, now: Timestamp) -> Result<Principal, &'static str> {
        let parts = self.file.prefix().parse(text).ok_or("the key is malformed")?;
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner).clone();
        let key = keys.get(parts.id).ok_or("no key has this id")?;
        // The secret comes first: the state of a key is told to its holder alone.
        if !key.hash.is(&SecretHash::of(parts.secret)) {
            return Err("the secret of the key is wrong");
        }
        if key.revoked {
            return Err("the key was revoked");
        }
        if key.expires.is_some_and(|expires| now >= expires) {
            return Err("the key has expired");
        }
        Ok(key.principal.clone())
    }
}

fn keys_of(records: Vec<KeyRecord>) -> Keys {
    let key = |record: KeyRecord| {
        let scopes = record.scopes().unwrap_or_default();
        let principal = Principal::of_device(record.device).with_scopes(scopes);
        let principal = match record.expires {
            Some(expires) => principal.with_expiry(expires),
            None => principal,
        };
        let (hash, revoked) = (record.secret_sha256, record.revoked.is_some());
        (record.id, Key { hash, revoked, expires: record.expires, principal })
    };
    records.into_iter().map(key).collect()
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("KeyRing").field("file", &self.file.path()).finish_non_exhaustive()
    }
}
