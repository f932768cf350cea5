//! Notifications in the store.

use proto::notifications::{Notification, NotificationKind};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use tonic::Code;

use crate::{clock, page::Page, refusal::Refusal};

/// Where a notification stands among those of its user: when it came, and its number.
pub(super) type Position = (i64, i64);

/// A notification to be written.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) user: String,
    pub(super) kind: NotificationKind,
    pub(super) title: String,
    pub(super) text: String,
    /// In microseconds since 1970.
    pub(super) now: i64,
}

/// A notification with its position.
#[derive(Debug)]
pub(super) struct Stored {
    pub(super) position: Position,
    pub(super) notification: Notification,
}

const COLUMNS: &str = "number, kind, title, text, read, create_time, order_id, product_id";

fn id(number: i64) -> String {
    format!("notification-{number:06}")
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Stored> {
    let (number, create_time) = (row.get(0)?, row.get(5)?);
    let notification = Notification {
        id: id(number),
        kind: row.get(1)?,
        title: row.get(2)?,
        text: row.get(3)?,
        read: row.get(4)?,
        create_time: Some(clock::stored_to_proto(create_time)),
        order_id: row.get(6)?,
        product_id: row.get(7)?,
    };
    Ok(Stored { position: (create_time, number), notification })
}

/// A page of the notifications of a user, newest first.
pub(super) fn list(db: &Connection, user: &str, page: &Page<Position>) -> rusqlite::Result<Vec<Stored>> {
    let (time, number) = page.after.unwrap_or((i64::MAX, i64::MAX));
    let mut statement = db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM notifications WHERE user_id = ?1 AND (create_time, number) < (?2, ?3)
         ORDER BY create_time DESC, number DESC LIMIT ?4 OFFSET ?5"
    ))?;
    let rows = statement.query_map(params![user, time, number, page.limit(), page.skip], from_row)?;
    rows.collect()
}

/// The number of notifications of a user, and of those that are unread.
pub(super) fn counts(db: &Connection, user: &str) -> rusqlite::Result<(i32, i32)> {
    db.prepare_cached(
        "SELECT count(*), count(*) - coalesce(sum(read), 0) FROM notifications WHERE user_id = ?1",
    )?
    .query_row([user], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// A notification of a user by its number.
pub(super) fn find(db: &Connection, number: i64, user: &str) -> rusqlite::Result<Option<Notification>> {
    db.prepare_cached(&format!("SELECT {COLUMNS} FROM notifications WHERE number = ?1 AND user_id = ?2"))?
        .query_row(params![number, user], |row| from_row(row).map(|stored| stored.notification))
        .optional()
}

/// Marks a notification of a user as read; answers it.
pub(super) fn mark_read(db: &Connection, name: &str, user: &str) -> Result<Notification, Refusal> {
    let unknown = || {
        let problem = format!("there is no notification {name:?}");
        Refusal::new(Code::NotFound, "NOTIFICATION_NOT_FOUND", problem)
    };
    let number = name.strip_prefix("notification-").and_then(|number| number.parse().ok());
    let number: i64 = number.filter(|number| id(*number) == name).ok_or_else(unknown)?;
    db.prepare_cached("UPDATE notifications SET read = 1 WHERE number = ?1 AND user_id = ?2")?
        .execute(params![number, user])?;
    find(db, number, user)?.ok_or_else(unknown)
}

/// Writes a notification; answers its number.
pub(super) fn insert(db: &Connection, draft: &Draft) -> rusqlite::Result<i64> {
    db.prepare_cached(
        "INSERT INTO notifications (user_id, kind, title, text, read, create_time, order_id, product_id)
         VALUES (?1, ?2, ?3, ?4, 0, ?5, '', '')",
    )?
    .execute(params![draft.user, i32::from(draft.kind), draft.title, draft.text, draft.now])?;
    Ok(db.last_insert_rowid())
}
