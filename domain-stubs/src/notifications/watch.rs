//! A stream of the notifications of a user. Each is read from the store as the next after the one before, so that a
//! slow watcher misses none.

use futures_util::{Stream, stream};
use proto::notifications::{Notification, WatchNotificationsResponse};
use tokio::sync::broadcast::{Receiver, Sender, error::RecvError};
use tonic::Status;

use super::stored;
use crate::{mask::Mask, refusal::Refusal, store::Store};

/// The watch of one client on the notifications of a user.
pub(super) struct Watch {
    store: Store,
    news: Receiver<String>,
    user: String,
    mask: Mask<Notification>,
    /// Number of the newest notification that is not to be sent any more.
    after: i64,
    /// The first message of every stream, until it is sent.
    first: Option<WatchNotificationsResponse>,
}

impl Watch {
    /// Begins to watch.
    pub(super) async fn begin(
        store: Store,
        news: &Sender<String>,
        user: String,
        mask: Mask<Notification>,
    ) -> Result<Self, Refusal> {
        // Subscribes before anything is read, so that no notification falls in between.
        let news = news.subscribe();
        let owner = user.clone();
        let (after, unread_count) = store
            .read(move |db| Ok((stored::newest(db, &owner)?, stored::count_unread(db, &owner)?)))
            .await?;
        let first = Some(WatchNotificationsResponse { notification: None, unread_count });
        Ok(Self { store, news, user, mask, after, first })
    }

    /// The stream, which has no end of its own.
    pub(super) fn into_stream(self) -> impl Stream<Item = Result<WatchNotificationsResponse, Status>> {
        stream::unfold(self, |mut watch| async {
            let response = watch.next().await?;
            Some((response.map_err(Status::from), watch))
        })
    }

    async fn next(&mut self) -> Option<Result<WatchNotificationsResponse, Refusal>> {
        if let Some(first) = self.first.take() {
            return Some(Ok(first));
        }
        loop {
            match self.read_next().await.transpose() {
                Some(response) => return Some(response),
                None => self.wait().await?,
            }
        }
    }

    async fn read_next(&mut self) -> Result<Option<WatchNotificationsResponse>, Refusal> {
        let (user, after) = (self.user.clone(), self.after);
        let next = self
            .store
            .read(move |db| {
                let Some((number, notification)) = stored::next(db, &user, after)? else { return Ok(None) };
                Ok(Some((number, notification, stored::count_unread(db, &user)?)))
            })
            .await?;
        let Some((number, notification, unread_count)) = next else { return Ok(None) };
        self.after = number;
        let notification = Some(self.mask.trim(notification));
        Ok(Some(WatchNotificationsResponse { notification, unread_count }))
    }

    /// Waits until the user may have a new notification.
    async fn wait(&mut self) -> Option<()> {
        loop {
            match self.news.recv().await {
                Ok(user) if user == self.user => return Some(()),
                Ok(_) => {}
                // The missed signals may have been about this user.
                Err(RecvError::Lagged(_)) => return Some(()),
                Err(RecvError::Closed) => return None,
            }
        }
    }
}
