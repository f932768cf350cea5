//! Connections to services: TLS wherever the address says so, verified certificates, and never plain text instead.

mod authority;
mod front;

use std::net::SocketAddr;
use std::path::PathBuf;

use axum::serve::Listener as _;
use bff_kit::host::config::{Config, ServiceConfig, UpstreamConfig};
use bff_kit::host::{Server, Tcp};
use domain_stubs::{Domain, Services};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::support::network::Network;
use crate::support::{Answer, Pipe, options, product_id};
use authority::{Authority, Certified};
use front::{Front, Handshake, pass_on};

const REVIEWS: &str = "shop.reviews.v1.ReviewService";

/// The domain on a plain port, which ends when this is dropped.
struct Behind {
    domain: Domain,
    address: SocketAddr,
    _serving: JoinSet<()>,
}

impl Behind {
    async fn open() -> Self {
        let domain = Domain::open(options(None)).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut serving = JoinSet::new();
        let served = domain.clone();
        serving.spawn(async move {
            served.serve(listener, Services::all(), std::future::pending()).await.unwrap();
        });
        Self { domain, address, _serving: serving }
    }

    fn calls(&self) -> usize {
        self.domain.calls().list().len()
    }
}

/// The address of a front, by a name that certificates can be issued for.
fn https(address: SocketAddr) -> String {
    format!("https://localhost:{}", address.port())
}

fn to(address: SocketAddr, ca: PathBuf) -> UpstreamConfig {
    // The connections of the calls are counted, without those that watch the health beside them.
    let health_checks = false;
    UpstreamConfig { default: https(address), ca: Some(ca), health_checks, ..UpstreamConfig::default() }
}

/// Queries a product's name, and its rating from another service.
async fn query(upstream: UpstreamConfig) -> Answer {
    let pipe = Pipe::with(bff_web::client(), |config| config.upstream = upstream, std::future::pending());
    let id = product_id("kettle-gooseneck-09");
    pipe.query(&format!("{{ product(id: \"{id}\") {{ name rating {{ average }} }} }}")).await
}

/// Sends the query when the service cannot be reached.
async fn query_in_vain(upstream: UpstreamConfig) {
    let answer = query(upstream).await;
    assert_eq!(answer.errors(), ["product: UPSTREAM_UNAVAILABLE"], "{}", answer.text);
}

#[tokio::test]
async fn a_service_with_an_https_address_is_spoken_to_over_tls_and_http_2() {
    let (behind, authority) = (Behind::open().await, Authority::new());
    let front = Front::open(&Handshake::of(authority.certify("localhost")), behind.address).await;
    let answer = query(to(front.address, authority.ca())).await.whole();
    assert_eq!(answer.data("/product/name"), "Gooseneck Kettle 0.9 l");
    // All services are at one address and share the connection.
    assert_eq!(front.seen(), [Ok(b"h2".to_vec())]);
    assert_eq!(behind.calls(), 2);
}

#[tokio::test]
async fn a_service_whose_certificate_is_of_another_authority_is_told_nothing() {
    let (behind, authority, other) = (Behind::open().await, Authority::new(), Authority::new());
    let front = Front::open(&Handshake::of(other.certify("localhost")), behind.address).await;
    query_in_vain(to(front.address, authority.ca())).await;
    let seen = front.seen();
    assert!(!seen.is_empty() && seen.iter().all(Result::is_err), "{seen:?}");
    assert_eq!(behind.calls(), 0);
}

#[tokio::test]
async fn a_service_whose_certificate_is_for_another_name_is_told_nothing() {
    let (behind, authority) = (Behind::open().await, Authority::new());
    let front = Front::open(&Handshake::of(authority.certify("reviews.example")), behind.address).await;
    query_in_vain(to(front.address, authority.ca())).await;
    let seen = front.seen();
    assert!(!seen.is_empty() && seen.iter().all(Result::is_err), "{seen:?}");
    assert_eq!(behind.calls(), 0);
}

#[tokio::test]
async fn a_service_by_its_ip_address_has_a_certificate_for_that() {
    let (behind, authority) = (Behind::open().await, Authority::new());
    let front = Front::open(&Handshake::of(authority.certify("127.0.0.1")), behind.address).await;
    let upstream = to(front.address, authority.ca());
    query(UpstreamConfig { default: format!("https://{}", front.address), ..upstream }).await.whole();
}

#[tokio::test]
async fn a_service_that_requests_a_client_certificate_is_shown_one() {
    let (behind, authority, clients) = (Behind::open().await, Authority::new(), Authority::new());
    let (shown, others) = (clients.certify("bff-web"), Authority::new());
    let stranger = others.certify("bff-web");
    let handshake = Handshake { clients: Some(clients), ..Handshake::of(authority.certify("localhost")) };
    let front = Front::open(&handshake, behind.address).await;
    let showing = |shown: Certified| UpstreamConfig {
        client_certificate: Some(shown.certificate),
        client_key: Some(shown.key),
        ..to(front.address, authority.ca())
    };
    // In TLS 1.3 the service rejects the certificate only after the client has begun to send, so the error code may
    // vary.
    for upstream in [to(front.address, authority.ca()), showing(stranger)] {
        let answer = query(upstream).await;
        assert!(answer.data("/product").is_null() && !answer.errors().is_empty(), "{}", answer.text);
    }
    assert_eq!(behind.calls(), 0);
    query(showing(shown)).await.whole();
}

#[tokio::test]
async fn one_service_may_be_protected_in_its_own_way() {
    let (behind, authority, own) = (Behind::open().await, Authority::new(), Authority::new());
    let all = Front::open(&Handshake::of(authority.certify("localhost")), behind.address).await;
    let reviews = Front::open(&Handshake::of(own.certify("localhost")), behind.address).await;
    let with_ca = |ca| {
        let service = ServiceConfig { address: Some(https(reviews.address)), ca, ..ServiceConfig::default() };
        UpstreamConfig { services: [(REVIEWS.to_owned(), service)].into(), ..to(all.address, authority.ca()) }
    };
    query(with_ca(Some(own.ca()))).await.whole();
    assert_eq!((all.seen().len(), reviews.seen()), (1, vec![Ok(b"h2".to_vec())]));

    // Without its own CA the service is held to the default one, and fails alone.
    let answer = query(with_ca(None)).await;
    assert_eq!(answer.data("/product/name"), "Gooseneck Kettle 0.9 l");
    assert_eq!(answer.degraded(), ["product.rating: UPSTREAM_UNAVAILABLE of ReviewService ×1"]);

    // Plain text and TLS can be mixed.
    let plain =
        ServiceConfig { address: Some(format!("http://{}", behind.address)), ..ServiceConfig::default() };
    let mixed =
        UpstreamConfig { services: [(REVIEWS.to_owned(), plain)].into(), ..to(all.address, authority.ca()) };
    query(mixed).await.whole();
}

#[tokio::test]
async fn a_service_that_does_not_agree_to_http_2_is_told_nothing() {
    let (behind, authority) = (Behind::open().await, Authority::new());
    let handshake = Handshake { protocol: b"http/1.1", ..Handshake::of(authority.certify("localhost")) };
    let front = Front::open(&handshake, behind.address).await;
    query_in_vain(to(front.address, authority.ca())).await;
    assert_eq!(behind.calls(), 0);
}

/// A plain-text listener at an `https` address learns nothing: the first bytes sent are a handshake.
#[tokio::test]
async fn nothing_is_said_in_plain_text_to_an_https_address() {
    let authority = Authority::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut listening = JoinSet::new();
    listening.spawn(async move {
        let (mut io, _) = listener.accept().await.unwrap();
        let mut said = vec![0; 16 * 1024];
        let length = io.read(&mut said).await.unwrap();
        said.truncate(length);
        said
    });
    query(to(address, authority.ca())).await;
    let said = listening.join_next().await.unwrap().unwrap();
    // ContentType handshake, legacy_record_version 3.x (RFC 8446 §5.1).
    assert_eq!(said[..2], [22, 3], "{}", String::from_utf8_lossy(&said));
    assert!(!String::from_utf8_lossy(&said).contains("Bearer"));
}

#[tokio::test]
async fn any_network_can_stand_below_tls() {
    let (behind, authority) = (Behind::open().await, Authority::new());
    let acceptor = Handshake::of(authority.certify("catalog.example")).acceptor();
    let domain = behind.address;
    let network = Network::default();
    let (mut dialled, address) = network.listen();
    tokio::spawn(async move {
        loop {
            let (far, _) = dialled.accept().await;
            let acceptor = acceptor.clone();
            tokio::spawn(async move { pass_on(&mut acceptor.accept(far).await.unwrap(), domain).await });
        }
    });
    let configure = |config: &mut Config| {
        config.upstream = to(domain, authority.ca());
        config.upstream.default = format!("https://catalog.example:{}", address.port());
    };
    let pipe = Pipe::over(bff_web::client(), network, configure, std::future::pending());
    pipe.query("{ categories { name } }").await.whole();
    assert_eq!(behind.calls(), 1);
}

#[tokio::test]
async fn files_that_cannot_be_used_are_one_line_that_names_their_key() {
    let (authority, other) = (Authority::new(), Authority::new());
    let (mine, theirs) = (authority.certify("bff-web"), other.certify("bff-web"));
    std::fs::write(authority.path("empty.pem"), "").unwrap();
    std::fs::write(authority.path("broken.pem"), "-----BEGIN CERTIFICATE-----\nnonsense").unwrap();
    let nonsense = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    std::fs::write(authority.path("nonsense.pem"), nonsense).unwrap();
    let path = |name: &str| Some(authority.path(name));
    let (certificate, key) = (Some(mine.certificate.clone()), Some(mine.key.clone()));
    let files = |ca, client_certificate, client_key| ServiceConfig {
        address: Some("https://localhost:1".to_owned()),
        ca,
        client_certificate,
        client_key,
        ..ServiceConfig::default()
    };
    let ca = Some(authority.ca());
    let cases = [
        (files(path("nowhere.pem"), None, None), "ca: `"),
        (files(path("empty.pem"), None, None), "ca: `"),
        (files(path("broken.pem"), None, None), "ca: `"),
        (files(path("nonsense.pem"), None, None), "ca: cannot be used"),
        (files(ca.clone(), path("nowhere.pem"), key.clone()), "client_certificate: `"),
        (files(ca.clone(), path("nonsense.pem"), key.clone()), "client_certificate: cannot be used"),
        (files(ca.clone(), certificate.clone(), path("empty.pem")), "client_key: `"),
        (files(ca.clone(), certificate.clone(), Some(theirs.key)), "client_key: does not fit"),
        (files(ca.clone(), certificate.clone(), None), "client_key: is not set"),
        (files(ca.clone(), None, key.clone()), "client_certificate: is not set"),
        (ServiceConfig { address: None, ..files(ca.clone(), None, None) }, "ca: has no effect"),
        (
            ServiceConfig { address: None, ..files(None, certificate, key) },
            "client_certificate: has no effect",
        ),
    ];
    for (of_one, expected) in cases {
        let mut of_all = UpstreamConfig {
            ca: of_one.ca.clone(),
            client_certificate: of_one.client_certificate.clone(),
            client_key: of_one.client_key.clone(),
            ..UpstreamConfig::default()
        };
        if let Some(address) = &of_one.address {
            of_all.default.clone_from(address);
        }
        start_in_vain(of_all, &format!("upstream.{expected}")).await;
        let services = [(REVIEWS.to_owned(), of_one)].into();
        let of_one = UpstreamConfig { services, ..UpstreamConfig::default() };
        start_in_vain(of_one, &format!("upstream.services.{REVIEWS}.{expected}")).await;
    }
}

/// Starts a server that must fail with this message about its configuration.
async fn start_in_vain(upstream: UpstreamConfig, expected: &str) {
    let config = Config { upstream, ..Config::development() };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let served = Server::new(config).serve(bff_web::client(), listener, Tcp, async {}).await;
    let error = served.unwrap_err().to_string();
    assert!(error.starts_with(expected) && !error.contains('\n'), "{error}\nis not\n{expected}");
}
