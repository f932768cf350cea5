//! A notification of the shop to a customer.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use bff_kit::schema::{bounds, bytes, reads};
use bff_kit::value::{DateTime, known};
use bff_kit::{Connection, ContextExt as _, Entity, Error, Id, Page};
use downstream::notifications::MyNotifications;
use proto::notifications;

/// Upper bound on the notifications of one page.
pub(super) const MAX_NOTIFICATIONS: i32 = 50;

pub(crate) struct Notification(pub(super) Arc<notifications::Notification>);

impl Entity for Notification {
    const NAME: &'static str = "Notification";
}

/// Fields of a page of notifications beside its items.
#[derive(SimpleObject)]
pub(crate) struct NotificationConnectionFields {
    /// Number of notifications on all pages together.
    total_count: i32,
    /// Number of unread notifications on all pages together.
    unread_count: i32,
}

/// Fetches a page of the principal's notifications.
pub(super) async fn mine(
    ctx: &Context<'_>,
    first: i32,
    after: Option<String>,
) -> Result<Connection<Notification, NotificationConnectionFields>, Error> {
    let page = Page::of(first, after.as_deref(), MAX_NOTIFICATIONS).map_err(|error| ctx.located(error))?;
    let question = MyNotifications { page_size: page.size, page_token: page.token.clone(), skip: page.skip };
    let answer = ctx.fetch(question).await?;
    let notifications = answer.notifications.iter().cloned().map(Notification).collect();
    let fields =
        NotificationConnectionFields { total_count: answer.total_size, unread_count: answer.unread_count };
    Ok(page.connection(notifications, &answer.tokens, fields))
}

/// A notification from the shop to the customer.
#[Object]
impl Notification {
    /// Id of the notification.
    #[graphql(directive = reads::apply(["id"]))]
    pub(super) async fn id(&self) -> ID {
        Id::<Self>::new(&*self.0.id).to_id()
    }

    /// Topic of the notification. Null when unknown.
    #[graphql(directive = reads::apply(["kind"]))]
    async fn kind(&self, ctx: &Context<'_>) -> Option<NotificationKind> {
        ctx.known(known(self.0.kind).and_then(NotificationKind::of))
    }

    /// Title of a few words.
    #[graphql(directive = reads::apply(["title"]))]
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// Full text, plain text.
    #[graphql(directive = reads::apply(["text"]), directive = bounds::apply(bytes(1_000)))]
    async fn text(&self) -> &str {
        &self.0.text
    }

    /// True if the customer has read it.
    #[graphql(directive = reads::apply(["read"]))]
    async fn read(&self) -> bool {
        self.0.read
    }

    /// Time of creation. Null when unknown.
    #[graphql(directive = reads::apply(["create_time"]))]
    async fn created_at(&self, ctx: &Context<'_>) -> Option<DateTime> {
        ctx.known(self.0.create_time.as_ref().and_then(DateTime::of))
    }
}

/// Topic of a notification.
#[derive(Clone, Copy, Enum, PartialEq, Eq)]
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

impl NotificationKind {
    fn of(kind: notifications::NotificationKind) -> Option<Self> {
        Some(match kind {
            notifications::NotificationKind::Unspecified => return None,
            notifications::NotificationKind::Order => Self::Order,
            notifications::NotificationKind::Price => Self::Price,
            notifications::NotificationKind::Stock => Self::Stock,
            notifications::NotificationKind::News => Self::News,
        })
    }
}
