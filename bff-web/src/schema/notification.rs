//! A notification of the shop to a customer.

use async_graphql::SimpleObject;
use bff_kit::value::DateTime;
use bff_kit::{Id, Shown, object, values};
use downstream::NotificationId;
use proto::notifications::{self, ListNotificationsResponse};

/// Upper bound on the notifications of one page.
pub(super) const MAX_NOTIFICATIONS: i32 = 50;

/// Fields of a page of notifications beside its items.
#[derive(SimpleObject, Shown)]
pub(crate) struct NotificationConnectionFields {
    /// Number of notifications on all pages together.
    total_count: i32,
    /// Number of unread notifications on all pages together.
    unread_count: i32,
}

impl From<&ListNotificationsResponse> for NotificationConnectionFields {
    fn from(page: &ListNotificationsResponse) -> Self {
        Self { total_count: page.total_size, unread_count: page.unread_count }
    }
}

/// A notification from the shop to the customer.
#[object(notifications::Notification, id = NotificationId)]
pub(crate) struct Notification {
    /// Id of the notification.
    #[read(id)]
    pub(super) id: Id<Self>,
    /// Topic of the notification. Null when unknown.
    #[read(kind, known = NotificationKind::of)]
    kind: Option<NotificationKind>,
    /// Title of a few words.
    #[read(title)]
    title: String,
    /// Full text, plain text.
    #[read(text, bytes = 1_000)]
    text: String,
    /// True if the customer has read it.
    #[read(read)]
    read: bool,
    /// Time of creation. Null when unknown.
    #[read(create_time, known = DateTime::of)]
    created_at: Option<DateTime>,
}

/// Topic of a notification.
#[values(notifications::NotificationKind)]
pub(crate) enum NotificationKind {
    /// An order was shipped, delivered or cancelled.
    Order,
    /// A product costs less.
    Price,
    /// A product can be bought again.
    Stock,
    /// News from the shop.
    News,
}
