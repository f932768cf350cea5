//! Prices are exact, and each customer has their own.

use domain_stubs::{Clock, Domain, Options, Services};
use jiff::{SignedDuration, Timestamp};
use proto::{common::Money, pricing::Price};

use crate::shop::{Clients, Shop, now, options};

const MEMBER: &str = "user-ada-lindqvist";

#[tokio::test]
async fn promotions_lead_from_the_list_price_to_the_customers_price() {
    let shop = Shop::open().await;
    for price in prices(&shop.anybody()).await {
        let list = cents(price.list_price.as_ref());
        let exact = price.promotions.iter().fold(list * 1_000_000, |amount, promotion| {
            assert!((5..=40).contains(&promotion.percent_off), "{promotion:?}");
            amount * i64::from(100 - promotion.percent_off) / 100
        });
        let customer = cents(price.customer_price.as_ref());
        assert!((customer * 1_000_000 - exact).abs() <= 500_000, "{price:?}");
        assert!((1..=list).contains(&customer));
    }
}

#[tokio::test]
async fn about_a_fifth_of_the_products_is_promoted_and_a_few_are_twice() {
    let shop = Shop::open().await;
    let prices = prices(&shop.anybody()).await;
    let with = |count: usize| prices.iter().filter(|price| price.promotions.len() == count).count();
    assert_eq!(with(0) + with(1) + with(2), prices.len());
    assert!((30..=54).contains(&(with(1) + with(2))), "{} of {}", with(1) + with(2), prices.len());
    assert!((2..=15).contains(&with(2)), "{}", with(2));
    let endings = prices.iter().flat_map(|price| &price.promotions).filter(|promo| promo.end_time.is_some());
    assert!(endings.count() > 3);
}

#[tokio::test]
async fn a_loyal_customer_gets_a_further_five_percent_and_others_do_not() {
    let shop = Shop::open().await;
    let anybody = prices(&shop.anybody()).await;
    assert_eq!(prices(&shop.user("user-stranger")).await, anybody);
    for (member, anybody) in prices(&shop.user(MEMBER)).await.into_iter().zip(anybody) {
        let (last, others) = member.promotions.split_last().unwrap();
        assert_eq!((last.label.as_str(), last.percent_off, last.end_time), ("Member price", 5, None));
        assert_eq!(others, anybody.promotions);
        assert!(cents(member.customer_price.as_ref()) < cents(anybody.customer_price.as_ref()));
    }
}

#[tokio::test]
async fn a_device_gets_no_customers_price_whatever_it_calls_itself() {
    let shop = Shop::open().await;
    assert_eq!(prices(&shop.device(MEMBER)).await, prices(&shop.anybody()).await);
}

#[tokio::test]
async fn a_promotion_ends_when_it_says() {
    let shop = Shop::open().await;
    let ending = prices(&shop.anybody()).await.into_iter().flat_map(|price| price.promotions);
    let first = ending.filter_map(|promo| promo.end_time).map(|end| end.seconds).min().unwrap();
    let end = Timestamp::from_second(first).unwrap();
    let running = async |time| {
        let domain = Domain::open(Options { clock: Clock::fixed(time), ..options() }).unwrap();
        let shop = Shop::serve(domain, Services::all()).await;
        let promotions = prices(&shop.anybody()).await.into_iter().flat_map(|price| price.promotions);
        promotions.filter(|promotion| promotion.end_time.is_some_and(|end| end.seconds == first)).count()
    };
    assert!(end > now());
    assert!(running(end - SignedDuration::from_secs(1)).await > 0);
    assert_eq!(running(end).await, 0);
}

/// The prices of all products.
async fn prices(clients: &Clients) -> Vec<Price> {
    let mut prices = Vec::new();
    for products in clients.all_products(&["id"]).await.chunks(100) {
        let ids = products.iter().map(|product| product.id.clone()).collect();
        let outcomes = clients.prices(ids, None).await.unwrap();
        prices.extend(outcomes.into_iter().map(|(_, price)| price.unwrap()));
    }
    prices
}

fn cents(money: Option<&Money>) -> i64 {
    let money = money.unwrap();
    assert_eq!((money.currency_code.as_str(), money.nanos % 10_000_000), ("EUR", 0));
    money.units * 100 + i64::from(money.nanos / 10_000_000)
}
