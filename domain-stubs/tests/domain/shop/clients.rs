//! Clients of every service, on behalf of a principal.

use domain_stubs::{
    Service,
    credential::{Actor, Claims, DEVELOPMENT_CREDENTIAL_KEY},
};
use jiff::Timestamp;
use proto::{
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
use tonic::{
    Request, Status,
    metadata::MetadataValue,
    service::{Interceptor, interceptor::InterceptedService},
    transport::Channel,
};

use super::{claims_at, mask, sign};

/// Clients that call on behalf of a principal, or without one.
pub(crate) struct Clients {
    pub(super) channel: Channel,
    pub(super) credential: Credential,
}

/// The credential that the clients send.
#[derive(Clone)]
pub(crate) enum Credential {
    /// These, valid or not.
    Fixed(Vec<String>),
    /// One of this principal for the service that is called, signed at this time.
    Signed(Option<(Actor, String)>, Timestamp),
    /// One of this principal for the service that is called, signed when the call is made, by the machine's clock.
    OfNow(Actor, String),
}

/// Sends a credential with each call of a service.
#[derive(Clone)]
pub(crate) struct Sending(Credential, Service);

pub(crate) type Client = InterceptedService<Channel, Sending>;

impl Clients {
    /// Clients of another process, in which time goes on.
    pub(crate) fn of_now(channel: &Channel, actor: Actor, id: &str) -> Self {
        Self { channel: channel.clone(), credential: Credential::OfNow(actor, id.to_owned()) }
    }

    fn at(&self, service: Service) -> Sending {
        Sending(self.credential.clone(), service)
    }

    pub(crate) fn analytics(&self) -> AnalyticsServiceClient<Client> {
        AnalyticsServiceClient::with_interceptor(self.channel.clone(), self.at(Service::Analytics))
    }

    pub(crate) fn carts(&self) -> CartServiceClient<Client> {
        CartServiceClient::with_interceptor(self.channel.clone(), self.at(Service::Carts))
    }

    pub(crate) fn catalog(&self) -> CatalogServiceClient<Client> {
        CatalogServiceClient::with_interceptor(self.channel.clone(), self.at(Service::Catalog))
    }

    pub(crate) fn pricing(&self) -> PricingServiceClient<Client> {
        PricingServiceClient::with_interceptor(self.channel.clone(), self.at(Service::Pricing))
    }

    pub(crate) fn inventory(&self) -> InventoryServiceClient<Client> {
        InventoryServiceClient::with_interceptor(self.channel.clone(), self.at(Service::Inventory))
    }

    pub(crate) fn notifications(&self) -> NotificationServiceClient<Client> {
        NotificationServiceClient::with_interceptor(self.channel.clone(), self.at(Service::Notifications))
    }

    pub(crate) fn orders(&self) -> OrderServiceClient<Client> {
        OrderServiceClient::with_interceptor(self.channel.clone(), self.at(Service::Orders))
    }

    pub(crate) fn payments(&self) -> PaymentServiceClient<Client> {
        PaymentServiceClient::with_interceptor(self.channel.clone(), self.at(Service::Payments))
    }

    pub(crate) fn recommendations(&self) -> RecommendationServiceClient<Client> {
        RecommendationServiceClient::with_interceptor(self.channel.clone(), self.at(Service::Recommendations))
    }

    pub(crate) fn reviews(&self) -> ReviewServiceClient<Client> {
        ReviewServiceClient::with_interceptor(self.channel.clone(), self.at(Service::Reviews))
    }

    pub(crate) fn shipping(&self) -> ShippingServiceClient<Client> {
        ShippingServiceClient::with_interceptor(self.channel.clone(), self.at(Service::Shipping))
    }

    pub(crate) fn telemetry(&self) -> TelemetryServiceClient<Client> {
        TelemetryServiceClient::with_interceptor(self.channel.clone(), self.at(Service::Telemetry))
    }

    pub(crate) fn users(&self) -> UserServiceClient<Client> {
        UserServiceClient::with_interceptor(self.channel.clone(), self.at(Service::Users))
    }

    /// Every product of the shop, by name, with the fields that a mask of `paths` selects.
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

impl Interceptor for Sending {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let Self(credential, service) = self;
        let sign = |principal: Option<(Actor, String)>, time| {
            let (actor, sub) = principal.unzip();
            let claims = Claims { sub, actor, ..claims_at(time, *service) };
            vec![sign(&claims, DEVELOPMENT_CREDENTIAL_KEY)]
        };
        let credentials = match credential.clone() {
            Credential::Fixed(credentials) => credentials,
            Credential::Signed(principal, time) => sign(principal, time),
            Credential::OfNow(actor, id) => sign(Some((actor, id)), Timestamp::now()),
        };
        for credential in credentials {
            request.metadata_mut().append("authorization", MetadataValue::try_from(credential).unwrap());
        }
        Ok(request)
    }
}
