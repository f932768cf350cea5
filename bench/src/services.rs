//! The services as the servers written by hand call them: one connection, and on every call a deadline and a credential.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jsonwebtoken::{EncodingKey, Header, get_current_timestamp};
use prost_types::FieldMask;
use proto::carts::cart_service_client::CartServiceClient;
use proto::catalog::catalog_service_client::CatalogServiceClient;
use proto::inventory::inventory_service_client::InventoryServiceClient;
use proto::notifications::notification_service_client::NotificationServiceClient;
use proto::pricing::pricing_service_client::PricingServiceClient;
use proto::recommendations::recommendation_service_client::RecommendationServiceClient;
use proto::reviews::review_service_client::ReviewServiceClient;
use proto::users::user_service_client::UserServiceClient;
use serde::Serialize;
use tonic::Request;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Channel, Endpoint};

/// Time for which a credential is used, which is half of its life.
const USED: Duration = Duration::from_secs(30);

/// Life of a credential, in seconds.
const LIFETIME_S: u64 = 60;

/// Clients of all services. Cloning one is cheap, and is how tonic's clients are shared.
#[derive(Clone)]
pub struct Services {
    pub carts: CartServiceClient<Channel>,
    pub catalog: CatalogServiceClient<Channel>,
    pub inventory: InventoryServiceClient<Channel>,
    pub notifications: NotificationServiceClient<Channel>,
    pub pricing: PricingServiceClient<Channel>,
    pub recommendations: RecommendationServiceClient<Channel>,
    pub reviews: ReviewServiceClient<Channel>,
    pub users: UserServiceClient<Channel>,
    credentials: Arc<Credentials>,
}

impl Services {
    /// Connects to the services at an address, such as `http://127.0.0.1:7000`.
    pub async fn connect(address: &str) -> anyhow::Result<Self> {
        let channel = Endpoint::from_shared(address.to_owned())?.tcp_nodelay(true).connect().await?;
        Ok(Self {
            carts: CartServiceClient::new(channel.clone()),
            catalog: CatalogServiceClient::new(channel.clone()),
            inventory: InventoryServiceClient::new(channel.clone()),
            notifications: NotificationServiceClient::new(channel.clone()),
            pricing: PricingServiceClient::new(channel.clone()),
            recommendations: RecommendationServiceClient::new(channel.clone()),
            reviews: ReviewServiceClient::new(channel.clone()),
            users: UserServiceClient::new(channel),
            credentials: Arc::new(Credentials::new()),
        })
    }

    /// Returns a request with a deadline, and with the credential of a user or of nobody.
    pub fn request<M>(&self, message: M, within_ms: u64, user: Option<&str>) -> Request<M> {
        let mut request = Request::new(message);
        request.set_timeout(Duration::from_millis(within_ms));
        request.metadata_mut().insert("authorization", self.credentials.of(user));
        request
    }
}

/// Returns a read mask of these paths.
#[must_use]
pub fn mask(paths: &[&str]) -> Option<FieldMask> {
    Some(FieldMask { paths: paths.iter().map(|path| (*path).to_owned()).collect() })
}

/// Credentials by the user they name.
struct Credentials {
    key: EncodingKey,
    known: Mutex<HashMap<String, (Instant, MetadataValue<Ascii>)>>,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    aud: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<&'a str>,
    iat: u64,
    exp: u64,
}

impl Credentials {
    fn new() -> Self {
        Self { key: EncodingKey::from_secret(crate::CREDENTIAL_KEY.as_bytes()), known: Mutex::default() }
    }

    fn of(&self, user: Option<&str>) -> MetadataValue<Ascii> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (name, now) = (user.unwrap_or_default(), Instant::now());
        if let Some((_, credential)) = known.get(name).filter(|(since, _)| now - *since < USED) {
            return credential.clone();
        }
        let iat = get_current_timestamp();
        let claims =
            Claims { iss: crate::AUDIENCE, aud: crate::SERVICES, sub: user, iat, exp: iat + LIFETIME_S };
        let token =
            jsonwebtoken::encode(&Header::default(), &claims, &self.key).expect("the key signs any claims");
        let credential: MetadataValue<Ascii> =
            format!("Bearer {token}").parse().expect("a token is visible ASCII");
        known.insert(name.to_owned(), (now, credential.clone()));
        credential
    }
}
