//! The notification screen.

use bff_kit::{Id, object, values};
use downstream::NotificationId;
use downstream::notifications::MyNotifications;
use downstream::users::MyPreferences;
use proto::notifications::{self, ListNotificationsResponse, NotificationKind};

use crate::format;

/// Upper bound on the notifications of a page.
pub(super) const MAX: i32 = 20;

/// A page of the customer's notifications.
#[object(ListNotificationsResponse, by = MyNotifications, page)]
pub(crate) struct Notifications {
    /// Number of unread notifications on all pages together.
    #[read(unread_count)]
    unread_count: i32,
    /// The notifications, newest first, 20 at most.
    #[read(items)]
    items: Vec<Notification>,
    /// Value of `after` for the next page. Null on the last page.
    #[read(end_cursor)]
    end_cursor: Option<String>,
    /// True if a new notification makes a sound. Null when it cannot be loaded.
    #[fetch(MyPreferences, take = notification_sound, or = null)]
    sound: bool,
}

/// A notification from the shop to the customer.
#[object(notifications::Notification, id = NotificationId)]
pub(crate) struct Notification {
    /// Id of the notification.
    #[read(id)]
    id: Id<Self>,
    /// Topic of the notification. Null when unknown.
    #[read(kind, known = NotificationTopic::of)]
    about: Option<NotificationTopic>,
    /// Title of a few words.
    #[read(title)]
    title: String,
    /// Beginning of the text, 50 characters at most.
    #[read(text, with = format::preview)]
    preview: String,
    /// True if the customer has read it.
    #[read(read)]
    read: bool,
    /// Age of the notification as localised text, such as "5 min ago". Null when unknown.
    #[read(known = format::when(ctx, create_time))]
    when: Option<String>,
}

/// Topic of a notification.
#[values(NotificationKind)]
pub(crate) enum NotificationTopic {
    /// An order was shipped, delivered or cancelled.
    Order,
    /// A product costs less.
    Price,
    /// A product can be bought again.
    Stock,
    /// News from the shop.
    News,
}
