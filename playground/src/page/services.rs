//! Endpoints by which the page turns RPCs of the services off and on, to show what a client then sees.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use prost_types::Duration;
use proto::admin::Fault;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tonic::Code;

use super::Page;

/// Behaviour of an RPC when it is called.
#[derive(Clone, Copy, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Manner {
    /// It answers.
    Works,
    /// It fails at once, as while its service is down.
    Down,
    /// It answers later than anybody waits.
    Slow,
}

/// An RPC, and its new behaviour.
#[derive(Deserialize)]
pub(super) struct Switch {
    rpc: String,
    manner: Manner,
}

/// Latency of a slow RPC, longer than any deadline of the shop.
const LONG: Duration = Duration { seconds: 30, nanos: 0 };

/// Lists the RPCs that do not work.
pub(super) async fn list(State(page): State<Arc<Page>>) -> Json<Value> {
    let of = |fault: Fault| {
        let manner = if fault.latency.is_some() { Manner::Slow } else { Manner::Down };
        json!({ "rpc": fault.rpc, "manner": manner })
    };
    Json(page.domain.faults().list().into_iter().map(of).collect())
}

/// Turns an RPC off or on, and lists those that do not work.
pub(super) async fn switch(
    State(page): State<Arc<Page>>,
    Json(Switch { rpc, manner }): Json<Switch>,
) -> Response {
    let faults = page.domain.faults();
    let set = match manner {
        Manner::Works => {
            faults.remove(&rpc);
            Ok(())
        }
        Manner::Down => faults.set(Fault { rpc, error_code: Code::Unavailable.into(), ..Fault::default() }),
        Manner::Slow => faults.set(Fault { rpc, latency: Some(LONG), ..Fault::default() }),
    };
    match set {
        Ok(()) => list(State(page)).await.into_response(),
        Err(status) => {
            (StatusCode::BAD_REQUEST, Json(json!({ "problem": status.message() }))).into_response()
        }
    }
}
