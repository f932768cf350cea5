//! The analytics service: what customers do, for statistics.

use proto::analytics::{
    Event, RecordEventsRequest, RecordEventsResponse, analytics_service_server::AnalyticsService,
};
use rusqlite::{Connection, params};
use tonic::{Request, Response, Status};
use tonic_types::FieldViolation;

use crate::{credential::Caller, refusal::Refusal, store::Store};

/// Events one call records at most.
const MAX_EVENTS: usize = 100;

/// Analytics over the store.
#[derive(Debug, Clone)]
pub(crate) struct Analytics {
    pub(crate) store: Store,
}

#[tonic::async_trait]
impl AnalyticsService for Analytics {
    async fn record_events(
        &self,
        request: Request<RecordEventsRequest>,
    ) -> Result<Response<RecordEventsResponse>, Status> {
        let (_, extensions, request) = request.into_parts();
        let subject = Caller::of(&extensions)?.subject.clone();
        check(&request.events)?;
        let recorded = self.store.write(move |db| record(db, subject.as_deref(), &request.events));
        Ok(Response::new(RecordEventsResponse { recorded_count: recorded.await? }))
    }
}

fn check(events: &[Event]) -> Result<(), Refusal> {
    let mut violations = Vec::new();
    if events.len() > MAX_EVENTS {
        violations.push(FieldViolation::new("events", format!("holds more than {MAX_EVENTS}")));
    }
    for (index, event) in events.iter().enumerate() {
        let mut wrong = |field: &str, problem: &str| {
            violations.push(FieldViolation::new(format!("events[{index}].{field}"), problem));
        };
        if !(8..=64).contains(&event.id.chars().count()) {
            wrong("id", "must have 8 to 64 characters");
        }
        if event.name.is_empty() {
            wrong("name", "must not be empty");
        }
        if event.time.is_none() {
            wrong("time", "must be set");
        }
    }
    if violations.is_empty() { Ok(()) } else { Err(Refusal::invalid_fields("EVENTS_INVALID", violations)) }
}

/// Records the events that are new; answers how many they were.
fn record(db: &Connection, subject: Option<&str>, events: &[Event]) -> Result<i32, Refusal> {
    let mut insert = db.prepare_cached(
        "INSERT INTO events (id, name, time, subject, properties) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO NOTHING",
    )?;
    let mut recorded = 0;
    for event in events {
        let micros = event.time.as_ref().map_or(0, |time| {
            time.seconds.saturating_mul(1_000_000).saturating_add(i64::from(time.nanos) / 1_000)
        });
        // Sorted, so that the same event is always written in the same way.
        let properties: std::collections::BTreeMap<_, _> = event.properties.iter().collect();
        let properties = serde_json::to_string(&properties).map_err(|error| Refusal::internal(&error))?;
        let written = insert.execute(params![event.id, event.name, micros, subject, properties])?;
        recorded += i32::from(written > 0);
    }
    Ok(recorded)
}
