//! Endpoints for the page: the clients, and the way to those that are none of the shop.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Page;
use super::bff::Bff;
use crate::Addresses;
use crate::credentials::{Credentials, reached};

/// The clients of the shop, and BFFs that are none of it.
pub(super) struct Clients {
    addresses: Addresses,
    credentials: Arc<Credentials>,
    others: Vec<Bff>,
}

/// Description of one client for the page.
struct About {
    name: &'static str,
    title: &'static str,
    /// Credentials of its requests: a header, or for browsers the page of a login.
    signs_in: fn(&Credentials) -> SignsIn,
}

/// Credentials of requests.
#[derive(Default)]
struct SignsIn {
    headers: BTreeMap<&'static str, String>,
    /// The page of the login.
    login: Option<String>,
}

const CLIENTS: [About; 3] = [
    About {
        name: "mobile",
        title: "Phone app",
        signs_in: |it| SignsIn { headers: [it.phone()].into(), login: None },
    },
    About {
        name: "web",
        title: "Web shop",
        signs_in: |it| SignsIn { login: Some(it.login()), ..SignsIn::default() },
    },
    About {
        name: "iot",
        title: "Shelf devices",
        signs_in: |it| SignsIn { headers: [it.device()].into(), login: None },
    },
];

impl Clients {
    pub(super) fn new(addresses: Addresses, credentials: Arc<Credentials>, others: Vec<Bff>) -> Self {
        Self { addresses, credentials, others }
    }
}

/// Lists the clients: where the BFF of each is, what signs in, and its operations.
pub(super) async fn list(State(page): State<Arc<Page>>) -> Json<Value> {
    let Clients { addresses, credentials, others } = &page.clients;
    let (mut listed, mut problems) = (Vec::new(), Vec::new());
    for (about, address) in CLIENTS.iter().zip([addresses.mobile, addresses.web, addresses.iot]) {
        let bff = format!("http://{}", reached(address)).parse::<Bff>();
        let examples = match bff {
            Ok(bff) => bff.examples().await,
            Err(problem) => Err(problem),
        };
        let SignsIn { headers, login } = (about.signs_in)(credentials);
        listed.push(json!({
            "name": about.name,
            "title": about.title,
            "port": address.port(),
            "path": null,
            "headers": headers,
            "login": login,
            "operations": told(examples, &mut problems)["operations"],
        }));
    }
    for (index, bff) in others.iter().enumerate() {
        let mut examples = told(bff.examples().await, &mut problems);
        let name = examples["client"].as_str().map_or_else(|| bff.to_string(), str::to_owned);
        listed.push(json!({
            "name": format!("{name}-{index}"),
            "title": name,
            "port": null,
            "path": format!("/bff/{index}"),
            "headers": {},
            "login": null,
            "operations": examples["operations"].take(),
        }));
    }
    Json(json!({ "clients": listed, "problems": problems }))
}

/// Returns what a BFF tells, and adds its problems to those of the page.
fn told(examples: Result<Value, String>, problems: &mut Vec<String>) -> Value {
    let examples = examples.unwrap_or_else(|problem| json!({ "operations": [], "problems": [problem] }));
    let all = examples["problems"].as_array().into_iter().flatten();
    problems.extend(all.filter_map(|problem| problem.as_str().map(str::to_owned)));
    examples
}

/// Passes a request on to a BFF that is none of the shop.
pub(super) async fn forward(
    State(page): State<Arc<Page>>,
    Path((index, path)): Path<(usize, String)>,
    request: Request,
) -> Response {
    // No page of another site can send JSON here, since this server permits none to.
    let is_json = request.headers().get(header::CONTENT_TYPE).is_some_and(|it| it == "application/json");
    let Some(bff) = page.clients.others.get(index).filter(|_| is_json) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match bff.forward(request, &path).await {
        Ok(response) => response,
        Err(problem) => {
            let problem = json!({ "errors": [{ "message": problem }] });
            (StatusCode::BAD_GATEWAY, Json(problem)).into_response()
        }
    }
}

/// The user that a token is for.
#[derive(Deserialize)]
pub(super) struct Of {
    user: String,
}

/// Returns an access token of the phone app for any demo user, so that tools need not sign in by a browser.
pub(super) async fn phone_token(State(page): State<Arc<Page>>, Query(Of { user }): Query<Of>) -> Response {
    let no_store = [(header::CACHE_CONTROL, "no-store")];
    (no_store, page.clients.credentials.phone_token(&user)).into_response()
}
