//! The routes that a sign-in brings, behind the checks of this server.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, Method, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use identity::SignIn;
use tokio::time::timeout;

use super::accept::MediaType;
use super::origin::Origins;
use super::rejection::{Rejection, RejectionReason};
use super::reply::ResponseWriter;
use crate::config::HttpProfile;

/// Header by which a page says that it, and no form of another site, sends a request that changes something: browsers
/// send it across origins only where this server has permitted it before.
pub(super) const OWN_PAGE: HeaderName = HeaderName::from_static("x-csrf");

/// Longest body that a route of a sign-in reads, in bytes.
const MAX_BODY_BYTES: usize = 32 * 1024;

/// Checks of the requests to a sign-in.
#[derive(Clone)]
pub(super) struct Checks {
    pub(super) origins: Origins,
    pub(super) profile: HttpProfile,
    /// Time until the answer, at most.
    pub(super) deadline: Duration,
}

/// Returns the routes of a sign-in. None of them sees a request that a page of another site made a browser send.
pub(super) fn routes<S: Clone + Send + Sync + 'static>(
    sign_in: Arc<dyn SignIn>,
    checks: Checks,
) -> Router<S> {
    sign_in
        .routes()
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(middleware::from_fn_with_state(checks, check))
        .with_state(())
}

async fn check(State(checks): State<Checks>, request: Request, next: Next) -> Response {
    let writer = ResponseWriter {
        profile: checks.profile,
        media_type: MediaType::Json,
        method: request.method().clone(),
        credentials: Arc::default(),
    };
    let (head, body) = request.into_parts();
    if let Err(rejection) = checks.allow(&head) {
        return writer.rejection(rejection);
    }
    match timeout(checks.deadline, next.run(Request::from_parts(head, body))).await {
        Ok(response) => response,
        Err(_) => writer.rejection(Rejection::new(RejectionReason::TooSlow, "The request took too long.")),
    }
}

impl Checks {
    /// Rejects requests for another host, of pages of other sites, and changes without the header. A link on another
    /// site may lead here, as the way back from an identity provider does: a navigation shows its answer to the user
    /// alone.
    fn allow(&self, head: &Parts) -> Result<(), Rejection> {
        if head.method == Method::GET || head.method == Method::HEAD {
            return if is_navigation(&head.headers) {
                self.origins.check_host(head)
            } else {
                self.origins.check(head)
            };
        }
        self.origins.check(head)?;
        // What comes without a cookie has nothing that a page of another site could misuse.
        if head.headers.contains_key(header::COOKIE) && !head.headers.contains_key(OWN_PAGE) {
            let message = "Send the header `x-csrf: 1` with whatever changes something.";
            return Err(Rejection::new(RejectionReason::ForeignPage, message));
        }
        Ok(())
    }
}

fn is_navigation(headers: &HeaderMap) -> bool {
    let is = |name: &str, word: &str| headers.get(name).is_some_and(|value| value == word);
    is("sec-fetch-mode", "navigate") && is("sec-fetch-dest", "document")
}
