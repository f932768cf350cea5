use std::pin::pin;

use futures_util::{FutureExt as _, StreamExt as _};

use super::*;
use crate::{Domain, Options, orders::CHANGES_KEPT};

const ADA: &str = "user-ada-lindqvist";

/// An order of Ada's with three states ahead of it, and its watch.
async fn watch(domain: &Domain) -> (String, Watch) {
    let placed = domain.store.read(|db| {
        let number =
            db.query_row("SELECT number FROM orders WHERE user_id = ?1 AND state = 1", [ADA], |row| {
                row.get(0)
            })?;
        Ok(stored::order_id(number))
    });
    let order = placed.await.unwrap();
    let (changes, mask) = (&domain.orders.changes, Mask::new(None).unwrap());
    let watch = Watch::begin(domain.store.clone(), changes, order.clone(), ADA.to_owned(), mask);
    (order, watch.await.unwrap())
}

#[tokio::test]
async fn a_change_before_the_first_message_is_not_sent_twice() {
    let domain = Domain::open(Options::default()).unwrap();
    let (order, watch) = watch(&domain).await;
    // The watcher reads the change before it receives the signal of it.
    domain.advance_order(&order).await.unwrap();
    let mut stream = pin!(watch.into_stream());
    let first = stream.next().await.unwrap().unwrap().order.unwrap();
    assert_eq!(first.state(), OrderState::Packed);
    // The stream begins to read. In memory there is one connection, so the next change waits
    // for the read.
    let mut next = pin!(stream.next());
    assert!(next.as_mut().now_or_never().is_none());
    domain.advance_order(&order).await.unwrap();
    assert_eq!(next.await.unwrap().unwrap().order.unwrap().state(), OrderState::Shipped);
}

#[tokio::test]
async fn a_watcher_that_lags_behind_gets_the_order_once_as_it_is_now() {
    let domain = Domain::open(Options::default()).unwrap();
    let (order, watch) = watch(&domain).await;
    let mut stream = pin!(watch.into_stream());
    stream.next().await.unwrap().unwrap();
    for _ in 0..2 {
        domain.advance_order(&order).await.unwrap();
    }
    for _ in 0..CHANGES_KEPT {
        domain.orders.changes.send("order-000000".to_owned()).unwrap();
    }
    let now = stream.next().await.unwrap().unwrap().order.unwrap();
    assert_eq!(now.state(), OrderState::Shipped);
    domain.advance_order(&order).await.unwrap();
    let end = stream.next().await.unwrap().unwrap().order.unwrap();
    assert_eq!(end.state(), OrderState::Delivered);
    assert!(stream.next().await.is_none());
}
