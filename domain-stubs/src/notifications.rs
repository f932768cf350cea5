//! The notification service: the notifications of each customer, and a stream of new ones.

mod stored;
mod watch;

use std::pin::Pin;

use futures_util::Stream;
use proto::notifications::{
    BatchGetNotificationsRequest, BatchGetNotificationsResponse, ListNotificationsRequest,
    ListNotificationsResponse, MarkReadRequest, MarkReadResponse, Notification, NotificationKind,
    NotificationResult, WatchNotificationsRequest, WatchNotificationsResponse, notification_result,
    notification_service_server::NotificationService,
};
use rusqlite::Connection;
use tokio::sync::broadcast;
use tonic::{Request, Response, Status};

pub(crate) use self::stored::{Draft, add};
use self::watch::Watch;
use crate::{
    batch::{Answer, Batch},
    clock::Clock,
    credential::Caller,
    idempotency,
    mask::{Mask, Resource},
    page::{Asked, Listing},
    refusal::Refusal,
    store::Store,
};

/// Default number of notifications on a page.
const DEFAULT_PAGE_SIZE: usize = 10;

/// Largest number of notifications on a page.
const MAX_PAGE_SIZE: i32 = 50;

/// Largest number of notifications that one call marks.
const MAX_MARKED: usize = 100;

/// Number of signals that a slow watcher may lag behind; missed notifications are read from the store.
const NEWS_KEPT: usize = 256;

const MARK_READ: &str = "shop.notifications.v1.NotificationService/MarkRead";

/// Notifications over the store.
#[derive(Debug, Clone)]
pub(crate) struct Notifications {
    store: Store,
    clock: Clock,
    /// Identifiers of users with a new notification, after it is stored.
    news: broadcast::Sender<String>,
}

/// A notification to send to a user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Announcement {
    /// Kind of the notification.
    pub kind: NotificationKind,
    /// Title of a few words.
    pub title: String,
    /// Full text, plain.
    pub text: String,
    /// Order it concerns; empty without one.
    pub order_id: String,
    /// Product it concerns; empty without one.
    pub product_id: String,
}

impl Resource for Notification {
    const NAME: &'static str = "shop.notifications.v1.Notification";
    const KEY: Option<&'static str> = Some("id");
}

impl Notifications {
    pub(crate) fn new(store: Store, clock: Clock) -> Self {
        Self { store, clock, news: broadcast::Sender::new(NEWS_KEPT) }
    }

    /// Adds a notification, and signals it to the watchers of the user.
    pub(crate) async fn notify(
        &self,
        user: &str,
        announcement: Announcement,
    ) -> Result<Notification, Refusal> {
        let create_time = self.clock.now().as_microsecond();
        let (owner, told, notifications) = (user.to_owned(), user.to_owned(), self.clone());
        let add = move |db: &Connection| {
            let Announcement { kind, title, text, order_id, product_id } = &announcement;
            let (user, kind) = (&owner, *kind);
            let draft = Draft { user, kind, title, text, read: false, create_time, order_id, product_id };
            Ok(add(db, &draft)?)
        };
        self.store.write_and_tell(add, move |_| notifications.tell(&told)).await
    }

    /// Signals a new notification to the watchers of a user.
    pub(crate) fn tell(&self, user: &str) {
        // Sending fails without a watcher, which is no error.
        self.news.send(user.to_owned()).ok();
    }
}

#[tonic::async_trait]
impl NotificationService for Notifications {
    async fn list_notifications(
        &self,
        request: Request<ListNotificationsRequest>,
    ) -> Result<Response<ListNotificationsResponse>, Status> {
        let (_, extensions, request) = request.into_parts();
        let user = Caller::acting_user(&extensions)?;
        let mask = Mask::<Notification>::new(request.read_mask.as_ref())?;
        let page = Listing::new("ListNotifications", &[&user], DEFAULT_PAGE_SIZE).page(Asked {
            page_size: request.page_size.min(MAX_PAGE_SIZE),
            page_token: &request.page_token,
            skip: request.skip,
        })?;
        let response = self
            .store
            .read(move |db| {
                let mut rows = stored::list(db, &user, &page)?;
                let tokens = page.cut(&mut rows, |row| row.position.clone());
                Ok(ListNotificationsResponse {
                    notifications: rows.into_iter().map(|row| mask.trim(row.notification)).collect(),
                    next_page_token: tokens.next,
                    item_tokens: tokens.items,
                    total_size: stored::count(db, &user)?,
                    unread_count: stored::count_unread(db, &user)?,
                })
            })
            .await?;
        Ok(Response::new(response))
    }

    async fn batch_get_notifications(
        &self,
        request: Request<BatchGetNotificationsRequest>,
    ) -> Result<Response<BatchGetNotificationsResponse>, Status> {
        let (_, extensions, request) = request.into_parts();
        let user = Caller::acting_user(&extensions)?;
        let mask = Mask::<Notification>::new(request.read_mask.as_ref())?;
        let batch = Batch::new(&extensions, "notification_ids", request.notification_ids)?;
        let find = move |db: &Connection, id: &String| Ok(mask.trim(stored::find(db, &user, id)?));
        let results = batch.read(&self.store, find).await?;
        let results = results.into_iter().map(NotificationResult::from).collect();
        Ok(Response::new(BatchGetNotificationsResponse { results }))
    }

    async fn mark_read(
        &self,
        request: Request<MarkReadRequest>,
    ) -> Result<Response<MarkReadResponse>, Status> {
        let (_, extensions, request) = request.into_parts();
        let user = Caller::acting_user(&extensions)?;
        let count = request.notification_ids.len();
        if count > MAX_MARKED {
            let problem = format!("holds {count} notifications, {MAX_MARKED} are allowed");
            return Err(Refusal::invalid("TOO_MANY_NOTIFICATIONS", "notification_ids", problem).into());
        }
        let time = self.clock.now().as_microsecond();
        let response = self
            .store
            .write(move |db| {
                let (key, request) = (&request.idempotency_key, &request);
                let write = idempotency::Write { rpc: MARK_READ, subject: &user, key, request, time };
                write.once(db, || {
                    let ids = request.notification_ids.iter();
                    let notifications =
                        ids.map(|id| stored::mark_read(db, &user, id)).collect::<Result<_, _>>()?;
                    Ok(MarkReadResponse { notifications, unread_count: stored::count_unread(db, &user)? })
                })
            })
            .await?;
        Ok(Response::new(response))
    }

    type WatchNotificationsStream =
        Pin<Box<dyn Stream<Item = Result<WatchNotificationsResponse, Status>> + Send>>;

    async fn watch_notifications(
        &self,
        request: Request<WatchNotificationsRequest>,
    ) -> Result<Response<Self::WatchNotificationsStream>, Status> {
        let (_, extensions, request) = request.into_parts();
        let user = Caller::acting_user(&extensions)?;
        let mask = Mask::<Notification>::new(request.read_mask.as_ref())?;
        let watch = Watch::begin(self.store.clone(), &self.news, user, mask).await?;
        Ok(Response::new(Box::pin(watch.into_stream())))
    }
}

impl From<Answer<String, Notification>> for NotificationResult {
    fn from(Answer { key: notification_id, outcome }: Answer<String, Notification>) -> Self {
        use notification_result::Outcome;
        Self { notification_id, outcome: Some(outcome.map_or_else(Outcome::Error, Outcome::Item)) }
    }
}
