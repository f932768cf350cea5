//! GraphQL over HTTP.

mod accept;
mod params;
mod reply;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use axum::routing::{any, get};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Limited};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::client::Client;
use crate::code::Code;
use crate::config::{Config, Mode};
use crate::error::Error;
use crate::gateway::{Explain, Gateway, access_line};
use crate::identity::Authenticator;
use crate::language::Languages;

use accept::MediaType;

/// What the routes of a server share.
pub(crate) struct Edge<C: Client> {
    pub(crate) gateway: Gateway<C>,
    pub(crate) authenticator: Box<dyn Authenticator>,
    pub(crate) draining: Arc<AtomicBool>,
    pub(crate) max_body_bytes: usize,
    pub(crate) body_timeout: Duration,
    pub(crate) mode: Mode,
}

/// Header by which developers ask for the plan of their operation: `plan`, or `analyze` for the calls as well.
const PLAN_HEADER: &str = "x-bff-plan";

/// The routes of a server.
pub(crate) fn routes<C: Client>(edge: Edge<C>, config: &Config) -> Router {
    let origins =
        config.server.allowed_origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok());
    let cors = CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([
            header::ACCEPT,
            header::ACCEPT_LANGUAGE,
            header::CONTENT_TYPE,
            header::HeaderName::from_static("x-user-id"),
            header::HeaderName::from_static("x-device-id"),
            header::HeaderName::from_static(PLAN_HEADER),
        ]);
    Router::new()
        .route("/graphql", any(graphql::<C>))
        .layer(cors)
        .route("/healthz", get(async || "ok"))
        .route("/readyz", get(ready::<C>))
        .route("/metrics", get(metrics::<C>))
        .fallback(async || reply::refusal(MediaType::Json, StatusCode::NOT_FOUND, no_such_path()))
        .with_state(Arc::new(edge))
}

fn no_such_path() -> Error {
    Error::client(Code::BadRequest, "There is nothing here: send operations to /graphql.")
}

/// Ready until the server is told to stop: requests already under way still finish.
async fn ready<C: Client>(State(edge): State<Arc<Edge<C>>>) -> (StatusCode, &'static str) {
    if edge.draining.load(Ordering::Relaxed) {
        (StatusCode::SERVICE_UNAVAILABLE, "draining")
    } else {
        (StatusCode::OK, "ready")
    }
}

/// What is counted, as Prometheus reads it.
async fn metrics<C: Client>(State(edge): State<Arc<Edge<C>>>) -> String {
    let violations = edge.gateway.violations();
    format!(
        "# HELP bff_plan_violations_total Calls that were not in the plan of their operation.\n\
         # TYPE bff_plan_violations_total counter\n\
         bff_plan_violations_total {violations}\n"
    )
}

async fn graphql<C: Client>(State(edge): State<Arc<Edge<C>>>, request: Request) -> Response {
    let Some(media_type) = accept::negotiate(request.headers()) else {
        let error = Error::client(
            Code::BadRequest,
            "Accept must allow application/graphql-response+json or application/json.",
        );
        return reply::refusal(MediaType::GraphqlResponse, StatusCode::NOT_ACCEPTABLE, error);
    };
    match edge.respond(request, media_type).await {
        Ok(response) => response,
        Err((status, error)) => {
            let mut response = reply::refusal(media_type, status, error);
            if status == StatusCode::METHOD_NOT_ALLOWED {
                response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, POST"));
            }
            response
        }
    }
}

impl<C: Client> Edge<C> {
    async fn respond(
        &self,
        request: Request,
        media_type: MediaType,
    ) -> Result<Response, (StatusCode, Error)> {
        let (head, body) = request.into_parts();
        let may_change = head.method == Method::POST;
        let mut graphql = match head.method {
            Method::GET => params::from_query(head.uri.query().unwrap_or_default())?,
            Method::POST => {
                params::check_content_type(&head.headers)?;
                params::from_body(&self.read(body).await?)?
            }
            _ => {
                let error = Error::client(Code::BadRequest, "Send operations by GET or POST.");
                return Err((StatusCode::METHOD_NOT_ALLOWED, error));
            }
        };
        if let Some(header) = head.headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok())
        {
            graphql.languages = Languages::parse(header);
        }
        if self.mode == Mode::Development {
            let header = head.headers.get(PLAN_HEADER).and_then(|value| value.to_str().ok());
            graphql.explain = header.map(Explain::of).unwrap_or_default();
        }
        let caller = self
            .authenticator
            .authenticate(&head.headers)
            .map_err(|error| (StatusCode::UNAUTHORIZED, error))?;
        let answer = self.gateway.answer(graphql, caller.clone(), may_change).await;
        let (response, bytes) = reply::answer(media_type, &answer);
        access_line(C::NAME, &caller, response.status().as_u16(), bytes, &answer);
        Ok(response)
    }

    async fn read(&self, body: Body) -> Result<Bytes, (StatusCode, Error)> {
        let limited = Limited::new(body, self.max_body_bytes).collect();
        match tokio::time::timeout(self.body_timeout, limited).await {
            Ok(Ok(collected)) => Ok(collected.to_bytes()),
            Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => {
                let message = format!("The body is longer than {} bytes.", self.max_body_bytes);
                Err((StatusCode::PAYLOAD_TOO_LARGE, Error::client(Code::BadRequest, message)))
            }
            Ok(Err(_)) => {
                Err((StatusCode::BAD_REQUEST, Error::client(Code::BadRequest, "The body broke off.")))
            }
            Err(_elapsed) => {
                Err((StatusCode::REQUEST_TIMEOUT, Error::client(Code::BadRequest, "The body took too long.")))
            }
        }
    }
}
