//! What every test stands on: a shop of its own, and clients of its services.

mod ledger;
mod reads;
mod shopping;

use std::{
    net::SocketAddr,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use domain_stubs::{
    Clock, Domain, Options, Services,
    credential::{AUDIENCE, Actor, Claims, DEVELOPMENT_CREDENTIAL_KEY},
};
use jiff::Timestamp;
use jsonwebtoken::{EncodingKey, Header};
use proto::{
    admin::{Fault, admin_service_client::AdminServiceClient},
    analytics::analytics_service_client::AnalyticsServiceClient,
    carts::cart_service_client::CartServiceClient,
    catalog::{ListProductsRequest, Product, catalog_service_client::CatalogServiceClient},
    inventory::inventory_service_client::InventoryServiceClient,
    notifications::notification_service_client::NotificationServiceClient,
    orders::order_service_client::OrderServiceClient,
    payments::payment_service_client::PaymentServiceClient,
    pricing::pricing_service_client::PricingServiceClient,
    recommendations::recommendation_service_client::RecommendationServiceClient,
    reviews::review_service_client::ReviewServiceClient,
    shipping::shipping_service_client::ShippingServiceClient,
    telemetry::telemetry_service_client::TelemetryServiceClient,
    users::user_service_client::UserServiceClient,
};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};
use tonic::{
    Code, Request, Status,
    metadata::MetadataValue,
    service::{Interceptor, interceptor::InterceptedService},
    transport::{Channel, Endpoint},
};
use tonic_types::StatusExt as _;

pub(crate) use self::{
    ledger::{Authorisation, Ledger},
    reads::{only, reasons},
    shopping::{cents, order_by},
};

/// A product with reviews.
pub(crate) const PRODUCT: &str = "tent-ridge-2";

/// A customer with a cart, six orders and a price of her own.
pub(crate) const ADA: &str = "user-ada-lindqvist";

/// A customer who has reviewed nothing, bought nothing and has no account.
pub(crate) const NEW: &str = "user-new-customer";

/// The RPC most tests break.
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

/// Clients that call in somebody's name.
pub(crate) struct Clients {
    channel: Channel,
    credential: Credential,
}

/// Sends a credential with each call.
#[derive(Clone)]
pub(crate) struct Credential(Option<String>);

pub(crate) type Client = InterceptedService<Channel, Credential>;

/// The time at which all of this takes place.
pub(crate) fn now() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

/// Options for a shop in memory in which time stands still.
pub(crate) fn options() -> Options {
    Options { seed_time: now(), clock: Clock::fixed(now()), ..Options::default() }
}

impl Shop {
    pub(crate) async fn open() -> Self {
        Self::serve(Domain::open(options()).unwrap(), Services::all()).await
    }

    /// A shop over a file, which is made when it is not there.
    pub(crate) async fn open_file(file: &Path) -> Self {
        let options = Options { data: Some(file.to_owned()), ..options() };
        Self::serve(Domain::open(options).unwrap(), Services::all()).await
    }

    /// A shop in memory whose clock is set by hand, as it is at the beginning.
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

    /// Clients in nobody's name.
    pub(crate) fn anybody(&self) -> Clients {
        self.with_credential(Some(sign(&claims(), DEVELOPMENT_CREDENTIAL_KEY)))
    }

    /// Clients in the name of a user.
    pub(crate) fn user(&self, id: &str) -> Clients {
        self.with_credential(Some(sign(&user(id), DEVELOPMENT_CREDENTIAL_KEY)))
    }

    /// Clients in the name of a user, however far the clock of the shop is set forward.
    pub(crate) fn user_for_ever(&self, id: &str) -> Clients {
        let claims = Claims { exp: i64::MAX, ..user(id) };
        self.with_credential(Some(sign(&claims, DEVELOPMENT_CREDENTIAL_KEY)))
    }

    /// Clients in the name of a device.
    pub(crate) fn device(&self, id: &str) -> Clients {
        let claims = Claims { sub: Some(id.to_owned()), actor: Some(Actor::Device), ..claims() };
        self.with_credential(Some(sign(&claims, DEVELOPMENT_CREDENTIAL_KEY)))
    }

    /// Clients that send just this as their `authorization`.
    pub(crate) fn with_credential(&self, credential: Option<String>) -> Clients {
        Clients { channel: self.channel.clone(), credential: Credential(credential) }
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
    /// Sets it, in seconds since 1970.
    pub(crate) fn set(&self, seconds: i64) {
        self.0.store(seconds, Ordering::Relaxed);
    }

    fn clock(&self) -> Clock {
        let seconds = Arc::clone(&self.0);
        Clock::new(move || Timestamp::from_second(seconds.load(Ordering::Relaxed)).unwrap())
    }
}

impl Clients {
    /// Clients of another process, in which time goes on.
    pub(crate) fn of_now(channel: &Channel, actor: Actor, id: &str) -> Self {
        let time = Timestamp::now().as_second();
        let claims =
            Claims { iat: time, exp: time + 600, sub: Some(id.to_owned()), actor: Some(actor), ..claims() };
        let credential = Credential(Some(sign(&claims, DEVELOPMENT_CREDENTIAL_KEY)));
        Self { channel: channel.clone(), credential }
    }

    pub(crate) fn analytics(&self) -> AnalyticsServiceClient<Client> {
        AnalyticsServiceClient::with_interceptor(self.channel.clone(), self.credential.clone())
    }

    pub(crate) fn carts(&self) -> CartServiceClient<Client> {
        CartServiceClient::with_interceptor(self.channel.clone(), self.credential.clone())
    }

    pub(crate) fn catalog(&self) -> CatalogServiceClient<Client> {
        CatalogServiceClient::with_interceptor(self.channel.clone(), self.credential.clone())
    }

    pub(crate) fn pricing(&self) -> PricingServiceClient<Client> {
        PricingServiceClient::with_interceptor(self.channel.clone(), self.credential.clone())
    }

    pub(crate) fn inventory(&self) -> InventoryServiceClient<Client> {
        InventoryServiceClient::with_interceptor(self.channel.clone(), self.credential.clone())
    }

    pub(crate) fn notifications(&self) -> NotificationServiceClient<Client> {
        NotificationServiceClient::with_interceptor(self.channel.clone(), self.credential.clone())
    }

    pub(crate) fn orders(&self) -> OrderServiceClient<Client> {
        OrderServiceClient::with_interceptor(self.channel.clone(), self.credential.clone())
    }

    pub(crate) fn payments(&self) -> PaymentServiceClient<Client> {
        PaymentServiceClient::with_interceptor(self.channel.clone(), self.credential.clone())
    }

    pub(crate) fn recommendations(&self) -> RecommendationServiceClient<Client> {
        RecommendationServiceClient::with_interceptor(self.channel.clone(), self.credential.clone())
    }

    pub(crate) fn reviews(&self) -> ReviewServiceClient<Client> {
        ReviewServiceClient::with_interceptor(self.channel.clone(), self.credential.clone())
    }

    pub(crate) fn shipping(&self) -> ShippingServiceClient<Client> {
        ShippingServiceClient::with_interceptor(self.channel.clone(), self.credential.clone())
    }

    pub(crate) fn telemetry(&self) -> TelemetryServiceClient<Client> {
        TelemetryServiceClient::with_interceptor(self.channel.clone(), self.credential.clone())
    }

    pub(crate) fn users(&self) -> UserServiceClient<Client> {
        UserServiceClient::with_interceptor(self.channel.clone(), self.credential.clone())
    }

    /// Every product of the shop, by name and with all that a mask of `paths` answers.
    pub(crate) async fn all_products(&self, paths: &[&str]) -> Vec<Product> {
        let mut request =
            ListProductsRequest { page_size: 100, read_mask: Some(mask(paths)), ..Default::default() };
        let mut products = Vec::new();
        loop {
            let page = self.catalog().list_products(request.clone()).await.unwrap().into_inner();
            products.extend(page.products);
            if page.next_page_token.is_empty() {
                return products;
            }
            request.page_token = page.next_page_token;
        }
    }
}

impl Interceptor for Credential {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(credential) = &self.0 {
            request.metadata_mut().insert("authorization", MetadataValue::try_from(credential).unwrap());
        }
        Ok(request)
    }
}

pub(crate) async fn connect(address: SocketAddr) -> Channel {
    Endpoint::from_shared(format!("http://{address}")).unwrap().connect().await.unwrap()
}

/// The claims of a call in nobody's name that hold for a minute.
pub(crate) fn claims() -> Claims {
    let time = now().as_second();
    Claims { iss: "bff-test".into(), aud: AUDIENCE.into(), sub: None, actor: None, iat: time, exp: time + 60 }
}

/// The claims of a call in the name of a user.
fn user(id: &str) -> Claims {
    Claims { sub: Some(id.to_owned()), actor: Some(Actor::User), ..claims() }
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
pub(crate) fn refusal(status: &Status) -> (Code, String) {
    let details = status.get_error_details_vec();
    let mut infos = details.into_iter().filter_map(|detail| match detail {
        tonic_types::ErrorDetail::ErrorInfo(info) => Some(info),
        _ => None,
    });
    let info = infos.next().unwrap_or_else(|| panic!("no ErrorInfo in {status:?}"));
    assert_eq!((info.domain.as_str(), infos.count()), ("shop.example", 0), "{status:?}");
    (status.code(), info.reason)
}

/// The fields a request was refused for.
pub(crate) fn violations(status: &Status) -> Vec<String> {
    let violations = status.get_details_bad_request().map(|bad_request| bad_request.field_violations);
    violations.into_iter().flatten().map(|violation| violation.field).collect()
}
