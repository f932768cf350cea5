//! Values that are dropped because their service says that they changed.

use std::time::Duration;

use tokio::time::sleep;

use super::{MINUTE, as_users_have_it, calls, turn_off};
use crate::support::{Kind, Shop, product_id};

const SECOND: Duration = Duration::from_secs(1);

/// Returns true if a shelf shows that there are kettles.
async fn shelf_has_kettles(shop: &Shop) -> bool {
    let query = format!("{{ inStock(product: {:?}) }}", product_id("kettle-gooseneck-09"));
    let answer = shop.query(Kind::Iot, &query).await.whole();
    answer.body["data"]["inStock"].as_bool().unwrap()
}

#[tokio::test(start_paused = true)]
async fn stock_that_devices_keep_is_dropped_once_the_inventory_says_that_it_changed() {
    let shop = Shop::in_memory(as_users_have_it);
    assert!(shelf_has_kettles(&shop).await);
    sleep(SECOND).await;
    shop.domain.calls().clear();
    assert!(shelf_has_kettles(&shop).await);
    // Loaded again, since nobody knows what changed before the stream was there; and kept from now on.
    sleep(MINUTE).await;
    assert!(shelf_has_kettles(&shop).await);
    assert_eq!(calls(&shop, "/BatchGetStock"), 1);
    shop.sell_out("mug-enamel-350").await;
    sleep(SECOND).await;
    assert!(shelf_has_kettles(&shop).await);
    assert_eq!(calls(&shop, "/BatchGetStock"), 1);
    shop.sell_out("kettle-gooseneck-09").await;
    sleep(SECOND).await;
    assert!(!shelf_has_kettles(&shop).await);
    assert_eq!(calls(&shop, "/BatchGetStock"), 2);
}

#[tokio::test(start_paused = true)]
async fn stock_is_as_old_as_its_policy_permits_while_there_is_no_stream_of_changes_and_loaded_again_after() {
    let shop = Shop::in_memory(as_users_have_it);
    turn_off(&shop, &["shop.inventory.v1.InventoryService/WatchStock"]);
    assert!(shelf_has_kettles(&shop).await);
    shop.sell_out("kettle-gooseneck-09").await;
    sleep(MINUTE).await;
    assert!(shelf_has_kettles(&shop).await);
    shop.domain.faults().clear();
    sleep(MINUTE).await;
    assert!(!shelf_has_kettles(&shop).await);
}
