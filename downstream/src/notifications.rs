//! Notifications of the acting user.

use std::sync::Arc;

use fetch::{Command, Fetch, Page};
use proto::notifications::notification_service;

use crate::NotificationId;

/// A page of the notifications of the acting user, newest first.
#[derive(Fetch)]
#[fetch(notification_service::ListNotifications, mine)]
pub struct MyNotifications {
    /// The page, of 50 notifications at most.
    pub page: Page,
}

/// A notification of the acting user, by its id.
#[derive(Fetch)]
#[fetch(notification_service::BatchGetNotifications, keys = notification_ids)]
pub struct NotificationById(pub NotificationId);

/// Maximum number of notifications that one command marks.
pub const MAX_MARKED: i32 = 100;

/// Marks notifications of the acting user as read. The response has them in the order of the command.
#[derive(Clone, Debug, Command)]
#[command(notification_service::MarkRead)]
pub struct MarkRead {
    /// Idempotency key: repeating the command with the same key changes nothing more.
    pub idempotency_key: String,
    /// The notifications, 100 at most.
    pub notification_ids: Arc<[NotificationId]>,
}
