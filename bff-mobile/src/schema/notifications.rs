//! The notification screen.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object};
use bff_kit::schema::{ask, fetches, reads};
use bff_kit::{Answered, ContextExt as _, Entity, Id, Nullable, Page};
use downstream::notifications::{MyNotifications, NotificationPage};
use downstream::users::MyPreferences;
use proto::notifications::{self, NotificationKind};

use crate::format::{self, Language};

pub(crate) struct Notifications(pub(super) Arc<NotificationPage>);

impl Notifications {
    /// Notifications a page may hold.
    pub(super) const MAX: i32 = 20;
}

impl Answered for Notifications {
    type By = MyNotifications;

    fn from_answer(page: Arc<NotificationPage>) -> Self {
        Self(page)
    }
}

/// What the shop tells you.
#[Object]
impl Notifications {
    /// Number of all that you have not read.
    async fn unread_count(&self) -> i32 {
        self.0.unread_count
    }

    /// The newest, 20 at most.
    async fn items(&self) -> Vec<Notification> {
        self.0.notifications.iter().cloned().map(Notification).collect()
    }

    /// What `after` takes for the next page. Null on the last page.
    async fn end_cursor(&self) -> Option<String> {
        Page::next_cursor(&self.0.next_page_token)
    }

    /// Whether a new one is to make a sound. Null when that is not known right now.
    #[graphql(directive = fetches::apply(
        ask::<MyPreferences>(["caller"]).reading(["notification_sound"]).or("null")
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

/// Something the shop tells you.
#[Object]
impl Notification {
    /// Id of the notification.
    #[graphql(directive = reads::apply(["id"]))]
    async fn id(&self) -> ID {
        Id::<Self>::new(&*self.0.id).to_id()
    }

    /// What it is about.
    #[graphql(directive = reads::apply(["kind"]))]
    async fn about(&self) -> NotificationTopic {
        match self.0.kind() {
            NotificationKind::Order => NotificationTopic::Order,
            NotificationKind::Price => NotificationTopic::Price,
            NotificationKind::Stock => NotificationTopic::Stock,
            NotificationKind::News | NotificationKind::Unspecified => NotificationTopic::News,
        }
    }

    /// A few words.
    #[graphql(directive = reads::apply(["title"]))]
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// The beginning of it, 50 characters at most.
    #[graphql(directive = reads::apply(["text"]))]
    async fn preview(&self) -> String {
        format::preview(&self.0.text)
    }

    /// Whether you have read it.
    #[graphql(directive = reads::apply(["read"]))]
    async fn read(&self) -> bool {
        self.0.read
    }

    /// How long ago it came, such as "5 min ago".
    #[graphql(directive = reads::apply(["create_time"]))]
    async fn when(&self, ctx: &Context<'_>) -> String {
        let came = self.0.create_time.as_ref().map_or(0, |time| time.seconds);
        format::ago(came, ctx.scope().now.as_second(), Language::of(ctx.scope()))
    }
}

/// What a notification is about.
#[derive(Clone, Copy, Enum, PartialEq, Eq)]
pub(crate) enum NotificationTopic {
    /// An order has come further.
    Order,
    /// A product costs less.
    Price,
    /// A product can be bought again.
    Stock,
    /// The shop has something to say.
    News,
}
