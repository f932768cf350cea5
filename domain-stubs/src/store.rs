//! The embedded store: one writer, and readers that never wait for it when the data is on disk.
//!
//! Work runs on the blocking threads of the runtime, never on those that serve sockets, unless it is
//! to run inline. A write is acknowledged after its commit has reached the disk, so that killing the process loses no
//! acknowledged write.

mod migrations;
mod pool;

use std::{path::Path, sync::Arc, time::Duration};

use rusqlite::{Connection, MAIN_DB, OpenFlags, Transaction, TransactionBehavior};

use self::pool::Pool;
use crate::refusal::Refusal;

/// Number of connections that read at the same time when the data is on disk.
const READERS: usize = 4;

/// Number of prepared statements that a connection keeps.
const PREPARED_STATEMENTS: usize = 64;

/// Longest wait for another process that has locked the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// The embedded store. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    writer: Arc<Pool>,
    readers: Arc<Pool>,
    is_inline: bool,
}

/// Error for a store that cannot be opened.
#[derive(Debug)]
pub(crate) enum StoreError {
    Sqlite(rusqlite::Error),
    Migration(rusqlite_migration::Error),
}

/// The place of a store's data.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Place<'a> {
    File(&'a Path),
    /// Memory, filled with the image to begin with, if there is one.
    Memory(Option<&'a Image>),
}

/// The pages of a store at one moment. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Image(Arc<[u8]>);

impl Store {
    /// Opens the store, migrates it, and lets `prepare` fill it before anything is read.
    pub(crate) fn open(
        place: Place<'_>,
        prepare: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<()>,
    ) -> Result<Self, StoreError> {
        let mut writer = match place {
            Place::File(file) => open_file(file)?,
            Place::Memory(_) => Connection::open_in_memory()?,
        };
        if let Place::Memory(Some(Image(bytes))) = place {
            writer.deserialize_read_exact(MAIN_DB, &bytes[..], bytes.len(), false)?;
        }
        make_ready(&mut writer, prepare)?;

        let writer = Arc::new(Pool::new(vec![writer]));
        let readers = match place {
            Place::File(file) => {
                let readers: Result<_, _> = (0..READERS).map(|_| open_reader(file)).collect();
                Arc::new(Pool::new(readers?))
            }
            // A database in memory belongs to its one connection.
            Place::Memory(_) => Arc::clone(&writer),
        };
        Ok(Self { writer, readers, is_inline: false })
    }

    /// Returns the store, which does its work inline if that is wanted.
    pub(crate) fn inline(self, is_inline: bool) -> Self {
        Self { is_inline, ..self }
    }

    /// Reads from one snapshot.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.readers
            .run(self.is_inline, move |db| {
                let snapshot = db.transaction()?;
                work(&snapshot)
            })
            .await
    }

    /// Writes all changes of `work`, or none if it fails.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.write_and_tell(work, |_| {}).await
    }

    /// Writes, and calls `tell` right after the commit, so that watchers are notified of writes in
    /// the order of the commits, even when the caller no longer waits for the result.
    pub(crate) async fn write_and_tell<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Refusal> + Send + 'static,
        tell: impl FnOnce(&T) + Send + 'static,
    ) -> Result<T, Refusal> {
        self.writer
            .run(self.is_inline, move |db| {
                let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
                let result = work(&transaction)?;
                transaction.commit()?;
                tell(&result);
                Ok(result)
            })
            .await
    }
}

impl Image {
    /// Returns the pages of a store in memory that `prepare` has filled.
    pub(crate) fn of(
        prepare: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<()>,
    ) -> Result<Self, StoreError> {
        let mut db = Connection::open_in_memory()?;
        make_ready(&mut db, prepare)?;
        Ok(Self(db.serialize(MAIN_DB)?.to_vec().into()))
    }
}

/// Migrates a store, and lets `prepare` fill it.
fn make_ready(
    db: &mut Connection,
    prepare: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<()>,
) -> Result<(), StoreError> {
    set_up(db)?;
    migrations::run(db)?;
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    prepare(&transaction)?;
    Ok(transaction.commit()?)
}

fn open_file(file: &Path) -> rusqlite::Result<Connection> {
    let db = Connection::open(file)?;
    db.busy_timeout(BUSY_TIMEOUT)?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    // In WAL mode anything less lets the last commits go when the power does.
    db.pragma_update(None, "synchronous", "FULL")?;
    Ok(db)
}

fn open_reader(file: &Path) -> rusqlite::Result<Connection> {
    // Reading in WAL mode writes to the shared index; `query_only` keeps the data itself safe.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(file, flags)?;
    db.busy_timeout(BUSY_TIMEOUT)?;
    db.pragma_update(None, "query_only", true)?;
    set_up(&db)?;
    Ok(db)
}

fn set_up(db: &Connection) -> rusqlite::Result<()> {
    db.set_prepared_statement_cache_capacity(PREPARED_STATEMENTS);
    db.pragma_update(None, "foreign_keys", true)
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<rusqlite_migration::Error> for StoreError {
    fn from(error: rusqlite_migration::Error) -> Self {
        Self::Migration(error)
    }
}

impl std::fmt::Display for StoreError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(error) => error.fmt(f),
            Self::Migration(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for StoreError {}

#[cfg(test)]
mod tests;
