//! Notifications of the acting user.

use std::sync::Arc;

use fetch::{BatchResult, Call, Command, Fetch, Keyed, PageTokens, Rpc, UpstreamError};
use proto::notifications::{
    BatchGetNotificationsRequest, BatchGetNotificationsResponse, ListNotificationsRequest,
    ListNotificationsResponse, MarkReadRequest, MarkReadResponse, Notification, notification_result,
};

use crate::key_error;

/// A page of the notifications of the acting user, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MyNotifications {
    /// Number of notifications on the page, at most 50. A page of 0 serves only for the data beside
    /// the notifications, and is sent as a page of one.
    pub page_size: i32,
    /// Token to continue the list from; empty for its beginning.
    pub page_token: String,
    /// Number of notifications to skip, counted from the token.
    pub skip: i32,
}

/// A page of notifications.
#[derive(Debug, Default)]
pub struct NotificationPage {
    /// The notifications, newest first.
    pub notifications: Vec<Arc<Notification>>,
    /// Tokens to continue the list from.
    pub tokens: PageTokens,
    /// Number of notifications on all pages together.
    pub total_size: i32,
    /// Number of unread notifications on all pages together.
    pub unread_count: i32,
}

impl Fetch for MyNotifications {
    const RPC: Rpc = Rpc::read("shop.notifications.v1.NotificationService/ListNotifications");
    const MAX_KEYS: usize = 1;
    const READS: &'static [&'static str] = &["id"];
    const ALIASES: &'static [(&'static str, &'static str)] = crate::PAGE_ALIASES;
    type Value = Arc<NotificationPage>;

    async fn batch(keys: Vec<Self>, call: Call<'_>) -> BatchResult<Self> {
        let Some(key) = keys.first().cloned() else {
            return BatchResult::matched(keys, []);
        };
        let asked = key.clone();
        let Self { page_size, page_token, skip } = key;
        let page_size = page_size.max(1);
        let request = ListNotificationsRequest { page_size, page_token, skip, read_mask: call.mask() };
        call.batch(keys, request, |response: ListNotificationsResponse| {
            let page = NotificationPage {
                notifications: response.notifications.into_iter().map(Arc::new).collect(),
                tokens: PageTokens { next: response.next_page_token, items: response.item_tokens },
                total_size: response.total_size,
                unread_count: response.unread_count,
            };
            [(asked, Ok(Arc::new(page)))]
        })
        .await
    }
}

/// The key holds no field of the notifications, which are identified by the acting user alone.
impl Keyed for MyNotifications {
    const KEY: &'static [&'static str] = &[];

    fn known(&self) -> Arc<NotificationPage> {
        Arc::default()
    }
}

/// A notification of the acting user, by its id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NotificationById(pub Arc<str>);

impl Fetch for NotificationById {
    const RPC: Rpc = Rpc::read("shop.notifications.v1.NotificationService/BatchGetNotifications");
    const MAX_KEYS: usize = 100;
    const KEYS: &'static str = "notification_ids";
    const READS: &'static [&'static str] = &["id"];
    type Value = Arc<Notification>;

    async fn batch(keys: Vec<Self>, call: Call<'_>) -> BatchResult<Self> {
        let notification_ids = keys.iter().map(|key| key.0.to_string()).collect();
        let request = BatchGetNotificationsRequest { notification_ids, read_mask: call.mask() };
        call.batch(keys, request, |response: BatchGetNotificationsResponse| {
            response.results.into_iter().map(|result| {
                let answer = match result.outcome {
                    Some(notification_result::Outcome::Item(item)) => Ok(Arc::new(item)),
                    Some(notification_result::Outcome::Error(error)) => Err(key_error::fault(error)),
                    None => Err(key_error::no_outcome()),
                };
                (Self(result.notification_id.into()), answer)
            })
        })
        .await
    }
}

/// Maximum number of notifications that one command marks.
pub const MAX_MARKED: i32 = 100;

/// Marks notifications of the acting user as read.
#[derive(Clone, Debug)]
pub struct MarkRead {
    /// Idempotency key: repeating the command with the same key changes nothing more.
    pub idempotency_key: String,
    /// The notifications, 100 at most.
    pub notifications: Vec<Arc<str>>,
}

/// Result of marking notifications as read.
#[derive(Debug)]
pub struct MarkedRead {
    /// The notifications as they are now, in the order of the command.
    pub notifications: Vec<Arc<Notification>>,
    /// Number of notifications that are still unread.
    pub unread_count: i32,
}

impl Command for MarkRead {
    const RPC: Rpc = Rpc::idempotent_write("shop.notifications.v1.NotificationService/MarkRead");
    type Value = MarkedRead;

    async fn send(self, call: Call<'_>) -> Result<Self::Value, UpstreamError> {
        let request = MarkReadRequest {
            idempotency_key: self.idempotency_key,
            notification_ids: self.notifications.iter().map(ToString::to_string).collect(),
        };
        let MarkReadResponse { notifications, unread_count } = call.unary(request).await?;
        Ok(MarkedRead { notifications: notifications.into_iter().map(Arc::new).collect(), unread_count })
    }
}
