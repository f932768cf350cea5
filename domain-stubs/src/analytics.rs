//! The analytics service: events of customers, each recorded once.

use std::collections::BTreeMap;

use jiff::Timestamp;
use proto::analytics::{
    Event, RecordEventsRequest, RecordEventsResponse, analytics_service_server::AnalyticsService,
};
use rusqlite::{Connection, params};
use tonic::{Request, Response, Status};
use tonic_types::FieldViolation;

use crate::{
    clock::{self, Clock},
    credential::Caller,
    refusal::Refusal,
    store::Store,
};

/// Largest number of events of one call.
const MAX_EVENTS: usize = 100;

/// Analytics over the store.
#[derive(Debug, Clone)]
pub(crate) struct Analytics {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
}

#[tonic::async_trait]
impl AnalyticsService for Analytics {
    async fn record_events(
        &self,
        request: Request<RecordEventsRequest>,
    ) -> Result<Response<RecordEventsResponse>, Status> {
        let (_, extensions, request) = request.into_parts();
        let subject = Caller::of(&extensions)?.subject.clone().unwrap_or_default();
        let events = check(request.events)?;
        let now = self.clock.now();
        let recorded_count = self.store.write(move |db| record(db, &subject, &events, now)).await?;
        Ok(Response::new(RecordEventsResponse { recorded_count }))
    }
}

/// Returns the events with their times; fails if any of them is invalid.
fn check(events: Vec<Event>) -> Result<Vec<(Event, Timestamp)>, Refusal> {
    if events.len() > MAX_EVENTS {
        let problem = format!("holds {} events, {MAX_EVENTS} are allowed", events.len());
        return Err(Refusal::invalid("TOO_MANY_EVENTS", "events", problem));
    }
    let (mut checked, mut violations) = (Vec::with_capacity(events.len()), Vec::new());
    for (index, event) in events.into_iter().enumerate() {
        let mut violate = |field: &str, problem: &str| {
            violations.push(FieldViolation::new(format!("events[{index}].{field}"), problem));
        };
        if !(8..=64).contains(&event.id.chars().count()) {
            violate("id", "must have 8 to 64 characters");
        }
        if event.name.is_empty() {
            violate("name", "must not be empty");
        }
        match event.time.as_ref().and_then(clock::from_proto) {
            Some(time) => checked.push((event, time)),
            None => violate("time", "must be a time"),
        }
    }
    if violations.is_empty() {
        Ok(checked)
    } else {
        Err(Refusal::invalid_fields("EVENT_INVALID", violations))
    }
}

/// Records events; returns the number of new ones.
fn record(
    db: &Connection,
    subject: &str,
    events: &[(Event, Timestamp)],
    now: Timestamp,
) -> Result<i32, Refusal> {
    let mut insert = db.prepare_cached(
        "INSERT INTO events (subject, name, id, time, create_time, properties) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (subject, name, id) DO NOTHING",
    )?;
    let mut recorded_count = 0;
    for (event, time) in events {
        // Sorted, so that equal events are stored identically.
        let properties: BTreeMap<_, _> = event.properties.iter().collect();
        let properties = serde_json::to_string(&properties).map_err(|error| Refusal::internal(&error))?;
        let (time, now) = (time.as_microsecond(), now.as_microsecond());
        if insert.execute(params![subject, event.name, event.id, time, now, properties])? > 0 {
            recorded_count += 1;
        }
    }
    Ok(recorded_count)
}
