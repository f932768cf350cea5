//! The page: `GraphiQL` for each client if it could be built, a plain page otherwise, and the endpoints that both use.

mod bff;
mod build;
mod bundle;
mod clients;
mod plain;
mod services;

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use domain_stubs::Domain;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::Addresses;
use crate::credentials::Credentials;
use bundle::{Bundle, File};
use clients::Clients;

pub use bff::Bff;

/// Folders that the page is made of, and BFFs that it is opened for.
#[derive(Clone, Debug)]
pub(crate) struct Sources {
    /// Sources of the web application; without them the plain page is served.
    pub(crate) web: Option<PathBuf>,
    /// The folder that holds the contracts of each client.
    pub(crate) contracts: Option<PathBuf>,
    /// BFFs that are none of the shop.
    pub(crate) others: Vec<Bff>,
}

/// The page that is served at the moment.
#[derive(Clone, Debug)]
enum Stage {
    /// The plain one, because there are no sources to build another from.
    Plain,
    /// The plain one, until the other is built.
    Building,
    /// The plain one, because the other cannot be built.
    Failed,
    /// The built one.
    Built(Arc<Bundle>),
}

struct Page {
    addresses: Addresses,
    stage: watch::Receiver<Stage>,
    clients: Clients,
    domain: Domain,
    plain_policy: HeaderValue,
    built_policy: HeaderValue,
}

pub(crate) async fn serve(
    addresses: Addresses,
    sources: Sources,
    credentials: Arc<Credentials>,
    domain: Domain,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let (set_stage, stage) = watch::channel(Stage::Plain);
    // The build is aborted when this function is dropped.
    let mut building = JoinSet::new();
    if let Some(web) = sources.web {
        set_stage.send_replace(Stage::Building);
        building.spawn(async move { set_stage.send_replace(built(web).await) });
    }
    let policy = |policy: &str| {
        let ports = ports(addresses).map(|port| format!("http://localhost:{port} http://127.0.0.1:{port}"));
        HeaderValue::try_from(format!(
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
             connect-src 'self' {}; {policy}",
            ports.join(" ")
        ))
    };
    let page = Page {
        addresses,
        stage,
        clients: Clients::new(addresses, credentials, sources.others),
        domain,
        plain_policy: policy("style-src 'unsafe-inline'; script-src 'unsafe-inline'")?,
        // The editor writes inline styles while it runs, and its fonts and pictures are part of its style sheet.
        built_policy: policy(
            "script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src 'self' data:; \
             worker-src 'self' blob:",
        )?,
    };
    let routes = Router::new()
        .route("/", get(index))
        .route("/assets/{name}", get(asset))
        .route("/api/page", get(stage_of))
        .route("/api/clients.json", get(clients::list))
        .route("/api/phone-token", get(clients::phone_token))
        .route("/bff/{index}/{*path}", post(clients::forward))
        .route("/api/services", get(services::list).put(services::switch))
        .with_state(Arc::new(page));
    axum::serve(listener, routes).with_graceful_shutdown(shutdown).await?;
    Ok(())
}

/// Builds the page, logs the outcome, and returns the resulting stage.
async fn built(web: PathBuf) -> Stage {
    match build::bundle(&web).await {
        Ok(bundle) => {
            tracing::info!("the page with GraphiQL is ready: open it, or load it again");
            Stage::Built(Arc::new(bundle))
        }
        Err(error) => {
            tracing::warn!("serving the plain page, for the one with GraphiQL cannot be built: {error:#}");
            Stage::Failed
        }
    }
}

async fn index(State(page): State<Arc<Page>>, headers: HeaderMap) -> Response {
    // Browsers keep the cookies of one name of this machine from the others, and the web shop's are those of `localhost`.
    let port = page.addresses.page.port();
    if headers.get(header::HOST).is_some_and(|host| *host == format!("127.0.0.1:{port}").as_str()) {
        return Redirect::temporary(&format!("http://localhost:{port}/")).into_response();
    }
    let stage = page.stage.borrow().clone();
    if let Stage::Built(bundle) = &stage
        && let Some(index) = bundle.file("index.html")
    {
        return file(index, "no-cache", &page.built_policy);
    }
    let text = plain::render(page.addresses, &stage);
    file(
        &File { content_type: "text/html; charset=utf-8", bytes: text.into() },
        "no-cache",
        &page.plain_policy,
    )
}

async fn asset(State(page): State<Arc<Page>>, Path(name): Path<String>) -> Response {
    let stage = page.stage.borrow().clone();
    match &stage {
        Stage::Built(bundle) => match bundle.file(&format!("assets/{name}")) {
            // The name holds a hash of the content.
            Some(found) => file(found, "max-age=31536000, immutable", &page.built_policy),
            None => StatusCode::NOT_FOUND.into_response(),
        },
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Returns the page that `/` serves, for a plain page that waits for the built one.
async fn stage_of(State(page): State<Arc<Page>>) -> Response {
    let stage = match &*page.stage.borrow() {
        Stage::Plain => "plain",
        Stage::Building => "building",
        Stage::Failed => "failed",
        Stage::Built(_) => "built",
    };
    Json(json!({ "stage": stage })).into_response()
}

fn file(file: &File, cache: &'static str, policy: &HeaderValue) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(file.content_type)),
        (header::CACHE_CONTROL, HeaderValue::from_static(cache)),
        (header::CONTENT_SECURITY_POLICY, policy.clone()),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    (headers, file.bytes.clone()).into_response()
}

fn ports(addresses: Addresses) -> [u16; 3] {
    [addresses.mobile.port(), addresses.web.port(), addresses.iot.port()]
}
