//! A shop that belongs to one test.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::LazyLock;
use std::time::Duration;

use axum::serve::{Listener, ListenerExt as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bff_kit::AnyClient;
use bff_kit::Mode;
use bff_kit::host::config::Config;
use bff_kit::host::{Clock, PeerAddress, Server, Tcp};
use bytes::Bytes;
use domain_stubs::credential::Permissions;
use domain_stubs::{Domain, Options, Seed, Services};
use http::{HeaderName, HeaderValue, Request, Response, header};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client as HttpClient;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use jiff::Timestamp;
use proto::admin::Fault;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::credentials;
use super::network::Network;
use super::{Answer, Connection, Kind, Lies, contracts, named, schema_folder};

/// The time in every test: the shop was seeded at this moment.
pub(crate) fn now() -> Timestamp {
    "2026-06-01T12:00:00Z".parse().unwrap()
}

/// The BFF of one test, which has no contracts.
const WANDERING: &str = "bff-wandering";

/// A customer with a cart, orders and notifications.
pub(crate) const ADA: (&str, &str) = ("x-user-id", "user-ada-lindqvist");

/// Options of a domain over the data in a file, or in memory. Its clock stands still, as do those of the BFFs.
pub(crate) fn options(data: Option<PathBuf>) -> Options {
    static SEED: LazyLock<Seed> = LazyLock::new(|| Seed::new(now()).unwrap());
    let seed = data.is_none().then(|| SEED.clone());
    Options { data, seed, ..options_at(now()) }
}

/// Options of a domain whose shop was opened at a moment and whose clock stays there. It also accepts the BFF of one
/// test.
fn options_at(moment: Timestamp) -> Options {
    static PERMISSIONS: LazyLock<Permissions> = LazyLock::new(|| {
        let _written = contracts(Kind::Mobile);
        Permissions::read(&schema_folder()).unwrap().with_all(WANDERING)
    });
    let mut options = Options { permissions: Some(PERMISSIONS.clone()), ..Options::default() };
    options.issuers.push(WANDERING.to_owned());
    Options { seed_time: moment, clock: domain_stubs::Clock::fixed(moment), ..options }
}

/// A device on a shelf.
pub(crate) const SHELF: (&str, &str) = ("x-device-id", "shelf-0001");

/// The client-side id of an object.
pub(crate) fn id_of(kind: &str, raw: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{kind}:{raw}"))
}

/// The client-side id of a product.
pub(crate) fn product_id(raw: &str) -> String {
    id_of("Product", raw)
}

/// The client-side id of an order.
pub(crate) fn order_id(raw: &str) -> String {
    id_of("Order", raw)
}

/// The client-side id of a device.
pub(crate) fn device_id(raw: &str) -> String {
    id_of("Device", raw)
}

/// A text, percent-encoded as a parameter of an address.
pub(crate) fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        write!(encoded, "%{byte:02X}").unwrap();
        encoded
    })
}

/// The domain and the three BFFs on ports of their own. All of them end when this is dropped.
pub(crate) struct Shop {
    pub(crate) domain: Domain,
    pub(crate) mobile: SocketAddr,
    pub(crate) web: SocketAddr,
    pub(crate) iot: SocketAddr,
    http: HttpClient<HttpConnector, Full<Bytes>>,
    /// The address at which the services listen.
    pub(crate) domain_address: SocketAddr,
    /// The network in memory; `None` if there are sockets.
    network: Option<Network>,
    servers: JoinSet<()>,
}

impl Shop {
    /// A shop in development mode.
    pub(crate) async fn open() -> Self {
        Self::with(|_| {}).await
    }

    /// A shop opened at another moment. The moment is before now: credentials that the shop issues must not have
    /// expired.
    pub(crate) async fn opened_at(moment: &str) -> Self {
        Self::opened(options_at(moment.parse().unwrap()), |_, _| {}).await
    }

    /// A shop with another configuration of the BFFs.
    pub(crate) async fn with(configure: impl Fn(&mut Config)) -> Self {
        Self::over(None, configure).await
    }

    /// A shop over the data in a file.
    pub(crate) async fn over(data: Option<PathBuf>, configure: impl Fn(&mut Config)) -> Self {
        Self::opened(options(data), |config, _| configure(config)).await
    }

    /// A shop with another domain, and another configuration of the BFFs.
    pub(crate) async fn built_on(options: Options, configure: impl Fn(&mut Config)) -> Self {
        Self::opened(options, |config, _| configure(config)).await
    }

    /// A shop with another domain.
    pub(crate) async fn of(options: Options) -> Self {
        Self::opened(options, |_, _| {}).await
    }

    /// A shop whose services can be made to lie.
    pub(crate) async fn lied_to() -> (Self, Lies) {
        let (lies, listener) = (Lies::default(), TcpListener::bind("127.0.0.1:0").await.unwrap());
        let liar = format!("http://{}", listener.local_addr().unwrap());
        let mut shop =
            Self::opened(options(None), |config, _| config.upstream.default.clone_from(&liar)).await;
        let domain = shop.domain_address;
        shop.servers.spawn(lies.clone().serve(listener, domain));
        (shop, lies)
    }

    /// A shop of this many products, computed from their numbers.
    pub(crate) async fn synthetic(products: u32) -> Self {
        Self::of(Options { synthetic: Some(products), ..options(None) }).await
    }

    /// A shop with another configuration of each BFF. The folder of operations is that of all clients.
    pub(crate) async fn per_client(configure: impl Fn(&mut Config, Kind)) -> Self {
        Self::opened(options(None), configure).await
    }

    /// A shop at this time after its opening.
    pub(crate) async fn after(time: Duration) -> Self {
        let clock = domain_stubs::Clock::fixed(now() + time);
        Self::of(Options { clock, ..options(None) }).await
    }

    /// A shop without sockets, for tests that control the clock: no call is late because the machine is busy.
    pub(crate) fn in_memory(configure: impl Fn(&mut Config)) -> Self {
        let network = Network::default();
        let configure = |config: &mut Config, _| configure(config);
        Self {
            network: Some(network.clone()),
            ..Self::built(options(None), configure, || network.listen(), &network)
        }
    }

    async fn opened(options: Options, configure: impl Fn(&mut Config, Kind)) -> Self {
        let mut listeners = Vec::new();
        for _ in 0..4 {
            listeners.push(TcpListener::bind("127.0.0.1:0").await.unwrap());
        }
        let listen = || {
            let listener = listeners.pop().unwrap();
            let address = listener.local_addr().unwrap();
            let tapped = listener.tap_io(|io: &mut tokio::net::TcpStream| drop(io.set_nodelay(true)));
            (tapped, address)
        };
        Self::built(options, configure, listen, &Tcp)
    }

    fn built<L: Listener<Addr: PeerAddress>>(
        options: Options,
        configure: impl Fn(&mut Config, Kind),
        mut listen: impl FnMut() -> (L, SocketAddr),
        network: &(impl endpoints::Network + Clone),
    ) -> Self {
        let clock = Clock::fixed(options.clock.now());
        let domain = Domain::open(options).unwrap();
        let mut servers = JoinSet::new();
        let (listener, address) = listen();
        let upstream = format!("http://{address}");
        let config = |kind: Kind, address: SocketAddr| {
            let mut config = Config::development();
            config.upstream.default.clone_from(&upstream);
            // Most tests look at what one request does by itself; `freshness` is about what requests share.
            config.cache.value_bytes = 0;
            configure(&mut config, kind);
            if config.mode == Mode::Production && config.server.public_origins.is_empty() {
                config.server.public_origins = vec![format!("http://{address}")];
            }
            credentials::complete(&mut config);
            let callback = || format!("http://{address}/auth/callback");
            config.sign_in.callback = config.sign_in.callback.or_else(|| Some(callback()));
            let folder = &mut config.operations.folder;
            *folder = folder.take().map(|folder| folder.join(kind.to_string()));
            config
        };
        {
            let domain = domain.clone();
            servers.spawn(async move {
                domain.serve_on(listener, Services::all(), std::future::pending()).await.unwrap();
            });
        }
        let [mobile, web, iot] = Kind::ALL.map(|kind| {
            let (listener, address) = listen();
            let config = config(kind, address);
            let client = named(kind.client(), &config);
            let server = Server::new(config).with_clock(clock.clone());
            start(&mut servers, client, server, (listener, address), network)
        });
        let http = HttpClient::builder(TokioExecutor::new()).build_http();
        Self { domain, mobile, web, iot, http, domain_address: address, network: None, servers }
    }

    /// Starts another server of a client over the same services, and returns its address.
    pub(crate) async fn replica(&mut self, kind: Kind, configure: impl Fn(&mut Config)) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut config = Config::development();
        config.upstream.default = format!("http://{}", self.domain_address);
        configure(&mut config);
        let client = named(kind.client(), &config);
        start(&mut self.servers, client, Server::new(config), (listener, address), &Tcp)
    }

    /// Sends a query to the phone app's BFF.
    pub(crate) async fn mobile(&self, query: &str) -> Answer {
        self.post(self.mobile, json!({ "query": query }), &[]).await
    }

    /// Sends a query to the web shop's BFF.
    pub(crate) async fn web(&self, query: &str) -> Answer {
        self.post(self.web, json!({ "query": query }), &[]).await
    }

    /// Sends a query to the devices' BFF.
    pub(crate) async fn iot(&self, query: &str) -> Answer {
        self.post(self.iot, json!({ "query": query }), &[]).await
    }

    /// Sends a query to the BFF of a client, in the name of Ada or of the first shelf.
    pub(crate) async fn query(&self, kind: Kind, query: &str) -> Answer {
        self.query_with(kind, json!({ "query": query })).await
    }

    /// Sends a GraphQL request to the BFF of a client, in the name of Ada or of the first shelf.
    pub(crate) async fn query_with(&self, kind: Kind, body: Value) -> Answer {
        let headers = if kind == Kind::Iot { [SHELF] } else { [ADA] };
        self.post(self.address(kind), body, &headers).await
    }

    /// The address at which the BFF of a client listens.
    pub(crate) fn address(&self, kind: Kind) -> SocketAddr {
        match kind {
            Kind::Mobile => self.mobile,
            Kind::Web => self.web,
            Kind::Iot => self.iot,
        }
    }

    /// Sends a GraphQL request with the test's own headers.
    pub(crate) async fn post(&self, to: SocketAddr, body: Value, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::post(format!("http://{to}/graphql"))
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/graphql-response+json");
        let own = request.headers_mut().unwrap();
        for (name, value) in headers {
            own.insert(HeaderName::try_from(*name).unwrap(), HeaderValue::from_str(value).unwrap());
        }
        self.send(request.body(Full::from(body.to_string())).unwrap()).await
    }

    /// Sends any request.
    pub(crate) async fn send(&self, request: Request<Full<Bytes>>) -> Answer {
        Answer::of(self.fetch(request).await)
    }

    /// Sends any request whose answer need not be text.
    pub(crate) async fn fetch(&self, mut request: Request<Full<Bytes>>) -> Response<Bytes> {
        if let Some(network) = &self.network {
            let to = std::mem::take(request.uri_mut());
            let address = to.authority().unwrap().as_str().parse().unwrap();
            let host = HeaderValue::from_str(to.authority().unwrap().as_str()).unwrap();
            request.headers_mut().insert(header::HOST, host);
            *request.uri_mut() = to.path_and_query().unwrap().as_str().parse().unwrap();
            return Connection::over(network.dial(address).unwrap()).await.fetch(request).await;
        }
        let (head, body) = self.http.request(request).await.unwrap().into_parts();
        Response::from_parts(head, body.collect().await.unwrap().to_bytes())
    }

    /// Sells the last of a product.
    pub(crate) async fn sell_out(&self, product: &str) {
        for warehouse in ["bologna", "gdansk", "hamburg", "lyon", "porto", "rotterdam"] {
            // A warehouse that never held the product has none already.
            let _unknown = self.domain.set_stock(product, warehouse, 0).await;
        }
    }

    /// Breaks an RPC.
    pub(crate) fn fail(&self, fault: Fault) {
        self.domain.faults().set(fault).unwrap();
    }

    /// The calls the domain has seen since the last time, one line per RPC: the number of calls, and the keys of each.
    pub(crate) fn calls(&self) -> String {
        let mut by_rpc: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for call in self.domain.calls().list() {
            by_rpc.entry(call.rpc).or_default().push(call.keys.len());
        }
        self.domain.calls().clear();
        let mut text = String::new();
        for (rpc, mut keys) in by_rpc {
            keys.sort_unstable();
            let rpc = rpc.rsplit('.').next().unwrap_or_default();
            writeln!(text, "{rpc} ×{}, keys {keys:?}", keys.len()).unwrap();
        }
        text
    }
}

fn start<L: Listener<Addr: PeerAddress>>(
    servers: &mut JoinSet<()>,
    client: AnyClient,
    server: Server,
    (listener, address): (L, SocketAddr),
    network: &(impl endpoints::Network + Clone),
) -> SocketAddr {
    let network = network.clone();
    servers.spawn(async move {
        server.serve(client, listener, network, std::future::pending()).await.unwrap();
    });
    address
}
