//! A stream of one order. Each message is read when it is sent, so that a slow watcher misses states in between but
//! never ends with an old one.

use futures_util::{Stream, stream};
use proto::orders::{Order, OrderState, WatchOrderResponse};
use tokio::sync::broadcast::{Receiver, Sender, error::RecvError};
use tonic::Status;

use super::stored;
use crate::{mask::Mask, refusal::Refusal, store::Store};

/// What one watcher watches.
pub(super) struct Watch {
    store: Store,
    changes: Receiver<String>,
    order: String,
    user: String,
    mask: Mask<Order>,
    /// Whether a message is due.
    due: bool,
    /// Whether the order has come as far as it can.
    ended: bool,
}

impl Watch {
    /// Begins to watch; an order that is not the user's is refused.
    pub(super) async fn begin(
        store: Store,
        changes: &Sender<String>,
        order: String,
        user: String,
        mask: Mask<Order>,
    ) -> Result<Self, Refusal> {
        // Before anything is read, so that no change falls in between.
        let changes = changes.subscribe();
        let mut watch = Self { store, changes, order, user, mask, due: true, ended: false };
        watch.read().await?;
        Ok(watch)
    }

    /// The stream, which ends with an order that can come no further.
    pub(super) fn into_stream(self) -> impl Stream<Item = Result<WatchOrderResponse, Status>> {
        stream::unfold(self, |mut watch| async {
            if !watch.becomes_due().await {
                return None;
            }
            watch.due = false;
            let response = watch.read().await.map(|order| WatchOrderResponse { order: Some(order) });
            Some((response.map_err(Status::from), watch))
        })
    }

    async fn becomes_due(&mut self) -> bool {
        while !self.due && !self.ended {
            match self.changes.recv().await {
                Ok(order) => self.due = order == self.order,
                Err(RecvError::Lagged(_)) => self.due = true,
                Err(RecvError::Closed) => return false,
            }
        }
        self.due
    }

    async fn read(&mut self) -> Result<Order, Refusal> {
        let (id, user) = (self.order.clone(), self.user.clone());
        let whole = self.store.read(move |db| stored::get(db, &id, &user, &Mask::new(None)?)).await?;
        self.ended = matches!(whole.state(), OrderState::Delivered | OrderState::Cancelled);
        Ok(self.mask.trim(whole))
    }
}
