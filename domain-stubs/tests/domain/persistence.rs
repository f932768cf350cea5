//! What was acknowledged is there after the process was killed.

use std::{collections::BTreeMap, net::SocketAddr};

use domain_stubs::{Domain, Options, Services, credential::Actor};
use jiff::SignedDuration;
use proto::reviews::{CreateReviewRequest, Review, ReviewsQuery};
use tokio::sync::mpsc;

use crate::{
    program::Program,
    shop::{self, Clients, PRODUCT, Shop, now, options},
};

#[tokio::test]
async fn what_was_written_is_there_when_the_file_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shop.db");
    let shop = Shop::open_file(&file).await;
    let review = create(&shop.user("user-new"), request("user-new")).await.unwrap();
    shop.domain.set_stock(PRODUCT, "lyon", 12_345).await.unwrap();
    let products = shop.anybody().all_products(&[]).await;
    shop.stop().await;

    // Another seed time changes nothing: the shop is there already.
    let later =
        Options { data: Some(file.clone()), seed_time: now() + SignedDuration::from_hours(24), ..options() };
    let shop = Shop::serve(Domain::open(later).unwrap(), Services::all()).await;
    assert_eq!(shop.anybody().all_products(&[]).await, products);
    assert_eq!(reviews(&shop.anybody()).await[&review.id], review);
    let again = create(&shop.user("user-new"), request("user-new")).await.unwrap();
    assert_eq!(again, review, "the idempotency key is known still");

    let stock = shop.anybody().stock(PRODUCT).await;
    assert_eq!(stock.warehouses[0].quantity, 12_345);
}

#[tokio::test]
async fn killed_in_the_middle_of_writes_it_has_lost_nothing_it_acknowledged() {
    const WRITERS: usize = 4;
    const ENOUGH: usize = 40;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shop.db");
    let program = Program::start(&file);
    let (acknowledge, mut acknowledged) = mpsc::unbounded_channel();
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| tokio::spawn(write_until_it_fails(writer, program.address, acknowledge.clone())))
        .collect();
    drop(acknowledge);

    let mut reviews_acknowledged = Vec::new();
    while reviews_acknowledged.len() < ENOUGH {
        reviews_acknowledged.push(acknowledged.recv().await.unwrap());
    }
    // All writers are at it.
    program.kill();
    for writer in writers {
        writer.await.unwrap();
    }
    while let Some(review) = acknowledged.recv().await {
        reviews_acknowledged.push(review);
    }

    let shop = Shop::open_file(&file).await;
    let stored = reviews(&shop.anybody()).await;
    for review in &reviews_acknowledged {
        assert_eq!(stored.get(&review.id), Some(review));
    }
    let author = &reviews_acknowledged[0].author_id;
    let again = create(&shop.user(author), request(author)).await.unwrap();
    assert_eq!(again, reviews_acknowledged[0]);
}

async fn write_until_it_fails(
    writer: usize,
    address: SocketAddr,
    acknowledge: mpsc::UnboundedSender<Review>,
) {
    let channel = shop::connect(address).await;
    for number in 0.. {
        let author = format!("user-{writer}-{number}");
        match create(&Clients::of_now(&channel, Actor::User, &author), request(&author)).await {
            Ok(review) => acknowledge.send(review).unwrap(),
            Err(_) => return,
        }
    }
}

fn request(author: &str) -> CreateReviewRequest {
    CreateReviewRequest {
        idempotency_key: format!("key-of-{author}"),
        product_id: PRODUCT.into(),
        rating: 5,
        text: format!("Written by {author}."),
    }
}

async fn create(clients: &Clients, request: CreateReviewRequest) -> Result<Review, tonic::Status> {
    Ok(clients.reviews().create_review(request).await?.into_inner().review.unwrap())
}

/// All reviews of the product.
async fn reviews(clients: &Clients) -> BTreeMap<String, Review> {
    let mut query = ReviewsQuery { product_id: PRODUCT.into(), page_size: 100, ..ReviewsQuery::default() };
    let mut reviews = BTreeMap::new();
    loop {
        let page = clients.reviews_page(query.clone()).await;
        reviews.extend(page.reviews.into_iter().map(|review| (review.id.clone(), review)));
        if page.next_page_token.is_empty() {
            return reviews;
        }
        query.page_token = page.next_page_token;
    }
}
