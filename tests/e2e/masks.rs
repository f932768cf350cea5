//! Every field reads the paths it declares, and none reads the wholesale price.

use crate::support::{Kind, Shop, probes};

#[tokio::test]
async fn every_field_answers_the_same_with_its_mask_and_without() {
    let masked = Shop::open().await;
    let unmasked = Shop::with(|config| config.upstream.read_masks = false).await;
    for kind in Kind::ALL {
        for probe in probes(kind) {
            let with = masked.query(kind, &probe.query).await.whole();
            let without = unmasked.query(kind, &probe.query).await.whole();
            assert_eq!(with.body, without.body, "{kind}: {} reads more than it says", probe.coordinate);
        }
    }
    let calls = masked.domain.calls().list();
    // `ListRecommendations` returns ids alone, and is the only read to take no mask.
    let mut unmasked_calls =
        calls.iter().filter(|call| call.mask_paths.is_empty() && !call.rpc.ends_with("/ListRecommendations"));
    assert_eq!(unmasked_calls.next(), None, "a call was made without a mask");
    let calls = unmasked.domain.calls().list();
    assert!(calls.iter().all(|call| call.mask_paths.is_empty()), "a call was made with a mask");
}

#[tokio::test]
async fn a_field_that_is_not_selected_is_not_read() {
    let shop = Shop::open().await;
    shop.mobile("{ products(first: 3) { items { name inStock } } }").await.whole();
    let calls = shop.domain.calls().list();
    let masks: Vec<_> = calls.iter().map(|call| call.mask_paths.join(" ")).collect();
    assert_eq!(masks, ["id name", "available product_id"]);
}

#[tokio::test]
async fn the_mask_is_the_union_over_the_operation() {
    let shop = Shop::open().await;
    let [kettle, teapot] = ["kettle-gooseneck-09", "teapot-cast-iron-08"].map(crate::support::product_id);
    let query = format!(
        "{{ a: product(id: \"{kettle}\") {{ name }} b: product(id: \"{teapot}\") {{ ...Picture }} }}
         fragment Picture on Product {{ ... on Product {{ thumbnail }} }}"
    );
    shop.mobile(&query).await.whole();
    let calls = shop.domain.calls().list();
    let masks: Vec<_> = calls.iter().map(|call| (call.keys.len(), call.mask_paths.join(" "))).collect();
    assert_eq!(masks, [(2, "id name thumbnail_url".to_owned())]);
}

#[tokio::test]
async fn the_wholesale_price_is_in_no_schema_and_in_no_mask() {
    for kind in Kind::ALL {
        let sdl = kind.client().internal_sdl().to_lowercase();
        for word in ["wholesale", "margin", "supplier", "cost:"] {
            assert!(!sdl.contains(word), "the schema of {kind} says {word}");
        }
    }
    let shop = Shop::open().await;
    for kind in Kind::ALL {
        for probe in probes(kind) {
            shop.query(kind, &probe.query).await.whole();
        }
    }
    let calls = shop.domain.calls().list();
    let reads_it = calls.iter().find(|call| call.mask_paths.iter().any(|path| path.starts_with("wholesale")));
    assert!(reads_it.is_none(), "{reads_it:?}");
}
