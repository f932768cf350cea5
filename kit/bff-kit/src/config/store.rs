//! Settings of the store.

use std::sync::Arc;
use std::time::Duration;

use ::settings::Secret;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Buckets, MemoryStore, RedisStore, Store};

use super::ConfigError;

/// Settings of the store, which keeps what outlives a request: the answers under idempotency keys, the
/// sessions of browsers, the proofs that were used, and what is used of quotas.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct StoreConfig {
    /// Address of a Redis server that all replicas of this server share, such as `redis://:password@host:6379/0`, or
    /// `rediss://` for TLS. When absent each replica keeps its own, in memory.
    pub redis: Option<Secret>,
    /// Longest time for one operation on Redis, in milliseconds.
    #[schemars(range(min = 1))]
    pub timeout_ms: u64,
    /// Room for what is kept in memory, in bytes. What was used longest ago goes first.
    #[schemars(range(min = 1))]
    pub memory_bytes: u64,
}

impl Default for StoreConfig {
    fn default() -> Self {
        Self { redis: None, timeout_ms: 500, memory_bytes: 32 * 1024 * 1024 }
    }
}

impl StoreConfig {
    /// Opens the store. An address that cannot be read is an error; a server that is not there is none yet.
    pub(crate) fn open(&self) -> Result<Stores, ConfigError> {
        let Some(url) = &self.redis else {
            return Ok(Stores { store: Arc::new(MemoryStore::new(self.memory_bytes)), buckets: None });
        };
        let store = RedisStore::new(url.expose(), Duration::from_millis(self.timeout_ms));
        // The error of the address could repeat its password.
        let store = store.map_err(|_| {
            ConfigError::new("store.redis", "is no address of Redis, such as `redis://host:6379/0`")
        });
        let store = Arc::new(store?);
        Ok(Stores { store: store.clone(), buckets: Some(store) })
    }
}

/// Stores of a server.
pub(crate) struct Stores {
    pub(crate) store: Arc<dyn Store>,
    /// Buckets of quotas that replicas share; `None` if each has its own.
    pub(crate) buckets: Option<Arc<dyn Buckets>>,
}
