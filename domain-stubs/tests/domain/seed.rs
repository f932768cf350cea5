//! The seed is a whole shop, and always the same one.

mod customers;

use std::collections::BTreeSet;

use domain_stubs::{Domain, Options, Services};
use jiff::{SignedDuration, Timestamp};
use prost::Message as _;
use proto::{
    catalog::Product,
    inventory::Stock,
    reviews::{Review, ReviewsQuery},
};

use crate::shop::{Clients, Shop, now, options};

#[tokio::test]
async fn a_full_product_is_about_eight_kilobytes_and_complete() {
    let shop = Shop::open().await;
    let products = all_products(&shop.anybody()).await;
    assert_eq!(products.len(), 210);
    let bytes: usize = products.iter().map(Product::encoded_len).sum();
    assert!(
        (7_500..8_500).contains(&(bytes / products.len())),
        "{} bytes on average",
        bytes / products.len()
    );
    for product in products {
        let id = &product.id;
        assert_eq!(product.thumbnail_url, format!("https://images.shop.example/{id}/thumb.webp"));
        assert_eq!(product.images[0].url, format!("https://images.shop.example/{id}/1.webp"));
        assert!(product.images.iter().all(|image| image.alt_text.starts_with(&product.name)), "{id}");
        assert!(product.description.split("\n\n").count() == 13, "{id}");
        assert!(product.create_time.unwrap().seconds < months_ago(18), "{id}");
        let wholesale = product.wholesale.unwrap();
        assert!(wholesale.cost.is_some() && !wholesale.supplier.is_empty(), "{id}");
    }
}

#[tokio::test]
async fn reviews_are_by_different_authors_of_the_last_eighteen_months_and_the_newest_minutes_old() {
    let shop = Shop::open().await;
    let clients = shop.anybody();
    let mut newest = 0;
    let mut counts = BTreeSet::new();
    for product in all_products(&clients).await {
        let reviews = reviews(&clients, &product.id).await;
        let authors: BTreeSet<_> = reviews.iter().map(|review| &review.author_id).collect();
        assert_eq!(authors.len(), reviews.len(), "{}", product.id);
        for review in &reviews {
            let written = review.create_time.unwrap().seconds;
            assert!((months_ago(18)..now().as_second()).contains(&written), "{review:?}");
            assert!(!review.text.is_empty() && !review.author_name.is_empty());
            newest = newest.max(written);
        }
        counts.insert(reviews.len());
    }
    assert!((60..3_600).contains(&(now().as_second() - newest)));
    assert!(counts.contains(&0) && counts.last().is_some_and(|most| (30..=40).contains(most)), "{counts:?}");
}

#[tokio::test]
async fn every_kind_of_stock_is_there_in_two_to_six_warehouses() {
    let shop = Shop::open().await;
    let clients = shop.anybody();
    let stocks = stocks(&clients).await;
    for stock in &stocks {
        assert!((2..=6).contains(&stock.warehouses.len()), "{stock:?}");
        assert!(stock.warehouses.is_sorted_by(|a, b| a.quantity >= b.quantity), "{stock:?}");
        let total: i64 = stock.warehouses.iter().map(|warehouse| warehouse.quantity).sum();
        assert_eq!((stock.total_quantity, stock.available), (total, total > 0));
    }
    assert!(stocks.iter().any(|stock| stock.total_quantity == 0));
    assert!(stocks.iter().any(|stock| (1..=3).contains(&stock.total_quantity)));
    assert!(stocks.iter().any(|stock| stock.total_quantity > 100));
}

#[tokio::test]
async fn the_same_seed_time_gives_the_same_shop() {
    let again = Domain::open(Options { seed: None, ..options() }).unwrap();
    let (one, two) = (Shop::open().await, Shop::serve(again, Services::all()).await);
    let (one, two) = (one.anybody(), two.anybody());
    let products = all_products(&one).await;
    assert_eq!(all_products(&two).await, products);
    assert_eq!(stocks(&two).await, stocks(&one).await);
    for product in products.iter().step_by(10) {
        assert_eq!(reviews(&two, &product.id).await, reviews(&one, &product.id).await);
    }
}

#[tokio::test]
async fn another_seed_time_moves_all_times_and_nothing_else() {
    let hour = SignedDuration::from_hours(1);
    let later = Domain::open(Options { seed: None, seed_time: now() + hour, ..options() }).unwrap();
    let (one, two) = (Shop::open().await, Shop::serve(later, Services::all()).await);
    let moved = all_products(&two.anybody()).await.into_iter().map(|mut product| {
        product.create_time.as_mut().unwrap().seconds -= hour.as_secs();
        product
    });
    assert_eq!(moved.collect::<Vec<_>>(), all_products(&one.anybody()).await);
}

async fn all_products(clients: &Clients) -> Vec<Product> {
    clients.all_products(&[]).await
}

async fn stocks(clients: &Clients) -> Vec<Stock> {
    let mut stocks = Vec::new();
    for products in clients.all_products(&["id"]).await.chunks(100) {
        let ids = products.iter().map(|product| product.id.clone()).collect();
        let outcomes = clients.stocks(ids, None).await.unwrap();
        stocks.extend(outcomes.into_iter().map(|(_, stock)| stock.unwrap()));
    }
    stocks
}

async fn reviews(clients: &Clients, product: &str) -> Vec<Review> {
    let query = ReviewsQuery { product_id: product.to_owned(), page_size: 100, ..ReviewsQuery::default() };
    clients.reviews_page(query).await.reviews
}

fn months_ago(months: i64) -> i64 {
    let time: Timestamp = now() - SignedDuration::from_hours(months * 24 * 61 / 2);
    time.as_second()
}
