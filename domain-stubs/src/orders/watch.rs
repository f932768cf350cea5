//! A stream of one order. Each message is read when it is sent, so that a slow watcher misses states in between but
//! never ends with an old one.

use futures_util::{Stream, stream};
use proto::orders::{Order, OrderState, WatchOrderResponse};
use tokio::sync::broadcast::{Receiver, Sender, error::RecvError};
use tonic::Status;

use super::stored;
use crate::{mask::Mask, refusal::Refusal, store::Store};

/// The watch of one client on one order.
pub(super) struct Watch {
    store: Store,
    changes: Receiver<String>,
    order: String,
    user: String,
    mask: Mask<Order>,
    /// True when the order may differ from the one the watcher knows.
    due: bool,
    /// The whole order as the watcher knows it; `None` before the first message.
    known: Option<Order>,
}

impl Watch {
    /// Begins to watch; fails with `NOT_FOUND` for an order that the user does not have.
    pub(super) async fn begin(
        store: Store,
        changes: &Sender<String>,
        order: String,
        user: String,
        mask: Mask<Order>,
    ) -> Result<Self, Refusal> {
        // Subscribes before anything is read, so that no change falls in between.
        let changes = changes.subscribe();
        let watch = Self { store, changes, order, user, mask, due: true, known: None };
        watch.read().await?;
        Ok(watch)
    }

    /// The stream, which ends with the last state of the order.
    pub(super) fn into_stream(self) -> impl Stream<Item = Result<WatchOrderResponse, Status>> {
        stream::unfold(self, |mut watch| async {
            let next = watch.next().await?;
            let response = next.map(|order| WatchOrderResponse { order: Some(watch.mask.trim(order)) });
            Some((response.map_err(Status::from), watch))
        })
    }

    /// The order, when it differs from the one the watcher knows; `None` after its last state.
    async fn next(&mut self) -> Option<Result<Order, Refusal>> {
        while self.becomes_due().await {
            self.due = false;
            match self.read().await {
                // The message before showed this change already.
                Ok(order) if self.known.as_ref() == Some(&order) => {}
                Ok(order) => {
                    self.known = Some(order.clone());
                    return Some(Ok(order));
                }
                Err(error) => return Some(Err(error)),
            }
        }
        None
    }

    /// Waits until the order may differ from the one the watcher knows; returns false when it never will.
    async fn becomes_due(&mut self) -> bool {
        while !self.due && !self.known.as_ref().is_some_and(has_ended) {
            match self.changes.recv().await {
                Ok(order) => self.due = order == self.order,
                Err(RecvError::Lagged(_)) => self.due = true,
                Err(RecvError::Closed) => return false,
            }
        }
        self.due
    }

    async fn read(&self) -> Result<Order, Refusal> {
        let (id, user) = (self.order.clone(), self.user.clone());
        self.store.read(move |db| stored::get(db, &id, &user, &Mask::new(None)?)).await
    }
}

/// True for an order in its last state.
fn has_ended(order: &Order) -> bool {
    matches!(order.state(), OrderState::Delivered | OrderState::Cancelled)
}

#[cfg(test)]
mod tests;
