//! An event of a user or device is recorded once, however often it is sent.

use proto::analytics::{Event, RecordEventsRequest};
use tonic::{Code, Status};

use crate::shop::{Clients, Shop, failure, now, violations};

#[tokio::test]
async fn an_event_is_recorded_once_however_often_it_is_sent() {
    let shop = Shop::open().await;
    let clients = shop.user("user-new");
    assert_eq!(record(&clients, [1, 2, 2].map(event).to_vec()).await.unwrap(), 2);
    assert_eq!(record(&clients, [2, 3].map(event).to_vec()).await.unwrap(), 1);
    // Identifiers of events belong to a user or device.
    assert_eq!(record(&shop.anybody(), [1, 2].map(event).to_vec()).await.unwrap(), 2);
    assert_eq!(record(&shop.user("user-new-too"), [1, 2].map(event).to_vec()).await.unwrap(), 2);
    assert_eq!(record(&shop.anybody(), [1, 2].map(event).to_vec()).await.unwrap(), 0);
    assert_eq!(record(&clients, Vec::new()).await.unwrap(), 0);
}

#[tokio::test]
async fn every_invalid_field_is_named_and_nothing_is_recorded() {
    let shop = Shop::open().await;
    let clients = shop.anybody();
    let events = vec![
        event(1),
        Event { id: "short".into(), time: None, ..event(2) },
        Event { id: "ß".repeat(65), ..event(3) },
        Event { name: String::new(), ..event(4) },
    ];
    let status = record(&clients, events).await.unwrap_err();
    assert_eq!(failure(&status), (Code::InvalidArgument, "EVENT_INVALID".into()));
    assert_eq!(violations(&status), ["events[1].id", "events[1].time", "events[2].id", "events[3].name"]);
    assert_eq!(record(&clients, vec![event(1)]).await.unwrap(), 1);
}

#[tokio::test]
async fn a_call_records_a_hundred_events_at_most() {
    let shop = Shop::open().await;
    let clients = shop.anybody();
    let status = record(&clients, (1..=101).map(event).collect()).await.unwrap_err();
    assert_eq!(failure(&status), (Code::InvalidArgument, "TOO_MANY_EVENTS".into()));
    assert_eq!(violations(&status), ["events"]);
    assert_eq!(record(&clients, (1..=100).map(event).collect()).await.unwrap(), 100);
}

fn event(number: u32) -> Event {
    Event {
        id: format!("event-{number:04}"),
        name: "cart_add".into(),
        time: Some(prost_types::Timestamp { seconds: now().as_second(), nanos: 0 }),
        properties: [("product_id".to_owned(), "kettle-gooseneck-09".to_owned())].into(),
    }
}

async fn record(clients: &Clients, events: Vec<Event>) -> Result<i32, Status> {
    let request = RecordEventsRequest { events };
    Ok(clients.analytics().record_events(request).await?.into_inner().recorded_count)
}
