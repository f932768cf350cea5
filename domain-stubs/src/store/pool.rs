//! A pool of connections, each lent to one piece of work at a time.

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use crate::refusal::Refusal;

/// Some connections to the same database.
#[derive(Debug)]
pub(super) struct Pool {
    /// One permit for each connection that is idle.
    permits: Arc<Semaphore>,
    idle: Mutex<Vec<Connection>>,
}

impl Pool {
    pub(super) fn new(connections: Vec<Connection>) -> Self {
        Self { permits: Arc::new(Semaphore::new(connections.len())), idle: Mutex::new(connections) }
    }

    /// Runs work as soon as a connection is idle: inline, or on a blocking thread, where it goes on to its end even if
    /// the future is dropped.
    pub(super) async fn run<T: Send + 'static>(
        self: &Arc<Self>,
        is_inline: bool,
        work: impl FnOnce(&mut Connection) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let permit =
            Arc::clone(&self.permits).acquire_owned().await.map_err(|closed| Refusal::internal(&closed))?;
        let pool = Arc::clone(self);
        let work = move || {
            // Dropped in reverse order: the connection is back before its permit is.
            let _permit = permit;
            let mut lent = Lent::from(pool);
            work(lent.connection.as_mut().expect("a lent connection is there until it is given back"))
        };
        if is_inline {
            return work();
        }
        tokio::task::spawn_blocking(work).await.map_err(|ended| {
            // The runtime cancels work only when it goes away itself, as at the end of the process.
            if ended.is_cancelled() { Refusal::stopping() } else { Refusal::internal(&ended) }
        })?
    }
}

/// A connection that goes back to its pool even when the work on it panics.
struct Lent {
    connection: Option<Connection>,
    pool: Arc<Pool>,
}

impl From<Arc<Pool>> for Lent {
    fn from(pool: Arc<Pool>) -> Self {
        let connection = pool.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Self { connection, pool }
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        self.pool.idle.lock().unwrap_or_else(PoisonError::into_inner).extend(self.connection.take());
    }
}
