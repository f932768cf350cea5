use std::pin::pin;

use futures_util::{FutureExt as _, StreamExt as _};
use prost_types::FieldMask;

use super::*;
use crate::{Domain, Options, inventory::CHANGES_KEPT};

fn in_lyon(stock: &Stock) -> i64 {
    stock.warehouses.iter().find(|warehouse| warehouse.warehouse_id == "lyon").map_or(0, |it| it.quantity)
}

#[tokio::test]
async fn a_watcher_that_lags_behind_gets_what_changed_once_as_it_is_now() {
    let domain = Domain::open(Options::default()).unwrap();
    let ids = ["tent-ridge-2", "tarp-silnylon-3"].map(str::to_owned).to_vec();
    let changes = &domain.inventory.changes;
    let products = domain.products.clone();
    let watched = Watched { ids: ids.clone(), products, mask: Mask::new(None).unwrap() };
    let watch = Watch::begin(domain.store.clone(), changes, watched);
    let mut stream = pin!(watch.await.unwrap().into_stream());
    for product in &ids {
        assert_eq!(stream.next().await.unwrap().unwrap().stock.unwrap().product_id, *product);
    }

    // The signal of this change is lost before the stream goes on, but the stock is sent
    // nevertheless.
    domain.set_stock("tarp-silnylon-3", "lyon", 9_999).await.unwrap();
    let last = i64::try_from(CHANGES_KEPT).unwrap() + 10_000;
    for quantity in 10_000..=last {
        domain.set_stock("tent-ridge-2", "lyon", quantity).await.unwrap();
    }
    let stock = stream.next().await.unwrap().unwrap().stock.unwrap();
    assert_eq!((stock.product_id.as_str(), in_lyon(&stock)), ("tent-ridge-2", last));
    let stock = stream.next().await.unwrap().unwrap().stock.unwrap();
    assert_eq!((stock.product_id.as_str(), in_lyon(&stock)), ("tarp-silnylon-3", 9_999));
    assert!(stream.next().now_or_never().is_none(), "nothing else has changed");

    // Setting a quantity to its present value is no change: the next message holds another
    // state.
    for quantity in [last, last, 3] {
        domain.set_stock("tent-ridge-2", "lyon", quantity).await.unwrap();
    }
    let stock = stream.next().await.unwrap().unwrap().stock.unwrap();
    assert_eq!(in_lyon(&stock), 3);
}

#[tokio::test]
async fn a_watcher_of_all_products_gets_each_change_and_is_told_if_some_are_lost() {
    let domain = Domain::open(Options::default()).unwrap();
    let (changes, products) = (&domain.inventory.changes, domain.products.clone());
    let mask = FieldMask { paths: vec!["product_id".to_owned()] };
    let watched = Watched { ids: Vec::new(), products, mask: Mask::new(Some(&mask)).unwrap() };
    let watch = Watch::begin(domain.store.clone(), changes, watched);
    let mut stream = pin!(watch.await.unwrap().into_stream());
    assert!(stream.next().now_or_never().is_none(), "nothing has changed yet");
    for (product, quantity) in [("tent-ridge-2", 7), ("tarp-silnylon-3", 7), ("tent-ridge-2", 8)] {
        domain.set_stock(product, "lyon", quantity).await.unwrap();
        assert_eq!(stream.next().await.unwrap().unwrap().stock.unwrap().product_id, product);
    }
    for quantity in 0..=i64::try_from(CHANGES_KEPT).unwrap() {
        domain.set_stock("tent-ridge-2", "lyon", quantity).await.unwrap();
    }
    assert_eq!(stream.next().await.unwrap().unwrap_err().code(), Code::DataLoss);
}
