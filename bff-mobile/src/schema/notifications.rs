//! The notification screen.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object};
use bff_kit::schema::{fetch, fetches, reads};
use bff_kit::value::known;
use bff_kit::{ContextExt as _, Entity, Id, Loaded, Nullable, Page};
use downstream::notifications::{MyNotifications, NotificationPage};
use downstream::users::MyPreferences;
use proto::notifications::{self, NotificationKind};

use crate::format;

pub(crate) struct Notifications(Page, Arc<NotificationPage>);

impl Notifications {
    /// Upper bound on the notifications of a page.
    pub(super) const MAX: i32 = 20;
}

impl Loaded for Notifications {
    type By = MyNotifications;

    fn from_loaded(by: &MyNotifications, page: Arc<NotificationPage>) -> Self {
        let asked = Page { size: by.page_size, token: by.page_token.clone(), skip: by.skip };
        Self(asked, page)
    }
}

/// A page of the customer's notifications.
#[Object]
impl Notifications {
    /// Number of unread notifications on all pages together.
    async fn unread_count(&self) -> i32 {
        self.1.unread_count
    }

    /// The notifications, newest first, 20 at most.
    async fn items(&self) -> Vec<Notification> {
        self.0.cut(self.1.notifications.iter().cloned().map(Notification)).collect()
    }

    /// Value of `after` for the next page. Null on the last page.
    async fn end_cursor(&self) -> Option<String> {
        self.0.next(&self.1.tokens)
    }

    /// True if a new notification makes a sound. Null when it cannot be loaded.
    #[graphql(directive = fetches::apply(
        fetch::<MyPreferences>(["caller"]).reading(["notification_sound"]).or("null")
    ))]
    async fn sound(&self, ctx: &Context<'_>) -> Nullable<bool> {
        let preferences = ctx.fetch(MyPreferences).await;
        ctx.optional(preferences.map(|preferences| preferences.notification_sound)).transpose()
    }
}

pub(crate) struct Notification(pub(super) Arc<notifications::Notification>);

impl Entity for Notification {
    const NAME: &'static str = "Notification";
}

/// A notification from the shop to the customer.
#[Object]
impl Notification {
    /// Id of the notification.
    #[graphql(directive = reads::apply(["id"]))]
    async fn id(&self) -> ID {
        Id::<Self>::new(&*self.0.id).to_id()
    }

    /// Topic of the notification. Null when unknown.
    #[graphql(directive = reads::apply(["kind"]))]
    async fn about(&self, ctx: &Context<'_>) -> Option<NotificationTopic> {
        ctx.known(known(self.0.kind).and_then(NotificationTopic::of))
    }

    /// Title of a few words.
    #[graphql(directive = reads::apply(["title"]))]
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// Beginning of the text, 50 characters at most.
    #[graphql(directive = reads::apply(["text"]))]
    async fn preview(&self) -> String {
        format::preview(&self.0.text)
    }

    /// True if the customer has read it.
    #[graphql(directive = reads::apply(["read"]))]
    async fn read(&self) -> bool {
        self.0.read
    }

    /// Age of the notification as localised text, such as "5 min ago". Null when unknown.
    #[graphql(directive = reads::apply(["create_time"]))]
    async fn when(&self, ctx: &Context<'_>) -> Option<String> {
        ctx.known(format::when(ctx.scope(), self.0.create_time.as_ref()))
    }
}

/// Topic of a notification.
#[derive(Clone, Copy, Enum, PartialEq, Eq)]
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

impl NotificationTopic {
    fn of(kind: NotificationKind) -> Option<Self> {
        Some(match kind {
            NotificationKind::Unspecified => return None,
            NotificationKind::Order => Self::Order,
            NotificationKind::Price => Self::Price,
            NotificationKind::Stock => Self::Stock,
            NotificationKind::News => Self::News,
        })
    }
}
