//! GraphQL over HTTP.

mod accept;
mod body;
mod caching;
mod content;
mod cors;
mod forwarding;
mod head;
mod host;
mod json;
mod origin;
mod params;
mod protection;
mod rejection;
mod reply;
mod sign_in;
#[cfg(feature = "review")]
mod tried;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, header};
use axum::middleware;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, get};
use fetch::SampledLog;
use futures_util::FutureExt as _;
use futures_util::future::join_all;
use http_body::Body as _;
use serde_json::Value;
use tokio::sync::OnceCell;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::SizeAbove;
use tower_http::cors::CorsLayer;

use crate::any_client::AnyClient;
use crate::config::{Config, HttpProfile, Mode};
use gateway::{Access, Answer, BadKey, Explain, Gateway, GraphqlRequest, Known};
use identity::{RequestHead, SignIn, SignedIn};
use resolver::Languages;
use telemetry::Health;

use accept::MediaType;
use body::BodyLimits;
use forwarding::Forwarding;
use origin::Origins;
use params::Parameters;
use protection::Protection;
use rejection::Rejection;
use reply::{ResponseWriter, rejected};
use sign_in::Checks;

pub(crate) use head::MAX_HEADER_BYTES;
pub(crate) use rejection::{RejectionReason, Rejections};

/// State shared by all routes of a server.
pub(crate) struct HttpEdge {
    name: &'static str,
    gateway: Arc<Gateway>,
    sign_in: Arc<dyn SignIn>,
    /// Headers that identify the principal.
    credentials: Arc<[HeaderName]>,
    health: Arc<Health>,
    log: Arc<SampledLog>,
    /// True if the routes for operators are served on an address of their own.
    has_admin: bool,
    origins: Origins,
    forwarding: Forwarding,
    body: BodyLimits,
    profile: HttpProfile,
    max_batch: usize,
    /// Time until an answer, at most.
    deadline: Duration,
    mode: Mode,
    /// Routes from which a page learns what to try; none in production, or without what reviews need.
    page: Router,
    cors: CorsLayer,
    protection: Protection,
}

/// Header by which developers request the plan of their operation: `plan`, or `analyze` for the calls as well.
const PLAN_HEADER: &str = "x-bff-plan";

/// Header by which a client says that a mutation is the same one again.
const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// Path of the keys that verify the credentials which services are shown.
const JWKS: &str = "/.well-known/jwks.json";

/// Length of a body that is skipped where its request is rejected unread, in bytes. After a longer one the connection
/// ends.
const SKIPPED_BYTES: u64 = 4 * 1024;

/// Methods of the operation paths, as the value of `Allow`.
const METHODS: &str = "GET, HEAD, POST, OPTIONS";

/// Minimum length of an answer to be compressed, in bytes: shorter ones fit a packet as they are.
const COMPRESSED_FROM_BYTES: u64 = 1024;

impl HttpEdge {
    pub(crate) fn new(
        client: AnyClient,
        gateway: Gateway,
        sign_in: Arc<dyn SignIn>,
        health: Arc<Health>,
        log: Arc<SampledLog>,
        config: &Config,
    ) -> Self {
        let origins = Origins::of(config);
        let credentials: Arc<[HeaderName]> = sign_in.reads().into();
        Self {
            name: client.name,
            page: page(&client, &gateway, &origins, config),
            gateway: Arc::new(gateway),
            sign_in,
            health,
            log,
            has_admin: config.server.admin.is_some(),
            cors: cors::layer(&origins, &config.server, &credentials),
            credentials,
            origins,
            forwarding: Forwarding::of(config),
            body: BodyLimits::of(config, &client.limits),
            profile: config.server.http_profile,
            max_batch: config.server.max_batch,
            deadline: config.deadline(&client.limits),
            mode: config.mode,
            protection: protection::of(client.browsers, &config.server.public_origins),
        }
    }

    /// Builds the routes of a server, with the keys that verify the credentials of its calls, if it has such. The layers
    /// are listed from the inside out.
    pub(crate) fn routes(mut self, jwks: Option<Value>) -> Router {
        let cors = self.cors.clone();
        let head = middleware::from_fn_with_state(self.profile, head::check);
        let form = middleware::from_fn_with_state(self.profile, head::check_form);
        let routes = Router::new()
            .route("/graphql", any(graphql))
            .route("/graphql/", any(graphql))
            .route("/graphql/o/{id}", any(operation))
            .route("/graphql/o/{id}/", any(operation))
            .layer(CompressionLayer::new().compress_when(SizeAbove::new(COMPRESSED_FROM_BYTES)))
            .layer(middleware::from_fn(caching::validate))
            .route("/", get(root))
            .merge(std::mem::take(&mut self.page).with_state(()))
            .merge(sign_in::routes(self.sign_in.clone(), self.checks()))
            .fallback(no_such_path)
            .layer(head)
            .layer(cors)
            .layer(middleware::from_fn(cors::options));
        let routes = match self.mode {
            Mode::Development => routes.layer(cors::timing(&self.origins)),
            Mode::Production => routes,
        };
        let routes = match jwks {
            Some(jwks) => routes.route(JWKS, get(move || std::future::ready(key_set(&jwks)))),
            None => routes,
        };
        let operators = (!self.has_admin).then(|| self.health.clone().routes());
        let note = middleware::map_response_with_state(self.rejections(), rejection::note);
        let protection = middleware::map_response_with_state(self.protection.clone(), protection::add);
        let routes = routes.with_state(Arc::new(self));
        let routes = match operators {
            Some(operators) => operators.fallback_service(routes),
            None => routes,
        };
        routes.layer(form).layer(note).layer(protection)
    }

    fn checks(&self) -> Checks {
        Checks { origins: self.origins.clone(), profile: self.profile, deadline: self.deadline }
    }

    fn rejections(&self) -> Rejections {
        Rejections::new(self.log.clone(), self.health.metrics().clone())
    }
}

#[cfg(feature = "review")]
fn page(client: &AnyClient, gateway: &Gateway, origins: &Origins, config: &Config) -> Router {
    if config.mode == Mode::Production {
        return Router::new();
    }
    let tried = tried::Tried {
        client: client.short_name(),
        // There are operations to try before the first of them is registered.
        folder: config
            .operations
            .folder
            .clone()
            .or_else(|| Some(client.contracts_folder()).filter(|it| it.is_dir())),
        preparer: gateway.preparer().clone(),
        origins: origins.clone(),
        profile: config.server.http_profile,
    };
    tried.routes()
}

#[cfg(not(feature = "review"))]
fn page(_: &AnyClient, _: &Gateway, _: &Origins, _: &Config) -> Router {
    Router::new()
}

/// Answers the root path: a developer who opens a development server in a browser is looking for the playground.
async fn root(state: State<Arc<HttpEdge>>, request: Request) -> Response {
    if state.mode == Mode::Development {
        let text = format!(
            "{} answers GraphQL at /graphql. `cargo up` has a playground for it: http://localhost:4000\n",
            state.name
        );
        return text.into_response();
    }
    no_such_path(state, request).await
}

/// Answers a service that asks for the keys of the server.
fn key_set(jwks: &Value) -> Response {
    let headers =
        [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "public, max-age=300")];
    (headers, jwks.to_string()).into_response()
}

async fn no_such_path(State(edge): State<Arc<HttpEdge>>, request: Request) -> Response {
    let rejection =
        Rejection::new(RejectionReason::NoSuchPath, "There is nothing here: send operations to /graphql.");
    edge.writer(&request, MediaType::Json).rejection(rejection)
}

async fn graphql(State(edge): State<Arc<HttpEdge>>, request: Request) -> Response {
    edge.handle(request, None).await
}

/// Answers a request for an operation that the path names by id.
async fn operation(
    State(edge): State<Arc<HttpEdge>>,
    id: Result<Path<String>, PathRejection>,
    request: Request,
) -> Response {
    if let Ok(Path(id)) = id {
        return edge.handle(request, Some(id)).await;
    }
    edge.writer(&request, MediaType::Json)
        .rejection(Rejection::new(RejectionReason::Unreadable, "The path is not UTF-8."))
}

impl HttpEdge {
    fn writer(&self, request: &Request, media_type: MediaType) -> ResponseWriter {
        ResponseWriter {
            profile: self.profile,
            media_type,
            method: request.method().clone(),
            credentials: self.credentials.clone(),
        }
    }

    /// Answers a request, whose path may name the operation.
    async fn handle(&self, request: Request, id: Option<String>) -> Response {
        let Some(media_type) = accept::negotiate(request.headers()) else {
            let message = "Accept must allow application/graphql-response+json or application/json.";
            return self
                .writer(&request, MediaType::Json)
                .rejection(Rejection::new(RejectionReason::NotAcceptable, message));
        };
        let writer = self.writer(&request, media_type);
        match self.respond(request, id, &writer).await {
            Ok(response) => response,
            Err(rejection) => writer.rejection(rejection),
        }
    }

    /// Answers a request, or returns its rejection. Headers that show a tricked browser are checked first and the
    /// credential last, so that an untrusted request gets the same answer whatever credential it carries.
    async fn respond(
        &self,
        request: Request,
        id: Option<String>,
        writer: &ResponseWriter,
    ) -> Result<Response, Rejection> {
        let (head, body) = request.into_parts();
        if let Some(bound) = head.extensions.get() {
            return Err(Rejection::past(*bound));
        }
        self.origins.check(&head)?;
        // hyper skips a short body that has come with its head, and the connection goes on.
        let is_read = body.size_hint().exact().is_some_and(|bytes| bytes <= SKIPPED_BYTES);
        self.gateway.room(id.as_deref()).map_err(|shed| Rejection::shed(shed, is_read))?;
        let parameters = match head.method {
            // The router omits the body of an answer to HEAD, and nothing else.
            Method::GET | Method::HEAD => {
                Parameters::One(params::from_query(head.uri.query().unwrap_or_default())?)
            }
            Method::POST => {
                content::check(&head.headers)?;
                let body = self.body.read(body).await?;
                self.health.metrics().request_bytes(body.len());
                params::from_body(&body, self.max_batch)?
            }
            _ => return Err(Rejection::new(RejectionReason::Method, "Send operations by GET or POST.")),
        };
        let parameters = match id {
            Some(id) => parameters.at_path(id)?,
            None => parameters.named()?,
        };
        // The principal is identified once for all requests of a batch, and only if one of them gets that far.
        let signed_in = OnceCell::new();
        match parameters {
            Parameters::One(graphql) => {
                let access = self.access();
                let answer = self.answer(graphql, &head, &signed_in, access.known()).await;
                let (response, bytes) = writer.answer(&answer, access.known().left());
                access.answered(response.status().as_u16(), bytes, &answer);
                Ok(response)
            }
            Parameters::Many(_) if head.headers.contains_key(IDEMPOTENCY_KEY) => {
                let message = "An idempotency key stands for one request: give each its own, in its input.";
                Err(Rejection::new(RejectionReason::IllFormed, message))
            }
            Parameters::Many(batch) => {
                let answers = join_all(batch.into_iter().map(async |graphql| {
                    let graphql = graphql?;
                    let access = self.access();
                    let answer = self.answer(graphql, &head, &signed_in, access.known()).await;
                    let left = access.known().left().cloned();
                    access.answered(StatusCode::OK.as_u16(), answer.body().len(), &answer);
                    Ok((answer, left))
                }))
                .await;
                let bodies: Vec<_> = answers
                    .iter()
                    .map(|answer| match answer {
                        Ok((answer, _)) => answer.body().clone(),
                        Err(rejection) => rejected(Rejection::clone(rejection)),
                    })
                    .collect();
                let delay = answers.iter().flatten().filter_map(|(answer, _)| answer.retry_after).max();
                let left = answers.iter().flatten().filter_map(|(_, left)| left.as_ref());
                Ok(writer.batch(&bodies, delay, left.min_by_key(|left| left.remaining)))
            }
        }
    }

    fn access(&self) -> Access {
        Access::begin(self.name, self.health.clone())
    }

    /// Answers one request, alone or of a batch. A panic is handled like any internal error: it fails this request, but
    /// neither the others of the batch nor the connection.
    async fn answer(
        &self,
        mut graphql: GraphqlRequest,
        head: &Parts,
        signed_in: &OnceCell<SignedIn>,
        known: &Arc<Known>,
    ) -> Arc<Answer> {
        let header = |name| head.headers.get(name).and_then(|value| value.to_str().ok());
        if let Some(languages) = header(header::ACCEPT_LANGUAGE.as_str()) {
            graphql.languages = Languages::parse(languages);
        }
        if self.mode == Mode::Development {
            graphql.explain = header(PLAN_HEADER).map(Explain::of).unwrap_or_default();
        }
        graphql.idempotency_key = idempotency_key(&head.headers);
        graphql.address = self.forwarding.client(head);
        let operation_name = graphql.operation_name.clone();
        let may_change = head.method == Method::POST;
        let request = RequestHead::new(&head.method, &head.uri, &head.headers);
        let request = graphql.address.map_or(request, |address| request.from_peer(address));
        let signed_in = async { signed_in.get_or_init(|| self.sign_in.sign_in(request)).await.clone() };
        let answering = self.gateway.answer(graphql, signed_in, may_change, known);
        AssertUnwindSafe(answering).catch_unwind().await.unwrap_or_else(|_logged| {
            let failed = Answer::internal("answering panicked; the line of the panic says where");
            Arc::new(Answer { operation_name, ..failed })
        })
    }
}

/// Returns the idempotency key of a request: in quotes, as the header is defined, or without, as it is often sent. `None`
/// if there is no such header.
fn idempotency_key(headers: &HeaderMap) -> Option<Result<String, BadKey>> {
    let mut lines = headers.get_all(IDEMPOTENCY_KEY).iter();
    let line = lines.next()?;
    let text = line.to_str().ok().filter(|_| lines.next().is_none());
    let bare = text.map(|text| text.strip_prefix('"').and_then(|it| it.strip_suffix('"')).unwrap_or(text));
    let fits = |key: &&str| (1..=255).contains(&key.len()) && key.bytes().all(|it| it.is_ascii_graphic());
    Some(bare.filter(fits).map(str::to_owned).ok_or(BadKey))
}
