//! Endpoints for the page: the clients, the operations they ship, and the plan of an operation.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use axum::Json;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use bff_kit::AnyClient;
use contracts::{ContractError, Folder, printed};
use operation::Preparer;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Page;
use crate::Addresses;
use crate::credentials::Credentials;

/// The clients, and the folder of their contracts.
pub(super) struct Clients {
    addresses: Addresses,
    contracts: Option<PathBuf>,
    credentials: Arc<Credentials>,
    preparers: [OnceLock<Preparer>; 3],
}

/// Description of one client for the page.
struct About {
    name: &'static str,
    title: &'static str,
    /// Credentials of its requests: a header, or for browsers the page of a login.
    signs_in: fn(&Credentials) -> SignsIn,
    client: fn() -> AnyClient,
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
        client: bff_mobile::client,
    },
    About {
        name: "web",
        title: "Web shop",
        signs_in: |it| SignsIn { login: Some(it.login()), ..SignsIn::default() },
        client: bff_web::client,
    },
    About {
        name: "iot",
        title: "Shelf devices",
        signs_in: |it| SignsIn { headers: [it.device()].into(), login: None },
        client: bff_iot::client,
    },
];

/// An operation that a client ships, ready to run.
#[derive(Serialize)]
struct Shipped {
    name: String,
    /// The release it belongs to, if today's operation of that name differs or does not exist; `None` for today's
    /// operations.
    release: Option<String>,
    text: String,
    variables: Value,
}

impl Clients {
    pub(super) fn new(
        addresses: Addresses,
        contracts: Option<PathBuf>,
        credentials: Arc<Credentials>,
    ) -> Self {
        Self { addresses, contracts, credentials, preparers: std::array::from_fn(|_| OnceLock::new()) }
    }

    /// The operations a client ships according to the files, then the operations of its releases that differ, newest
    /// release first.
    fn shipped(&self, client: &str) -> Result<Vec<Shipped>, ContractError> {
        let Some(folder) = &self.contracts else { return Ok(Vec::new()) };
        let contracts = Folder::new(folder.join(client));
        let examples = contracts.examples()?;
        let variables = |name: &str, text: &str| {
            let all = examples.get(name).and_then(|example| example.variables.as_object());
            let declared = |(name, _): &(&String, &Value)| text.contains(&format!("${name}"));
            let own = all.into_iter().flatten().filter(declared);
            Value::Object(own.map(|(name, value)| (name.clone(), value.clone())).collect())
        };
        let shipped = |release: Option<&str>, name: String, text: String| Shipped {
            variables: variables(&name, &text),
            release: release.map(str::to_owned),
            name,
            text,
        };
        let today = contracts.operations()?.into_iter();
        let mut all: Vec<_> = today.map(|it| shipped(None, it.name, it.text)).collect();
        // Registered documents have no comments.
        let mut known: HashSet<_> = all.iter().map(|it| printed(&it.text)).collect();
        for release in contracts.releases()?.into_iter().rev() {
            for operation in release.operations {
                if known.insert(printed(&operation.text)) {
                    all.push(shipped(Some(&release.version), operation.name, operation.text));
                }
            }
        }
        Ok(all)
    }
}

/// Lists the clients: the port of each, what signs in, and its operations.
pub(super) async fn list(State(page): State<Arc<Page>>) -> Json<Value> {
    let clients = &page.clients;
    let Addresses { mobile, web, iot, .. } = clients.addresses;
    let mut problems = Vec::new();
    if clients.contracts.is_none() {
        problems.push("There is no folder `schema` here, so there are no examples.".to_owned());
    }
    let listed: Vec<_> = CLIENTS
        .iter()
        .zip([mobile, web, iot])
        .map(|(about, address)| {
            let operations = clients.shipped(about.name).unwrap_or_else(|error| {
                problems.push(error.to_string());
                Vec::new()
            });
            let SignsIn { headers, login } = (about.signs_in)(&clients.credentials);
            json!({
                "name": about.name,
                "title": about.title,
                "port": address.port(),
                "headers": headers,
                "login": login,
                "operations": operations,
            })
        })
        .collect();
    Json(json!({ "clients": listed, "problems": problems }))
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

/// The client that an operation belongs to.
#[derive(Deserialize)]
pub(super) struct Whose {
    client: String,
}

/// Returns the plan of the only operation of a document, or the problems with it.
pub(super) async fn plan(
    State(page): State<Arc<Page>>,
    Query(Whose { client }): Query<Whose>,
    document: String,
) -> Response {
    let Some(at) = CLIENTS.iter().position(|it| it.name == client) else {
        return (StatusCode::NOT_FOUND, Json(json!({ "problems": ["There is no such client."] })))
            .into_response();
    };
    match page.clients.preparers[at]
        .get_or_init(|| bff_kit::host::preparer((CLIENTS[at].client)()))
        .plan(&document)
    {
        Ok(plan) => Json(plan).into_response(),
        Err(none) => {
            let problems: Vec<_> = none.problems().iter().map(ToString::to_string).collect();
            // No failure: most documents are not finished while they are typed.
            Json(json!({ "problems": problems })).into_response()
        }
    }
}
