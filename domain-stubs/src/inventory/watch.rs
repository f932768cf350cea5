//! A stream of the stock of some products, or of the changes of all. Each message is read when it is sent, so that a slow watcher misses states
//! in between but never ends with an old one.

use std::collections::{HashMap, VecDeque};

use futures_util::{Stream, stream};
use proto::inventory::{Stock, WatchStockResponse};
use tokio::sync::broadcast::{Receiver, Sender, error::RecvError};
use tonic::{Code, Status};

use crate::{assortment::Products, mask::Mask, refusal::Refusal, store::Store};

/// The watch of one client on some products.
pub(super) struct Watch {
    store: Store,
    changes: Receiver<String>,
    watched: Watched,
    /// Products to send.
    due: VecDeque<String>,
    /// The stock last sent of each product. Several changes may lead to a state that was sent for the first of them.
    sent: HashMap<String, Stock>,
}

/// The products to watch, and the fields of their stock.
pub(super) struct Watched {
    /// Empty for the changes of all products.
    pub(super) ids: Vec<String>,
    pub(super) products: Products,
    pub(super) mask: Mask<Stock>,
}

impl Watched {
    fn is_all(&self) -> bool {
        self.ids.is_empty()
    }
}

impl Watch {
    /// Begins to watch; fails with `NOT_FOUND` for an unknown product.
    pub(super) async fn begin(
        store: Store,
        changes: &Sender<String>,
        watched: Watched,
    ) -> Result<Self, Refusal> {
        // Subscribes before anything is read, so that no change falls in between.
        let changes = changes.subscribe();
        let (ids, products) = (watched.ids.clone(), watched.products.clone());
        store.read(move |db| ids.iter().try_for_each(|id| products.check(db, id))).await?;
        Ok(Self { store, changes, due: watched.ids.iter().cloned().collect(), sent: HashMap::new(), watched })
    }

    /// The stream, which has no end of its own.
    pub(super) fn into_stream(self) -> impl Stream<Item = Result<WatchStockResponse, Status>> {
        stream::unfold(self, |mut watch| async {
            let stock = watch.next_state().await?;
            let response = stock.map(|stock| WatchStockResponse { stock: Some(stock) });
            Some((response.map_err(Status::from), watch))
        })
    }

    /// The next state that was not sent yet.
    async fn next_state(&mut self) -> Option<Result<Stock, Refusal>> {
        loop {
            let product = match self.next_due().await? {
                Ok(product) => product,
                Err(lost) => return Some(Err(lost)),
            };
            let (id, products, mask) =
                (product.clone(), self.watched.products.clone(), self.watched.mask.clone());
            let stock = match self.store.read(move |db| products.stock(db, &id, &mask)).await {
                Ok(stock) => stock,
                Err(error) => return Some(Err(error)),
            };
            if self.watched.is_all() {
                return Some(Ok(stock));
            }
            if self.sent.get(&product) != Some(&stock) {
                self.sent.insert(product, stock.clone());
                return Some(Ok(stock));
            }
        }
    }

    async fn next_due(&mut self) -> Option<Result<String, Refusal>> {
        loop {
            if let Some(product) = self.due.pop_front() {
                return Some(Ok(product));
            }
            match self.changes.recv().await {
                Ok(product) if self.watched.is_all() || self.watched.ids.contains(&product) => {
                    self.due.push_back(product);
                }
                Ok(_) => {}
                Err(RecvError::Lagged(lost)) if self.watched.is_all() => {
                    let problem = format!("{lost} changes were lost");
                    return Some(Err(Refusal::new(Code::DataLoss, "CHANGES_LOST", problem)));
                }
                Err(RecvError::Lagged(_)) => {
                    // The missed changes are unknown, so everything is due; older changes no longer matter.
                    self.changes = self.changes.resubscribe();
                    self.due.extend(self.watched.ids.iter().cloned());
                }
                Err(RecvError::Closed) => return None,
            }
        }
    }
}

#[cfg(test)]
mod tests;
