//! The services of the shop by name.

use std::{collections::BTreeSet, fmt, str::FromStr};

use proto::{
    analytics::analytics_service_server::AnalyticsServiceServer,
    carts::cart_service_server::CartServiceServer, catalog::catalog_service_server::CatalogServiceServer,
    inventory::inventory_service_server::InventoryServiceServer,
    notifications::notification_service_server::NotificationServiceServer,
    orders::order_service_server::OrderServiceServer, payments::payment_service_server::PaymentServiceServer,
    pricing::pricing_service_server::PricingServiceServer,
    recommendations::recommendation_service_server::RecommendationServiceServer,
    reviews::review_service_server::ReviewServiceServer,
    shipping::shipping_service_server::ShippingServiceServer,
    telemetry::telemetry_service_server::TelemetryServiceServer,
    users::user_service_server::UserServiceServer,
};
use tonic::{server::NamedService, service::RoutesBuilder};

use crate::{
    analytics::Analytics, carts::Carts, catalog::Catalog, domain::Domain, guard::Guard, inventory::Inventory,
    notifications::Notifications, orders::Orders, payments::Payments, pricing::Pricing,
    recommendations::Recommendations, reviews::Reviews, shipping::Shipping, telemetry::Telemetry,
    users::Users,
};

/// A service of the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    /// `shop.analytics.v1.AnalyticsService`
    Analytics,
    /// `shop.carts.v1.CartService`
    Carts,
    /// `shop.catalog.v1.CatalogService`
    Catalog,
    /// `shop.inventory.v1.InventoryService`
    Inventory,
    /// `shop.notifications.v1.NotificationService`
    Notifications,
    /// `shop.orders.v1.OrderService`
    Orders,
    /// `shop.payments.v1.PaymentService`
    Payments,
    /// `shop.pricing.v1.PricingService`
    Pricing,
    /// `shop.recommendations.v1.RecommendationService`
    Recommendations,
    /// `shop.reviews.v1.ReviewService`
    Reviews,
    /// `shop.shipping.v1.ShippingService`
    Shipping,
    /// `shop.telemetry.v1.TelemetryService`
    Telemetry,
    /// `shop.users.v1.UserService`
    Users,
}

/// A set of services, to be served on one socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Services(BTreeSet<Service>);

/// Error for a name that no service has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownService(String);

impl Service {
    /// Every service of the shop.
    pub const ALL: [Self; 13] = [
        Self::Analytics,
        Self::Carts,
        Self::Catalog,
        Self::Inventory,
        Self::Notifications,
        Self::Orders,
        Self::Payments,
        Self::Pricing,
        Self::Recommendations,
        Self::Reviews,
        Self::Shipping,
        Self::Telemetry,
        Self::Users,
    ];

    /// Its short name, such as "catalog".
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Analytics => "analytics",
            Self::Carts => "carts",
            Self::Catalog => "catalog",
            Self::Inventory => "inventory",
            Self::Notifications => "notifications",
            Self::Orders => "orders",
            Self::Payments => "payments",
            Self::Pricing => "pricing",
            Self::Recommendations => "recommendations",
            Self::Reviews => "reviews",
            Self::Shipping => "shipping",
            Self::Telemetry => "telemetry",
            Self::Users => "users",
        }
    }

    /// Its name in the contracts, such as `shop.catalog.v1.CatalogService`.
    #[must_use]
    pub fn full_name(self) -> &'static str {
        match self {
            Self::Analytics => AnalyticsServiceServer::<Analytics>::NAME,
            Self::Carts => CartServiceServer::<Carts>::NAME,
            Self::Catalog => CatalogServiceServer::<Catalog>::NAME,
            Self::Inventory => InventoryServiceServer::<Inventory>::NAME,
            Self::Notifications => NotificationServiceServer::<Notifications>::NAME,
            Self::Orders => OrderServiceServer::<Orders>::NAME,
            Self::Payments => PaymentServiceServer::<Payments>::NAME,
            Self::Pricing => PricingServiceServer::<Pricing>::NAME,
            Self::Recommendations => RecommendationServiceServer::<Recommendations>::NAME,
            Self::Reviews => ReviewServiceServer::<Reviews>::NAME,
            Self::Shipping => ShippingServiceServer::<Shipping>::NAME,
            Self::Telemetry => TelemetryServiceServer::<Telemetry>::NAME,
            Self::Users => UserServiceServer::<Users>::NAME,
        }
    }

    /// Adds the service of a domain, behind a guard, to the routes of a server.
    pub(crate) fn add(self, domain: &Domain, guard: &Guard, routes: &mut RoutesBuilder) {
        let (store, clock, products) = (domain.store.clone(), domain.clock.clone(), domain.products.clone());
        match self {
            Self::Analytics => {
                routes.add_service(guard.before(AnalyticsServiceServer::new(Analytics { store, clock })))
            }
            Self::Carts => routes.add_service(guard.before(CartServiceServer::new(Carts { store, clock }))),
            Self::Catalog => {
                routes.add_service(guard.before(CatalogServiceServer::new(Catalog { store, products })))
            }
            Self::Inventory => {
                routes.add_service(guard.before(InventoryServiceServer::new(domain.inventory.clone())))
            }
            Self::Notifications => {
                routes.add_service(guard.before(NotificationServiceServer::new(domain.notifications.clone())))
            }
            Self::Orders => routes.add_service(guard.before(OrderServiceServer::new(domain.orders.clone()))),
            Self::Payments => routes.add_service(guard.before(PaymentServiceServer::new(Payments { store }))),
            Self::Pricing => routes.add_service(guard.before(PricingServiceServer::new(Pricing {
                store,
                clock,
                products,
            }))),
            Self::Recommendations => routes.add_service(
                guard.before(RecommendationServiceServer::new(Recommendations { store, products })),
            ),
            Self::Reviews => {
                routes.add_service(guard.before(ReviewServiceServer::new(Reviews { store, clock, products })))
            }
            Self::Shipping => {
                routes.add_service(guard.before(ShippingServiceServer::new(Shipping { store, products })))
            }
            Self::Telemetry => {
                routes.add_service(guard.before(TelemetryServiceServer::new(Telemetry { store, clock })))
            }
            Self::Users => routes.add_service(guard.before(UserServiceServer::new(Users { store, clock }))),
        };
    }
}

impl Services {
    /// All services.
    #[must_use]
    pub fn all() -> Self {
        Service::ALL.into_iter().collect()
    }

    /// Each service once, in the order of [`Service::ALL`].
    pub(crate) fn iter(&self) -> impl Iterator<Item = Service> {
        self.0.iter().copied()
    }
}

impl FromIterator<Service> for Services {
    fn from_iter<I: IntoIterator<Item = Service>>(services: I) -> Self {
        Self(services.into_iter().collect())
    }
}

impl FromStr for Service {
    type Err = UnknownService;

    fn from_str(name: &str) -> Result<Self, UnknownService> {
        let found = Self::ALL.into_iter().find(|service| service.name() == name);
        found.ok_or_else(|| UnknownService(name.to_owned()))
    }
}

impl fmt::Display for UnknownService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = Service::ALL.map(Service::name).join(", ");
        write!(f, "there is no service {:?}, only {known}", self.0)
    }
}

impl std::error::Error for UnknownService {}
