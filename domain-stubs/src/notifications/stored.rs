//! Notifications in the store.

use proto::notifications::{Notification, NotificationKind};
use rusqlite::{Connection, OptionalExtension as _, Row as SqlRow, params};
use tonic::Code;

use crate::{clock, page::Page, refusal::Refusal};

/// The position of a notification in the list of a user: its time in microseconds since 1970, then its identifier
/// among notifications of one time.
pub(super) type Position = (i64, String);

/// A notification with its position.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) notification: Notification,
    pub(super) position: Position,
}

/// A notification to add.
#[derive(Debug, Default)]
pub(crate) struct Draft<'a> {
    pub(crate) user: &'a str,
    pub(crate) kind: NotificationKind,
    pub(crate) title: &'a str,
    pub(crate) text: &'a str,
    pub(crate) read: bool,
    /// Time of the notification, in microseconds since 1970.
    pub(crate) create_time: i64,
    /// Order it concerns; empty without one.
    pub(crate) order_id: &'a str,
    /// Product it concerns; empty without one.
    pub(crate) product_id: &'a str,
}

/// Adds a notification.
pub(crate) fn add(db: &Connection, draft: &Draft<'_>) -> rusqlite::Result<Notification> {
    let number: i64 = db
        .prepare_cached("SELECT coalesce(max(number), 0) + 1 FROM notifications")?
        .query_row([], |row| row.get(0))?;
    // Of two that came at the same time, the later one has the greater identifier.
    let id = format!("notification-{number:08}");
    let Draft { user, kind, title, text, read, create_time, order_id, product_id } = *draft;
    db.prepare_cached(
        "INSERT INTO notifications
            (number, id, user_id, kind, title, text, read, create_time, order_id, product_id)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?
    .execute(params![
        number,
        id,
        user,
        i32::from(kind),
        title,
        text,
        read,
        create_time,
        order_id,
        product_id
    ])?;
    Ok(Notification {
        id,
        kind: kind.into(),
        title: title.to_owned(),
        text: text.to_owned(),
        read,
        create_time: Some(clock::stored_to_proto(create_time)),
        order_id: order_id.to_owned(),
        product_id: product_id.to_owned(),
    })
}

/// The number of notifications of a user.
pub(super) fn count(db: &Connection, user: &str) -> rusqlite::Result<i32> {
    db.prepare_cached("SELECT count(*) FROM notifications WHERE user_id = ?1")?
        .query_row([user], |row| row.get(0))
}

/// The number of unread notifications of a user.
pub(super) fn count_unread(db: &Connection, user: &str) -> rusqlite::Result<i32> {
    db.prepare_cached("SELECT count(*) FROM notifications WHERE user_id = ?1 AND read = 0")?
        .query_row([user], |row| row.get(0))
}

/// A page of the notifications of a user, newest first.
pub(super) fn list(db: &Connection, user: &str, page: &Page<Position>) -> rusqlite::Result<Vec<Row>> {
    let (time, id) = page.after.clone().unwrap_or((i64::MAX, String::new()));
    let mut statement = db.prepare_cached(
        "SELECT id, kind, title, text, read, create_time, order_id, product_id FROM notifications
         WHERE user_id = ?1 AND (create_time, id) < (?2, ?3)
         ORDER BY create_time DESC, id DESC LIMIT ?4 OFFSET ?5",
    )?;
    let rows = statement.query_map(params![user, time, id, page.limit(), page.skip], |row| {
        let notification = from_row(row)?;
        let position = (row.get("create_time")?, notification.id.clone());
        Ok(Row { notification, position })
    })?;
    rows.collect()
}

/// A notification of a user, by its identifier.
pub(super) fn find(db: &Connection, user: &str, id: &str) -> Result<Notification, Refusal> {
    let found = db
        .prepare_cached(
            "SELECT id, kind, title, text, read, create_time, order_id, product_id FROM notifications
             WHERE id = ?1 AND user_id = ?2",
        )?
        .query_row([id, user], from_row)
        .optional()?;
    found.ok_or_else(|| unknown(id))
}

/// Marks a notification of a user as read, and returns it.
pub(super) fn mark_read(db: &Connection, user: &str, id: &str) -> Result<Notification, Refusal> {
    let marked = db
        .prepare_cached(
            "UPDATE notifications SET read = 1 WHERE id = ?1 AND user_id = ?2
             RETURNING id, kind, title, text, read, create_time, order_id, product_id",
        )?
        .query_row([id, user], from_row)
        .optional()?;
    marked.ok_or_else(|| unknown(id))
}

fn unknown(id: &str) -> Refusal {
    Refusal::new(Code::NotFound, "NOTIFICATION_NOT_FOUND", format!("there is no notification {id:?}"))
}

/// The number of the newest notification of a user, 0 without any.
pub(super) fn newest(db: &Connection, user: &str) -> rusqlite::Result<i64> {
    db.prepare_cached("SELECT coalesce(max(number), 0) FROM notifications WHERE user_id = ?1")?
        .query_row([user], |row| row.get(0))
}

/// The first notification of a user after the number `after`, with its own number.
pub(super) fn next(db: &Connection, user: &str, after: i64) -> rusqlite::Result<Option<(i64, Notification)>> {
    db.prepare_cached(
        "SELECT id, kind, title, text, read, create_time, order_id, product_id, number FROM notifications
         WHERE user_id = ?1 AND number > ?2 ORDER BY number LIMIT 1",
    )?
    .query_row(params![user, after], |row| Ok((row.get("number")?, from_row(row)?)))
    .optional()
}

fn from_row(row: &SqlRow<'_>) -> rusqlite::Result<Notification> {
    Ok(Notification {
        id: row.get("id")?,
        kind: row.get("kind")?,
        title: row.get("title")?,
        text: row.get("text")?,
        read: row.get("read")?,
        create_time: Some(clock::stored_to_proto(row.get("create_time")?)),
        order_id: row.get("order_id")?,
        product_id: row.get("product_id")?,
    })
}
