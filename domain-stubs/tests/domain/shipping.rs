//! Shipping a product to a country costs the same for every customer.

use proto::shipping::{ShippingOption, ShippingOptions, ShippingQuery};
use tonic::Code;

use crate::shop::{ADA, PRODUCT, Shop, cents, failure, mask, only, reasons, violations};

/// A country of each zone, the nearest first.
const ZONES: [&str; 4] = ["FR", "ES", "CH", "US"];

#[tokio::test]
async fn the_cheapest_option_comes_first_and_none_takes_no_time() {
    let shop = Shop::open().await;
    let clients = shop.anybody();
    let products = clients.all_products(&["id"]).await;
    let mut with_express = 0;
    for products in products.chunks(25) {
        let queries: Vec<_> =
            products.iter().flat_map(|product| ZONES.map(|country| query(&product.id, country))).collect();
        for (query, options) in clients.shipping_options(queries, None).await.unwrap() {
            let options = options.unwrap().options;
            assert!(options.is_sorted_by_key(|option| cents(option.price.as_ref())), "{query:?}");
            assert!(options.iter().all(|option| 1 <= option.min_days && option.min_days <= option.max_days));
            let ids: Vec<_> = options.iter().map(|option| option.id.as_str()).collect();
            assert_eq!(ids.contains(&"pickup"), query.country_code == "FR", "{query:?}");
            assert!(ids.contains(&"standard"), "{query:?}");
            with_express += usize::from(ids.contains(&"express"));
        }
    }
    let all = products.len() * ZONES.len();
    assert!((1..all).contains(&with_express), "what is bulky is not sent express: {with_express} of {all}");
}

#[tokio::test]
async fn the_farther_the_dearer_and_the_slower() {
    let shop = Shop::open().await;
    let mut standard = Vec::new();
    for country in ZONES {
        let options = only(shop.anybody().shipping_options(vec![query(PRODUCT, country)], None).await);
        standard.push(options.options.into_iter().find(|option| option.id == "standard").unwrap());
    }
    assert!(standard.is_sorted_by(|near, far| cents(near.price.as_ref()) < cents(far.price.as_ref())));
    assert!(standard.is_sorted_by(|near, far| (near.min_days, near.max_days) < (far.min_days, far.max_days)));
}

#[tokio::test]
async fn customers_and_nobody_get_the_same_options() {
    let shop = Shop::open().await;
    let queries: Vec<_> = ZONES.map(|country| query(PRODUCT, country)).to_vec();
    let nobody = shop.anybody().shipping_options(queries.clone(), None).await.unwrap();
    assert_eq!(shop.user(ADA).shipping_options(queries, None).await.unwrap(), nobody);
}

#[tokio::test]
async fn nothing_is_sent_to_some_countries_and_what_is_none_fails_alone() {
    let shop = Shop::open().await;
    let requested =
        [(PRODUCT, "JP"), (PRODUCT, "XX"), (PRODUCT, "fr"), (PRODUCT, ""), ("nope", "FR"), (PRODUCT, "FR")];
    let queries: Vec<_> = requested.map(|(product, country)| query(product, country)).to_vec();
    let outcomes = shop.anybody().shipping_options(queries.clone(), None).await.unwrap();
    assert_eq!(outcomes[0].1, Ok(ShippingOptions::default()));
    let expected = ["", "COUNTRY_INVALID", "COUNTRY_INVALID", "COUNTRY_INVALID", "PRODUCT_NOT_FOUND", ""];
    let expected = queries.into_iter().zip(expected.map(str::to_owned));
    assert_eq!(reasons(outcomes), expected.collect::<Vec<_>>());
}

#[tokio::test]
async fn the_same_product_to_two_countries_is_two_queries_and_to_one_country_twice_is_rejected() {
    let shop = Shop::open().await;
    let queries = vec![query(PRODUCT, "FR"), query(PRODUCT, "DE")];
    assert_eq!(shop.anybody().shipping_options(queries, None).await.unwrap().len(), 2);
    let status = shop.anybody().shipping_options(vec![query(PRODUCT, "FR"); 2], None).await.unwrap_err();
    assert_eq!(failure(&status), (Code::InvalidArgument, "DUPLICATE_KEY".into()));
    assert_eq!(violations(&status), ["queries"]);
}

#[tokio::test]
async fn a_mask_that_leads_into_a_list_is_rejected() {
    let shop = Shop::open().await;
    let queries = vec![query(PRODUCT, "FR")];
    let whole = only(shop.anybody().shipping_options(queries.clone(), None).await);
    let masked = only(shop.anybody().shipping_options(queries.clone(), Some(mask(&["options"]))).await);
    assert_eq!(masked, whole);
    assert_ne!(whole.options, [ShippingOption::default()]);
    let status = shop.anybody().shipping_options(queries, Some(mask(&["options.id"]))).await.unwrap_err();
    assert_eq!(failure(&status), (Code::InvalidArgument, "READ_MASK_INVALID".into()));
}

#[tokio::test]
async fn a_parcel_is_as_dear_and_as_slow_as_what_needs_most_in_it() {
    let shop = Shop::open().await;
    let clients = shop.anybody();
    let products = clients.all_products(&["id"]).await;
    for (products, country) in products.chunks(7).zip(ZONES.into_iter().cycle()) {
        let products: Vec<_> = products.iter().map(|product| product.id.as_str()).collect();
        let queries = products.iter().map(|product| query(product, country)).collect();
        let alone = clients.shipping_options(queries, None).await.unwrap();
        let alone: Vec<_> = alone.into_iter().map(|(_, options)| options.unwrap().options).collect();
        let quote = clients.quote(&products, country).await.unwrap().options;
        for way in ["pickup", "standard", "express"] {
            let each: Vec<_> =
                alone.iter().filter_map(|options| options.iter().find(|it| it.id == way)).collect();
            let quoted = quote.iter().find(|it| it.id == way);
            assert_eq!(quoted.is_some(), each.len() == products.len(), "{way} to {country}");
            let Some(quoted) = quoted else { continue };
            let dearest = each.iter().map(|it| cents(it.price.as_ref())).max();
            assert_eq!(Some(cents(quoted.price.as_ref())), dearest);
            assert_eq!(Some(quoted.min_days), each.iter().map(|it| it.min_days).max());
            assert_eq!(Some(quoted.max_days), each.iter().map(|it| it.max_days).max());
        }
        assert!(quote.is_sorted_by_key(|option| cents(option.price.as_ref())));
    }
}

#[tokio::test]
async fn a_parcel_of_nothing_or_to_nowhere_has_no_options_and_what_does_not_exist_is_rejected() {
    let shop = Shop::open().await;
    let clients = shop.anybody();
    assert_eq!(clients.quote(&[], "FR").await.unwrap(), ShippingOptions::default());
    assert_eq!(clients.quote(&[PRODUCT], "JP").await.unwrap(), ShippingOptions::default());
    for (products, country, code, reason) in [
        (&[PRODUCT][..], "XX", Code::InvalidArgument, "COUNTRY_INVALID"),
        (&[PRODUCT, "nope"], "FR", Code::NotFound, "PRODUCT_NOT_FOUND"),
        (&[PRODUCT, PRODUCT], "FR", Code::InvalidArgument, "DUPLICATE_KEY"),
    ] {
        let status = clients.quote(products, country).await.unwrap_err();
        assert_eq!(failure(&status), (code, reason.into()));
    }
}

fn query(product: &str, country: &str) -> ShippingQuery {
    ShippingQuery { product_id: product.into(), country_code: country.into() }
}
