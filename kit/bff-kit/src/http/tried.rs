//! Routes of a server in development from which a page learns what to try: the operations of the client, and plans.

use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use contracts::Folder;
use http_body_util::{BodyExt as _, Collected, Limited};
use operation::Preparer;
use serde::Deserialize;
use serde_json::json;

use super::accept::MediaType;
use super::origin::Origins;
use super::rejection::{Rejection, RejectionReason};
use super::reply::ResponseWriter;
use crate::config::HttpProfile;

/// Longest request for a plan, in bytes.
const MAX_BODY_BYTES: usize = 256 * 1024;

/// Facts about the server that the routes tell.
pub(super) struct Tried {
    /// Name of the client, such as `"mobile"`.
    pub(super) client: &'static str,
    /// Folder of its contracts; `None` if there is none.
    pub(super) folder: Option<PathBuf>,
    pub(super) preparer: Arc<Preparer>,
    pub(super) origins: Origins,
    pub(super) profile: HttpProfile,
}

/// A document to plan, in the form of a GraphQL request.
#[derive(Deserialize)]
struct Planned {
    query: String,
}

impl Tried {
    /// Returns the routes.
    pub(super) fn routes(self) -> Router {
        Router::new()
            .route("/graphql/examples", get(examples))
            .route("/graphql/plan", post(plan))
            .with_state(Arc::new(self))
    }

    fn rejected(&self, head: &Parts, rejection: Rejection) -> Response {
        let writer = ResponseWriter {
            profile: self.profile,
            media_type: MediaType::Json,
            method: head.method.clone(),
            credentials: [].into(),
        };
        writer.rejection(rejection)
    }
}

/// Lists the operations of the client: `{ "client", "operations", "problems" }`.
async fn examples(State(tried): State<Arc<Tried>>, request: Request) -> Response {
    let (head, _) = request.into_parts();
    if let Err(rejection) = tried.origins.check(&head) {
        return tried.rejected(&head, rejection);
    }
    let (operations, problems) = match tried.folder.as_ref().map(|folder| Folder::new(folder).shipped()) {
        Some(Ok(operations)) => (operations, Vec::new()),
        Some(Err(error)) => (Vec::new(), vec![error.to_string()]),
        None => (Vec::new(), vec!["There is no folder of contracts, so there are no examples: set operations.folder, or start the server beside `schema`.".to_owned()]),
    };
    Json(json!({ "client": tried.client, "operations": operations, "problems": problems })).into_response()
}

/// Returns the plan of the only operation of a document, or `{ "problems" }`: most documents are not finished while they are
/// typed.
async fn plan(State(tried): State<Arc<Tried>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    if let Err(rejection) = tried.origins.check(&head) {
        return tried.rejected(&head, rejection);
    }
    let body = Limited::new(body, MAX_BODY_BYTES).collect().await.map(Collected::to_bytes);
    let planned = body.ok().and_then(|body| serde_json::from_slice::<Planned>(&body).ok());
    let Some(Planned { query }) = planned else {
        let problem = "Send the document as `{ \"query\": \"…\" }`, of 256 kB at most.";
        return tried.rejected(&head, Rejection::new(RejectionReason::Unreadable, problem));
    };
    match tried.preparer.plan(&query) {
        Ok(plan) => Json(plan).into_response(),
        Err(none) => {
            let problems: Vec<_> = none.problems().iter().map(ToString::to_string).collect();
            Json(json!({ "problems": problems })).into_response()
        }
    }
}
