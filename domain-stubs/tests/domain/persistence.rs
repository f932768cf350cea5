//! An acknowledged write survives the killing of the process.

use std::{collections::BTreeMap, net::SocketAddr};

use domain_stubs::{Domain, Options, Services, credential::Actor};
use jiff::SignedDuration;
use proto::{
    analytics::{Event, RecordEventsRequest},
    carts::Cart,
    notifications::{ListNotificationsRequest, ListNotificationsResponse, MarkReadRequest},
    orders::{ListOrdersRequest, ListOrdersResponse, OrderState},
    reviews::{CreateReviewRequest, Review, ReviewsQuery},
    users::{GetPreferencesRequest, GetPreferencesResponse, Preferences, UpdatePreferencesRequest},
};
use tokio::sync::mpsc;
use tonic::Code;

use crate::{
    program::Program,
    shop::{self, ADA, Clients, PRODUCT, Shop, failure, mask, now, options, order_by},
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

    // Another seed time changes nothing: the shop exists already.
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
async fn a_customer_finds_everything_again_when_the_file_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shop.db");
    let shop = Shop::open_file(&file).await;
    let clients = shop.user(ADA);
    let order = clients.place(order_by(ADA, "first-key")).await.unwrap();
    shop.domain.advance_order(&order.id).await.unwrap();
    shop.domain.advance_order(&order.id).await.unwrap();
    let added = clients.add("first-key", PRODUCT, 2).await.unwrap();
    let set = clients.set_quantity("first-key", PRODUCT, 3).await.unwrap();
    let changed = clients.users().update_preferences(preferences()).await.unwrap().into_inner();
    let other = clients.cart().await.items[0].product_id.clone();
    let removed = clients.remove("second-key", &other).await.unwrap();
    let read = clients.notifications().mark_read(all_read(&clients).await).await.unwrap().into_inner();
    assert_eq!(record(&clients).await, 1);
    let before = everything(&clients).await;
    shop.stop().await;

    let shop = Shop::open_file(&file).await;
    let clients = shop.user(ADA);
    assert_eq!(everything(&clients).await, before);
    // Every key is known still.
    assert_eq!(clients.place(order_by(ADA, "first-key")).await.unwrap(), order);
    assert_eq!(clients.add("first-key", PRODUCT, 2).await.unwrap(), added);
    assert_eq!(clients.set_quantity("first-key", PRODUCT, 3).await.unwrap(), set);
    let again = clients.users().update_preferences(preferences()).await.unwrap().into_inner();
    assert_eq!(again, changed);
    assert_eq!(clients.remove("second-key", &other).await.unwrap(), removed);
    let again = clients.notifications().mark_read(all_read(&clients).await).await.unwrap().into_inner();
    assert_eq!((again, read.unread_count), (read, 0));
    assert_eq!(record(&clients).await, 0);
    assert_eq!(everything(&clients).await, before, "nothing was done again");
    let status = clients.add("first-key", PRODUCT, 1).await.unwrap_err();
    assert_eq!(failure(&status), (Code::AlreadyExists, "IDEMPOTENCY_KEY_REUSED".into()));
    // The order goes on from its stored state.
    shop.domain.advance_order(&order.id).await.unwrap();
    assert_eq!(clients.order(&order.id).await.state(), OrderState::Delivered);
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
    // All writers are writing now.
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

/// A request to mark all notifications of a customer read.
async fn all_read(clients: &Clients) -> MarkReadRequest {
    let page = ListNotificationsRequest { page_size: 50, ..Default::default() };
    let list = clients.notifications().list_notifications(page).await.unwrap().into_inner();
    let notification_ids = list.notifications.into_iter().map(|notification| notification.id).collect();
    MarkReadRequest { idempotency_key: "first-key".into(), notification_ids }
}

/// Records an event; returns the number of new events.
async fn record(clients: &Clients) -> i32 {
    let event = Event {
        id: "the-only-event".into(),
        name: "cart_add".into(),
        time: Some(prost_types::Timestamp { seconds: now().as_second(), nanos: 0 }),
        ..Event::default()
    };
    let request = RecordEventsRequest { events: vec![event] };
    clients.analytics().record_events(request).await.unwrap().into_inner().recorded_count
}

/// All data that a customer can read from the services.
async fn everything(
    clients: &Clients,
) -> (Cart, ListOrdersResponse, ListNotificationsResponse, GetPreferencesResponse) {
    let orders = ListOrdersRequest { page_size: 50, ..Default::default() };
    let notifications = ListNotificationsRequest { page_size: 50, ..Default::default() };
    (
        clients.cart().await,
        clients.list_orders(orders).await.unwrap(),
        clients.notifications().list_notifications(notifications).await.unwrap().into_inner(),
        clients.users().get_preferences(GetPreferencesRequest::default()).await.unwrap().into_inner(),
    )
}

fn preferences() -> UpdatePreferencesRequest {
    let preferences = Preferences { language: "de".into(), ..Preferences::default() };
    UpdatePreferencesRequest {
        idempotency_key: "first-key".into(),
        preferences: Some(preferences),
        update_mask: Some(mask(&["language"])),
    }
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
