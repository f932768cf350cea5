//! A stream of the notifications of one user.

use futures_util::{Stream, stream};
use proto::notifications::{Notification, WatchNotificationsResponse};
use tokio::sync::broadcast::{Receiver, Sender, error::RecvError};
use tonic::Status;

use super::stored;
use crate::{mask::Mask, refusal::Refusal, store::Store};

/// What one watcher watches.
pub(super) struct Watch {
    store: Store,
    news: Receiver<(String, i64)>,
    user: String,
    mask: Mask<Notification>,
    begun: bool,
}

impl Watch {
    /// Begins to watch.
    pub(super) fn begin(
        store: Store,
        news: &Sender<(String, i64)>,
        user: String,
        mask: Mask<Notification>,
    ) -> Self {
        Self { store, news: news.subscribe(), user, mask, begun: false }
    }

    /// The stream, which has no end of its own.
    pub(super) fn into_stream(self) -> impl Stream<Item = Result<WatchNotificationsResponse, Status>> {
        stream::unfold(self, |mut watch| async {
            let number = if watch.begun { Some(watch.next().await?) } else { None };
            watch.begun = true;
            let response = watch.read(number.flatten()).await;
            Some((response.map_err(Status::from), watch))
        })
    }

    /// The number of the next new notification; none within when some were missed and only their count is known.
    async fn next(&mut self) -> Option<Option<i64>> {
        loop {
            match self.news.recv().await {
                Ok((user, number)) if user == self.user => return Some(Some(number)),
                Ok(_) => {}
                Err(RecvError::Lagged(_)) => return Some(None),
                Err(RecvError::Closed) => return None,
            }
        }
    }

    async fn read(&self, number: Option<i64>) -> Result<WatchNotificationsResponse, Refusal> {
        let (user, mask) = (self.user.clone(), self.mask.clone());
        self.store
            .read(move |db| {
                let new = number.map(|number| stored::find(db, number, &user)).transpose()?.flatten();
                let (_, unread_count) = stored::counts(db, &user)?;
                Ok(WatchNotificationsResponse { notification: new.map(|new| mask.trim(new)), unread_count })
            })
            .await
    }
}
