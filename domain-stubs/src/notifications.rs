//! The notification service: what the shop tells customers, and a stream of what is new.

mod stored;
mod watch;

use std::pin::Pin;

use futures_util::Stream;
use proto::notifications::{
    ListNotificationsRequest, ListNotificationsResponse, MarkReadRequest, MarkReadResponse, Notification,
    NotificationKind, WatchNotificationsRequest, WatchNotificationsResponse,
    notification_service_server::NotificationService,
};
use tokio::sync::broadcast;
use tonic::{Request, Response, Status};

use self::{stored::Draft, watch::Watch};
use crate::{
    clock::Clock,
    credential::Caller,
    idempotency,
    mask::{Mask, Resource},
    page::{Asked, Listing, Page},
    refusal::Refusal,
    store::Store,
};

/// Notifications on a page of which the caller does not say how long it is, and on any page at most.
const PAGE_SIZES: (usize, i32) = (10, 50);

/// Notifications one call marks at most.
const MAX_MARKED: usize = 100;

/// Notifications a slow watcher may lag behind before it misses some.
const NEWS_KEPT: usize = 256;

/// Notifications over the store.
#[derive(Debug, Clone)]
pub(crate) struct Notifications {
    store: Store,
    clock: Clock,
    /// The user and the number of each new notification, after it is stored.
    news: broadcast::Sender<(String, i64)>,
}

impl Resource for Notification {
    const NAME: &'static str = "shop.notifications.v1.Notification";
    const KEY: &'static str = "id";
}

impl Notifications {
    pub(crate) fn new(store: Store, clock: Clock) -> Self {
        Self { store, clock, news: broadcast::Sender::new(NEWS_KEPT) }
    }

    /// Tells a user something, and whoever watches for them.
    pub(crate) async fn notify(
        &self,
        user: &str,
        kind: NotificationKind,
        title: &str,
        text: &str,
    ) -> Result<(), Refusal> {
        let draft = Draft {
            user: user.to_owned(),
            kind,
            title: title.to_owned(),
            text: text.to_owned(),
            now: self.clock.now().as_microsecond(),
        };
        let number = self.store.write(move |db| Ok(stored::insert(db, &draft)?)).await?;
        // Nobody watching is no error.
        self.news.send((user.to_owned(), number)).ok();
        Ok(())
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
        let page: Page<stored::Position> =
            Listing::new("ListNotifications", &[&user], PAGE_SIZES.0).page(Asked {
                page_size: request.page_size.min(PAGE_SIZES.1),
                page_token: &request.page_token,
                skip: request.skip,
            })?;
        let response = self.store.read(move |db| {
            let mut rows = stored::list(db, &user, &page)?;
            let next_page_token = page.cut(&mut rows, |row| row.position);
            let (total_size, unread_count) = stored::counts(db, &user)?;
            let notifications = rows.into_iter().map(|row| mask.trim(row.notification)).collect();
            Ok(ListNotificationsResponse { notifications, next_page_token, total_size, unread_count })
        });
        Ok(Response::new(response.await?))
    }

    async fn mark_read(
        &self,
        request: Request<MarkReadRequest>,
    ) -> Result<Response<MarkReadResponse>, Status> {
        let (_, extensions, request) = request.into_parts();
        let user = Caller::acting_user(&extensions)?;
        if request.notification_ids.len() > MAX_MARKED {
            let problem = format!("holds more than {MAX_MARKED}");
            return Err(Refusal::invalid("TOO_MANY_KEYS", "notification_ids", problem).into());
        }
        let now = self.clock.now().as_microsecond();
        let rpc = "shop.notifications.v1.NotificationService/MarkRead";
        let response = self.store.write(move |db| {
            idempotency::once(db, rpc, &user, &request.idempotency_key, &request, now, || {
                let ids = request.notification_ids.iter();
                let notifications =
                    ids.map(|id| stored::mark_read(db, id, &user)).collect::<Result<_, Refusal>>()?;
                let (_, unread_count) = stored::counts(db, &user)?;
                Ok(MarkReadResponse { notifications, unread_count })
            })
        });
        Ok(Response::new(response.await?))
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
        let watch = Watch::begin(self.store.clone(), &self.news, user, mask);
        Ok(Response::new(Box::pin(watch.into_stream())))
    }
}
