//! A store in Redis.

mod take;

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{AsyncCommands as _, Client, FromRedisValue, RedisError, Script, ScriptInvocation};
use tokio::sync::OnceCell;

use crate::{Store, StoreError, Stored};

/// Keeps values in Redis 5 or later, or in what speaks its protocol. Scripts make the changes, since a server runs each
/// as one step. The connection is opened at the first use, and again after it was lost.
pub struct RedisStore {
    client: Client,
    timeout: Duration,
    connection: OnceCell<ConnectionManager>,
    scripts: Scripts,
}

/// Changes of a value under `KEYS[1]`, by their arguments.
struct Scripts {
    /// `value`, `ms`.
    insert: Script,
    /// `expected`, `value`, `ms`.
    replace: Script,
    /// `expected`.
    remove: Script,
    /// Of a bucket.
    take: Script,
}

impl Scripts {
    fn new() -> Self {
        Self {
            insert: Script::new(
                "local there = redis.call('GET', KEYS[1])
                 if there then return there end
                 redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
                 return false",
            ),
            replace: Script::new(
                "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
                 redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
                 return 1",
            ),
            remove: Script::new(
                "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
                 return redis.call('DEL', KEYS[1])",
            ),
            take: take::script(),
        }
    }
}

impl RedisStore {
    /// Creates a store on the server at `url`, such as `redis://:password@host:6379/0`, or `rediss://` for TLS. An
    /// operation that takes longer than `timeout` fails. Fails if the address cannot be read; no connection is opened
    /// yet.
    pub fn new(url: &str, timeout: Duration) -> Result<Self, StoreError> {
        let client = Client::open(url).map_err(|error| failure(&error))?;
        Ok(Self { client, timeout, connection: OnceCell::new(), scripts: Scripts::new() })
    }

    async fn connection(&self) -> Result<ConnectionManager, RedisError> {
        let connect = async || {
            let config = ConnectionManagerConfig::new()
                .set_connection_timeout(Some(self.timeout))
                .set_response_timeout(Some(self.timeout))
                .set_number_of_retries(1);
            ConnectionManager::new_with_config(self.client.clone(), config).await
        };
        self.connection.get_or_try_init(connect).await.cloned()
    }

    async fn run<T: FromRedisValue>(&self, script: &ScriptInvocation<'_>) -> Result<T, StoreError> {
        self.within(async { script.invoke_async(&mut self.connection().await?).await }).await
    }

    /// Completes an operation within its time, connecting included.
    async fn within<T>(&self, run: impl Future<Output = Result<T, RedisError>>) -> Result<T, StoreError> {
        match tokio::time::timeout(self.timeout, run).await {
            Ok(result) => result.map_err(|error| failure(&error)),
            Err(_elapsed) => {
                Err(StoreError(format!("Redis: no answer within {} ms", self.timeout.as_millis())))
            }
        }
    }
}

impl Store for RedisStore {
    fn get<'a>(&'a self, key: &'a str) -> Stored<'a, Option<Bytes>> {
        self.within(async move { self.connection().await?.get(key).await }).boxed()
    }

    fn insert<'a>(&'a self, key: &'a str, value: Bytes, keep: Duration) -> Stored<'a, Option<Bytes>> {
        async move {
            let script = &self.scripts.insert;
            self.run(script.key(key).arg(&value[..]).arg(milliseconds(keep))).await
        }
        .boxed()
    }

    fn replace<'a>(
        &'a self,
        key: &'a str,
        expected: &'a [u8],
        value: Bytes,
        keep: Duration,
    ) -> Stored<'a, bool> {
        async move {
            let script = &self.scripts.replace;
            self.run(script.key(key).arg(expected).arg(&value[..]).arg(milliseconds(keep))).await
        }
        .boxed()
    }

    fn remove<'a>(&'a self, key: &'a str, expected: &'a [u8]) -> Stored<'a, bool> {
        async move { self.run(self.scripts.remove.key(key).arg(expected)).await }.boxed()
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The address may hold a password.
        formatter.debug_struct("RedisStore").field("timeout", &self.timeout).finish_non_exhaustive()
    }
}

/// Redis wants at least one millisecond.
fn milliseconds(keep: Duration) -> u64 {
    u64::try_from(keep.as_millis()).unwrap_or(u64::MAX).clamp(1, i64::MAX as u64 / 2)
}

fn failure(error: &RedisError) -> StoreError {
    StoreError(format!("Redis: {error}"))
}
