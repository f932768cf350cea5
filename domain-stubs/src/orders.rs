//! The order service: the orders of customers, and a stream of the states of one.

mod notices;
mod place;
mod progress;
mod stored;
mod watch;
mod write;

use std::pin::Pin;

use futures_util::Stream;
use proto::orders::{
    BatchGetOrdersRequest, BatchGetOrdersResponse, ListOrdersRequest, ListOrdersResponse, Order, OrderResult,
    PlaceOrderRequest, PlaceOrderResponse, WatchOrderRequest, WatchOrderResponse, order_result::Outcome,
    order_service_server::OrderService,
};
use rusqlite::Connection;
use tokio::sync::broadcast;
use tonic::{Request, Response, Status};

pub(crate) use self::{
    notices::notice,
    stored::order_id,
    write::{NewItem, NewOrder, note_pick},
};
use self::{progress::Changed, watch::Watch};
use crate::{
    batch::{Answer, Batch},
    clock::Clock,
    credential::Caller,
    idempotency,
    inventory::Inventory,
    mask::{Mask, Resource},
    notifications::Notifications,
    page::{Asked, Listing, Page},
    refusal::Refusal,
    store::Store,
};

/// Default and largest number of orders on a page.
const PAGE_SIZES: (usize, i32) = (10, 50);

/// Number of changes that a slow watcher may lag behind before it reads its order again.
const CHANGES_KEPT: usize = 256;

const PLACE_ORDER: &str = "shop.orders.v1.OrderService/PlaceOrder";

/// Orders over the store.
#[derive(Debug, Clone)]
pub(crate) struct Orders {
    store: Store,
    clock: Clock,
    /// The inventory, whose watchers are notified of items taken and put back.
    inventory: Inventory,
    /// The notifications, whose watchers receive those about orders.
    notifications: Notifications,
    /// Identifiers of orders whose state has changed, after the change is stored.
    changes: broadcast::Sender<String>,
}

impl Resource for Order {
    const NAME: &'static str = "shop.orders.v1.Order";
    const KEY: Option<&'static str> = Some("id");
}

impl Orders {
    pub(crate) fn new(
        store: Store,
        clock: Clock,
        inventory: Inventory,
        notifications: Notifications,
    ) -> Self {
        Self { store, clock, inventory, notifications, changes: broadcast::Sender::new(CHANGES_KEPT) }
    }

    /// Brings an order to its next state, and notifies its owner and its watchers.
    pub(crate) async fn advance(&self, order: &str) -> Result<(), Refusal> {
        self.change(order, progress::advance).await
    }

    /// Cancels an order: its items are put back, its payment is released. Its owner and its
    /// watchers are notified.
    pub(crate) async fn cancel(&self, order: &str) -> Result<(), Refusal> {
        self.change(order, progress::cancel).await
    }

    async fn change(
        &self,
        order: &str,
        change: fn(&Connection, &str, i64) -> Result<Changed, Refusal>,
    ) -> Result<(), Refusal> {
        let (id, now) = (order.to_owned(), self.clock.now().as_microsecond());
        let (orders, changed_id) = (self.clone(), id.clone());
        let tell = move |changed: &Changed| {
            orders.inventory.tell(changed.products.iter().map(String::as_str));
            changed.told.iter().for_each(|user| orders.notifications.tell(user));
            // Sending fails without a watcher, which is no error.
            orders.changes.send(changed_id).ok();
        };
        self.store.write_and_tell(move |db| change(db, &id, now), tell).await?;
        Ok(())
    }
}

#[tonic::async_trait]
impl OrderService for Orders {
    async fn list_orders(
        &self,
        request: Request<ListOrdersRequest>,
    ) -> Result<Response<ListOrdersResponse>, Status> {
        let (_, extensions, request) = request.into_parts();
        let user = Caller::acting_user(&extensions)?;
        let mask = Mask::<Order>::new(request.read_mask.as_ref())?;
        let page: Page<stored::Position> =
            Listing::new("ListOrders", &[&user], PAGE_SIZES.0).page(Asked {
                page_size: request.page_size.min(PAGE_SIZES.1),
                page_token: &request.page_token,
                skip: request.skip,
            })?;
        let response = self.store.read(move |db| {
            let mut rows = stored::list(db, &user, &page)?;
            let tokens = page.cut(&mut rows, |row| *row);
            let orders = rows
                .iter()
                .filter_map(|(_, number)| stored::find(db, *number, &user, &mask).transpose())
                .collect::<Result<_, _>>()?;
            Ok::<_, Refusal>(ListOrdersResponse {
                orders,
                next_page_token: tokens.next,
                total_size: stored::count(db, &user)?,
                item_tokens: tokens.items,
            })
        });
        Ok(Response::new(response.await?))
    }

    async fn batch_get_orders(
        &self,
        request: Request<BatchGetOrdersRequest>,
    ) -> Result<Response<BatchGetOrdersResponse>, Status> {
        let (_, extensions, request) = request.into_parts();
        let user = Caller::acting_user(&extensions)?;
        let mask = Mask::<Order>::new(request.read_mask.as_ref())?;
        let batch = Batch::new(&extensions, "order_ids", request.order_ids)?;
        let results = batch.read(&self.store, move |db, id| stored::get(db, id, &user, &mask)).await?;
        let results = results.into_iter().map(OrderResult::from).collect();
        Ok(Response::new(BatchGetOrdersResponse { results }))
    }

    async fn place_order(
        &self,
        request: Request<PlaceOrderRequest>,
    ) -> Result<Response<PlaceOrderResponse>, Status> {
        let (_, extensions, request) = request.into_parts();
        let user = Caller::acting_user(&extensions)?;
        let (now, inventory) = (self.clock.now(), self.inventory.clone());
        let place = move |db: &Connection| {
            let (key, time) = (&request.idempotency_key, now.as_microsecond());
            let write = idempotency::Write { rpc: PLACE_ORDER, subject: &user, key, request: &request, time };
            let mut is_new = false;
            let response = write.once(db, || {
                is_new = true;
                let order = place::place(db, &user, &request, now)?;
                Ok(PlaceOrderResponse { order: Some(order) })
            })?;
            Ok((response, is_new))
        };
        let tell = move |(response, is_new): &(PlaceOrderResponse, bool)| {
            // A repeated response takes nothing from the warehouses.
            let items = response.order.iter().filter(|_| *is_new).flat_map(|order| &order.items);
            inventory.tell(items.map(|item| item.product_id.as_str()));
        };
        let (response, _) = self.store.write_and_tell(place, tell).await?;
        Ok(Response::new(response))
    }

    type WatchOrderStream = Pin<Box<dyn Stream<Item = Result<WatchOrderResponse, Status>> + Send>>;

    async fn watch_order(
        &self,
        request: Request<WatchOrderRequest>,
    ) -> Result<Response<Self::WatchOrderStream>, Status> {
        let (_, extensions, request) = request.into_parts();
        let user = Caller::acting_user(&extensions)?;
        let mask = Mask::<Order>::new(request.read_mask.as_ref())?;
        let watch = Watch::begin(self.store.clone(), &self.changes, request.order_id, user, mask).await?;
        Ok(Response::new(Box::pin(watch.into_stream())))
    }
}

impl From<Answer<String, Order>> for OrderResult {
    fn from(Answer { key: order_id, outcome }: Answer<String, Order>) -> Self {
        Self { order_id, outcome: Some(outcome.map_or_else(Outcome::Error, Outcome::Item)) }
    }
}
