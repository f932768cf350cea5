//! A BFF in front of services that are made of their contracts, without sockets.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use bff_kit::AnyClient;
use bff_kit::host::config::Config;
use bff_kit::host::{Clock, Server};
use bytes::Bytes;
use contracts::Protos;
use http::{HeaderName, HeaderValue, Request, Response, header};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use operation::Preparer;
use operation::schema::{FieldInfo, SchemaIndex};
use prost_reflect::DescriptorPool;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::answer::Answer;
use crate::network::{Dialled, Network};
use crate::services::{self, Known, Services};
use crate::sign_in::{Principals, SCOPES};

/// Name of the server, as its clients call it.
const HOST: &str = "bff";

/// Time of day of every server, in seconds since 1970: a day after the times in the answers of services.
const NOW_S: i64 = 1_780_086_400;

/// A BFF to test: its client, and the contracts of the services behind it.
#[derive(Clone, Debug)]
pub struct Bff {
    pub(crate) client: AnyClient,
    pub(crate) principals: Principals,
    pub(crate) folder: Option<PathBuf>,
    /// Values of arguments, by coordinate, such as `Query.node(id:)`.
    pub(crate) arguments: BTreeMap<String, String>,
    pool: DescriptorPool,
    values: BTreeMap<String, Value>,
    scopes: String,
}

impl Bff {
    /// Describes the BFF of a client over services with the contracts that the client names.
    ///
    /// # Panics
    /// If `Client::descriptors` returns no set of file descriptors.
    #[must_use]
    pub fn new(client: AnyClient) -> Self {
        let descriptors = client.descriptors();
        assert!(!descriptors.is_empty(), "{} names no contracts: write `Client::descriptors`", client.name());
        let pool = DescriptorPool::decode(descriptors).expect("a set of file descriptors");
        let (arguments, values) = (BTreeMap::new(), BTreeMap::new());
        let principals = Principals::Users;
        let scopes = scopes(&bff_kit::host::preparer(client).schema_index);
        Self { client, principals, folder: None, arguments, pool, values, scopes }
    }

    /// Sets the folder of the client's contracts, whose operations are tested too.
    #[must_use]
    pub fn with_contracts(self, folder: impl Into<PathBuf>) -> Self {
        Self { folder: Some(folder.into()), ..self }
    }

    /// Sets that devices use the BFF, not users.
    #[must_use]
    pub fn of_devices(self) -> Self {
        Self { principals: Principals::Devices, ..self }
    }

    /// Sets the value of a field of the services' messages, by its full name, such as `"shop.catalog.v1.Product.brand"`.
    ///
    /// # Panics
    /// If there is no such field, or it cannot hold the value.
    #[must_use]
    pub fn with_value(mut self, field: &str, value: Value) -> Self {
        services::check_value(&self.pool, field, &value);
        self.values.insert(field.to_owned(), value);
        self
    }

    /// Sets the value of a required argument, such as `"Query.product(id:)"`, as a document writes it. Ids need none: one
    /// that the field takes is found by trial.
    ///
    /// # Panics
    /// If the schema has no such argument.
    #[must_use]
    pub fn with_argument(mut self, coordinate: &str, literal: &str) -> Self {
        let schema_index = self.preparer().schema_index;
        let of_field = |(type_name, fields): (&str, &BTreeMap<String, Arc<FieldInfo>>)| {
            has_argument(type_name, fields, coordinate)
        };
        let is_known = schema_index.types().into_iter().any(of_field);
        assert!(is_known, "the schema has no argument {coordinate}");
        self.arguments.insert(coordinate.to_owned(), literal.to_owned());
        self
    }

    /// Opens the services, and the BFF in front of them.
    #[must_use]
    pub fn open(&self) -> Opened {
        self.open_with(|_| {})
    }

    /// Opens the services, and the BFF in front of them with another configuration. Without one it is in development, takes
    /// any operation, keeps nothing between requests and never stops to call a service that fails.
    #[must_use]
    pub fn open_with(&self, configure: impl FnOnce(&mut Config)) -> Opened {
        let services = Services::new(self.pool.clone(), self.known());
        self.opened(services.clone(), |listener| services.serve(listener), configure)
    }

    /// Opens services of the test's own, and the BFF in front of them: `serve` gets their connections, a stream that a server of
    /// tonic takes.
    #[must_use]
    pub fn open_over<F>(&self, serve: impl FnOnce(Dialled) -> F) -> Opened
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.opened(Services::new(self.pool.clone(), Known::default()), serve, |_| {})
    }

    fn opened<F>(
        &self,
        services: Services,
        serve: impl FnOnce(Dialled) -> F,
        configure: impl FnOnce(&mut Config),
    ) -> Opened
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let network = Network::default();
        let mut servers = JoinSet::new();
        let (listener, upstream) = network.listen();
        servers.spawn(serve(listener));

        let mut config = Config::development();
        config.upstream.default = format!("http://{upstream}");
        config.upstream.breaker_min_calls = 0;
        config.server.public_origins = vec![format!("http://{HOST}")];
        config.cache.value_bytes = 0;
        config.operations.replay_ms = 0;
        configure(&mut config);
        let client = self.principals.believed(self.client);
        let (listener, address) = network.listen();
        let server = Server::new(config).with_clock(Clock::fixed(now()));
        let dialler = network.clone();
        servers.spawn(async move {
            let serving = server.serve(client, listener, dialler, std::future::pending()).await;
            serving.expect("a configuration that the server can use");
        });
        Opened {
            services,
            network,
            address,
            principals: self.principals,
            scopes: self.scopes.clone(),
            _servers: servers,
        }
    }

    /// Returns the preparer of the client's operations.
    #[must_use]
    pub fn preparer(&self) -> Preparer {
        bff_kit::host::preparer(self.client)
    }

    /// Returns the problems of what fields declare, as far as the contracts tell.
    pub(crate) fn declaration_problems(&self) -> Vec<String> {
        Protos::of(self.pool.clone()).declaration_problems(&self.preparer().schema_index)
    }

    /// Returns what the schema knows of its services.
    fn known(&self) -> Known {
        let schema_index = self.preparer().schema_index;
        let (mut public, mut most) = (BTreeSet::new(), BTreeMap::<String, usize>::new());
        let mut batches = BTreeMap::new();
        for info in schema_index.types().values().flat_map(|fields| fields.values()) {
            let several = info.steps.iter().filter(|step| step.max_keys > 1);
            batches.extend(several.map(|step| (step.rpc.clone(), step.reads.clone())));
            public.extend(info.steps.iter().filter(|step| step.public).map(|step| step.rpc.clone()));
            // The list of the first call, whose items are the field's, or the keys of the second.
            if let (Some(step), Some(items)) = (info.steps.first(), info.bounds.items) {
                let items = usize::try_from(items).unwrap_or(usize::MAX);
                most.entry(step.rpc.clone()).and_modify(|it| *it = items.min(*it)).or_insert(items);
            }
        }
        // Which list of a message a field reads is not known, so none is longer than the least of them may be.
        let read = schema_index.types().into_values().flat_map(BTreeMap::values);
        let read = read.filter(|info| info.steps.is_empty()).filter_map(|info| info.bounds.items);
        let read = read.min().map_or(usize::MAX, |items| usize::try_from(items).unwrap_or(usize::MAX));
        Known { public, batches, most, read, values: self.values.clone() }
    }
}

/// Returns true if a field of a type has the argument with this coordinate.
fn has_argument(type_name: &str, fields: &BTreeMap<String, Arc<FieldInfo>>, coordinate: &str) -> bool {
    fields.iter().any(|(field, info)| {
        info.arguments.keys().any(|argument| format!("{type_name}.{field}({argument}:)") == coordinate)
    })
}

/// Returns the time of day of every server.
fn now() -> Timestamp {
    Timestamp::from_second(NOW_S).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Returns all scopes that a schema requires.
fn scopes(schema_index: &SchemaIndex) -> String {
    let types = schema_index.types();
    let fields = types.values().flat_map(|fields| fields.values());
    let scopes: BTreeSet<_> = fields.flat_map(|info| info.requires.scopes.iter().cloned()).collect();
    scopes.into_iter().collect::<Vec<_>>().join(" ")
}

/// A BFF and its services, which end when this is dropped.
#[derive(Debug)]
pub struct Opened {
    services: Services,
    network: Network,
    address: SocketAddr,
    principals: Principals,
    scopes: String,
    _servers: JoinSet<()>,
}

impl Opened {
    /// Returns the services that the contracts make up; nobody calls them where the test has some of its own.
    #[must_use]
    pub const fn services(&self) -> &Services {
        &self.services
    }

    /// Sends a query in the name of somebody.
    pub async fn query(&self, query: &str) -> Answer {
        self.send(&json!({ "query": query }), Some("ada"), &[]).await
    }

    /// Sends a GraphQL request with these headers, in the name of a principal with every scope, or of nobody.
    ///
    /// # Panics
    /// If a header cannot be sent, or the server does not answer.
    pub async fn send(&self, body: &Value, principal: Option<&str>, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::post("/graphql")
            .header(header::HOST, HOST)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/graphql-response+json")
            .body(Full::from(body.to_string()))
            .expect("a request");
        let named = principal.map(|name| (self.principals.header(), name));
        let scopes = principal.map(|_| (SCOPES, self.scopes.as_str()));
        for (name, value) in headers.iter().copied().chain(named).chain(scopes) {
            let name = HeaderName::try_from(name).expect("the name of a header");
            request.headers_mut().insert(name, HeaderValue::from_str(value).expect("the value of a header"));
        }
        Answer::of(self.fetch(request).await)
    }

    /// Sends any request on a connection of its own.
    ///
    /// # Panics
    /// If the server does not answer.
    pub async fn fetch(&self, request: Request<Full<Bytes>>) -> Response<Bytes> {
        let stream = self.network.dial(self.address).expect("the server listens");
        let (mut sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.expect("the server speaks HTTP");
        let mut running = JoinSet::new();
        running.spawn(async move { drop(connection.await) });
        let (head, body) = sender.send_request(request).await.expect("the server answers").into_parts();
        let body = body.collect().await.expect("the server ends its answer").to_bytes();
        Response::from_parts(head, body)
    }
}
