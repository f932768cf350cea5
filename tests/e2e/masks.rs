//! Calls read what operations select, and none reads the wholesale price.

use crate::support::{Kind, Shop, made_up};

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
    for kind in Kind::ALL {
        let (probes, _) = made_up(kind).probes().await;
        let bff = made_up(kind).open();
        for probe in &probes {
            bff.query(&probe.query).await.whole();
        }
        let calls = bff.services().calls();
        let of_products = calls.iter().filter(|call| call.rpc.contains("Products"));
        let masks: Vec<_> = of_products.map(|call| call.mask.as_ref().unwrap()).collect();
        let mut paths = masks.iter().copied().flatten();
        assert!(!paths.any(|path| path.starts_with("wholesale")), "{kind}: {masks:?}");
        assert!(masks.len() > 10 || kind == Kind::Iot, "{kind}: {masks:?}");
    }
}
