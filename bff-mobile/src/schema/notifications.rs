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

/// What the shop tells you.
#[Object]
impl Notifications {
    /// Number of all that you have not read.
    async fn unread_count(&self) -> i32 {
        self.1.unread_count
    }

    /// The newest, 20 at most.
    async fn items(&self) -> Vec<Notification> {
        self.0.cut(self.1.notifications.iter().cloned().map(Notification)).collect()
    }

    /// What `after` takes for the next page. Null on the last page.
    async fn end_cursor(&self) -> Option<String> {
        self.0.next(&self.1.tokens)
    }

    /// Whether a new one is to make a sound. Null when that is not known right now.
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

/// Something the shop tells you.
#[Object]
impl Notification {
    /// Id of the notification.
    #[graphql(directive = reads::apply(["id"]))]
    async fn id(&self) -> ID {
        Id::<Self>::new(&*self.0.id).to_id()
    }

    /// What it is about. Null when that is not known.
    #[graphql(directive = reads::apply(["kind"]))]
    async fn about(&self, ctx: &Context<'_>) -> Option<NotificationTopic> {
        ctx.known(known(self.0.kind).and_then(NotificationTopic::of))
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

    /// How long ago it came, such as "5 min ago". Null when that is not known.
    #[graphql(directive = reads::apply(["create_time"]))]
    async fn when(&self, ctx: &Context<'_>) -> Option<String> {
        ctx.known(format::when(ctx.scope(), self.0.create_time.as_ref()))
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
