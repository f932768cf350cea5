//! The base of every test: a shop of its own, and clients of its services.

mod clients;
mod ledger;
mod reads;
mod shopping;

use std::{
    net::SocketAddr,
    path::Path,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicI64, Ordering},
    },
};

use domain_stubs::{
    Clock, Domain, Options, Seed, Service, Services,
    credential::{Actor, Claims, MAX_LIFETIME_SECONDS},
};
use jiff::Timestamp;
use jsonwebtoken::{EncodingKey, Header};
use proto::admin::{Fault, admin_service_client::AdminServiceClient};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};
use tonic::{
    Code, Status,
    transport::{Channel, Endpoint},
};
use tonic_types::StatusExt as _;

pub(crate) use self::{
    clients::{Clients, Credential},
    ledger::{Authorisation, Ledger},
    reads::{only, reasons},
    shopping::{cents, order_by},
};

/// A product with reviews.
pub(crate) const PRODUCT: &str = "tent-ridge-2";

/// A customer with a cart, six orders and a promotion for loyal customers.
pub(crate) const ADA: &str = "user-ada-lindqvist";

/// A customer who has reviewed nothing, bought nothing and has no account.
pub(crate) const NEW: &str = "user-new-customer";

/// The RPC that most tests set faults for.
pub(crate) const GET_PRODUCTS: &str = "shop.catalog.v1.CatalogService/BatchGetProducts";

/// A shop in memory on a port of its own, in which time stands still.
pub(crate) struct Shop {
    pub(crate) domain: Domain,
    pub(crate) address: SocketAddr,
    channel: Channel,
    stop: oneshot::Sender<()>,
    server: JoinHandle<std::io::Result<()>>,
}

/// A clock that is set by hand.
#[derive(Clone)]
pub(crate) struct SetClock(Arc<AtomicI64>);

/// The present time in all tests.
pub(crate) fn now() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

/// Options for a shop in memory in which time stands still, with its admin service.
pub(crate) fn options() -> Options {
    static SEED: LazyLock<Seed> = LazyLock::new(|| Seed::new(now()).unwrap());
    let clock = Clock::fixed(now());
    Options {
        seed: Some(SEED.clone()),
        seed_time: now(),
        clock: clock.clone(),
        credential_clock: clock,
        admin: true,
        ..Options::default()
    }
}

impl Shop {
    pub(crate) async fn open() -> Self {
        Self::serve(Domain::open(options()).unwrap(), Services::all()).await
    }

    /// A shop over a file, which is created if it does not exist.
    pub(crate) async fn open_file(file: &Path) -> Self {
        let options = Options { data: Some(file.to_owned()), ..options() };
        Self::serve(Domain::open(options).unwrap(), Services::all()).await
    }

    /// A shop in memory whose clock is set by hand, to the present time at first. Credentials use
    /// another clock.
    pub(crate) async fn with_clock() -> (Self, SetClock) {
        let clock = SetClock(Arc::new(AtomicI64::new(now().as_second())));
        let domain = Domain::open(Options { clock: clock.clock(), ..options() }).unwrap();
        (Self::serve(domain, Services::all()).await, clock)
    }

    pub(crate) async fn serve(domain: Domain, services: Services) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn({
            let domain = domain.clone();
            async move {
                let shutdown = async { stopped.await.unwrap_or_default() };
                domain.serve(listener, services, shutdown).await
            }
        });
        Self { domain, address, channel: connect(address).await, stop, server }
    }

    /// Stops the server and waits for its end.
    pub(crate) async fn stop(self) {
        drop(self.channel);
        self.stop.send(()).unwrap();
        self.server.await.unwrap().unwrap();
    }

    /// Clients without a principal.
    pub(crate) fn anybody(&self) -> Clients {
        self.signed(None)
    }

    /// Clients on behalf of a user.
    pub(crate) fn user(&self, id: &str) -> Clients {
        self.signed(Some((Actor::User, id.to_owned())))
    }

    /// Clients on behalf of a device.
    pub(crate) fn device(&self, id: &str) -> Clients {
        self.signed(Some((Actor::Device, id.to_owned())))
    }

    /// Clients on behalf of a visitor without an account.
    pub(crate) fn visitor(&self, id: &str) -> Clients {
        self.signed(Some((Actor::Visitor, id.to_owned())))
    }

    fn signed(&self, principal: Option<(Actor, String)>) -> Clients {
        Clients { channel: self.channel.clone(), credential: Credential::Signed(principal, now()) }
    }

    /// Clients that send this as their `authorization`, or none.
    pub(crate) fn with_credential(&self, credential: Option<String>) -> Clients {
        self.with_credentials(credential.into_iter().collect())
    }

    /// Clients that send several `authorization` headers.
    pub(crate) fn with_credentials(&self, credentials: Vec<String>) -> Clients {
        Clients { channel: self.channel.clone(), credential: Credential::Fixed(credentials) }
    }

    pub(crate) fn admin(&self) -> AdminServiceClient<Channel> {
        AdminServiceClient::new(self.channel.clone())
    }

    pub(crate) fn channel(&self) -> Channel {
        self.channel.clone()
    }

    pub(crate) fn break_with(&self, fault: Fault) {
        self.domain.faults().set(fault).unwrap();
    }
}

impl SetClock {
    /// Sets the time, in seconds since 1970.
    pub(crate) fn set(&self, seconds: i64) {
        self.0.store(seconds, Ordering::Relaxed);
    }

    fn clock(&self) -> Clock {
        let seconds = Arc::clone(&self.0);
        Clock::new(move || Timestamp::from_second(seconds.load(Ordering::Relaxed)).unwrap())
    }
}

pub(crate) async fn connect(address: SocketAddr) -> Channel {
    Endpoint::from_shared(format!("http://{address}")).unwrap().connect().await.unwrap()
}

/// The claims of a call of the catalog without a principal, valid for a minute from now.
pub(crate) fn claims() -> Claims {
    claims_at(now(), Service::Catalog)
}

/// The claims of a call without a principal, valid for a minute from this time on.
fn claims_at(time: Timestamp, service: Service) -> Claims {
    let iat = time.as_second();
    Claims {
        iss: "bff-mobile".into(),
        aud: service.full_name().into(),
        sub: None,
        actor: None,
        iat,
        nbf: None,
        exp: iat + MAX_LIFETIME_SECONDS,
    }
}

/// A credential as it stands in `authorization`.
pub(crate) fn sign(claims: &Claims, key: &str) -> String {
    let token =
        jsonwebtoken::encode(&Header::default(), claims, &EncodingKey::from_secret(key.as_bytes())).unwrap();
    format!("Bearer {token}")
}

pub(crate) fn mask(paths: &[&str]) -> prost_types::FieldMask {
    prost_types::FieldMask { paths: paths.iter().map(|&path| path.to_owned()).collect() }
}

pub(crate) fn ids(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|&id| id.to_owned()).collect()
}

/// Code and reason of an error, which must carry exactly one `ErrorInfo` of the shop.
pub(crate) fn failure(status: &Status) -> (Code, String) {
    let details = status.get_error_details_vec();
    let mut infos = details.into_iter().filter_map(|detail| match detail {
        tonic_types::ErrorDetail::ErrorInfo(info) => Some(info),
        _ => None,
    });
    let info = infos.next().unwrap_or_else(|| panic!("no ErrorInfo in {status:?}"));
    assert_eq!((info.domain.as_str(), infos.count()), ("shop.example", 0), "{status:?}");
    (status.code(), info.reason)
}

/// The invalid fields that an error names.
pub(crate) fn violations(status: &Status) -> Vec<String> {
    let violations = status.get_details_bad_request().map(|bad_request| bad_request.field_violations);
    violations.into_iter().flatten().map(|violation| violation.field).collect()
}
