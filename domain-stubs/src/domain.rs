//! The domain as a whole: one store and the services over it.

use std::{collections::BTreeMap, fmt, path::PathBuf, sync::Arc};

use jiff::Timestamp;
use proto::notifications::Notification;
use tonic::Status;

use crate::{
    assortment::Products,
    calls::Calls,
    clock::Clock,
    credential::{DEVELOPMENT_CREDENTIAL_KEY, ISSUERS, KeySet, Permissions, Verifier},
    faults::Faults,
    inventory::Inventory,
    notifications::{Announcement, Notifications},
    orders::Orders,
    seed,
    store::{Image, Place, Store, StoreError},
    stored::Stored,
    synthetic::Synthetic,
};

/// Options to open a domain.
#[derive(Debug, Clone)]
pub struct Options {
    /// File of the data, created and seeded if it does not exist; `None` keeps the data in memory.
    pub data: Option<PathBuf>,
    /// Data to begin with in memory, made before; its seed time then holds. `None` makes the data of a new shop.
    pub seed: Option<Seed>,
    /// Time at which the shop opened: all times of the seed are relative to it.
    pub seed_time: Timestamp,
    /// Key that credentials are signed with.
    pub credential_key: String,
    /// Key sets with which the credentials of each issuer are verified: of BFFs, and of identity providers that give BFFs
    /// theirs. The credentials of a BFF without one are signed with `credential_key`, by which each BFF could sign as
    /// another.
    pub key_sets: BTreeMap<String, KeySet>,
    /// The BFFs whose calls are accepted, by their names: the issuers (`iss`) of what they sign.
    pub issuers: Vec<String>,
    /// RPCs that each BFF may call; `None` if all may call everything.
    pub permissions: Option<Permissions>,
    /// Clock that credentials are checked by. BFFs sign them by the machine's clock, whatever the time of the shop.
    pub credential_clock: Clock,
    /// Clock of the shop: of its promotions, and of everything it writes.
    pub clock: Clock,
    /// Number of synthetic products, which are computed from their numbers and served instead of the stored ones. They
    /// can be read, not bought. At most [`i32::MAX`] of them are served.
    pub synthetic: Option<u32>,
    /// Seed of the draws for jitter and rates of faults.
    pub fault_seed: u64,
    /// True to work on the data where it is requested, and not on blocking threads. A simulation on one thread repeats
    /// itself only if no other thread has a part in it.
    pub inline: bool,
    /// True to serve `shop.admin.v1.AdminService` beside the services. It requires no credential,
    /// can break the services, and shows which users and devices called them.
    pub admin: bool,
}

/// The domain services over one store, with their faults and their call log. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Domain {
    pub(crate) store: Store,
    pub(crate) products: Products,
    pub(crate) inventory: Inventory,
    pub(crate) orders: Orders,
    pub(crate) notifications: Notifications,
    pub(crate) clock: Clock,
    pub(crate) faults: Faults,
    pub(crate) calls: Calls,
    pub(crate) verifier: Arc<Verifier>,
    pub(crate) has_admin: bool,
}

/// The data of a new shop. Domains that begin with it open much faster than by making their own. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Seed(Image);

/// Error for a domain that cannot be opened: its file cannot be written, or is not that of a shop.
/// The source has the details.
#[derive(Debug)]
pub struct OpenError {
    data: Option<PathBuf>,
    cause: StoreError,
}

impl Default for Options {
    /// A domain in memory, seeded now, with the key of development, the shop's BFFs and the machine's clock, and
    /// without the admin service.
    fn default() -> Self {
        Self {
            data: None,
            seed: None,
            seed_time: Timestamp::now(),
            credential_key: DEVELOPMENT_CREDENTIAL_KEY.to_owned(),
            key_sets: BTreeMap::new(),
            issuers: ISSUERS.map(str::to_owned).into(),
            permissions: None,
            credential_clock: Clock::system(),
            clock: Clock::system(),
            synthetic: None,
            fault_seed: 0,
            inline: false,
            admin: false,
        }
    }
}

impl Seed {
    /// Makes the data of a shop that opened at this time. This blocks, usually for less than a second.
    pub fn new(seed_time: Timestamp) -> Result<Self, OpenError> {
        let image = Image::of(|db| seed::fill(db, seed_time).map(drop));
        Ok(Self(image.map_err(|cause| OpenError { data: None, cause })?))
    }
}

impl Domain {
    /// Opens the store, and seeds it when it is new. This blocks, usually for less than a second.
    pub fn open(options: Options) -> Result<Self, OpenError> {
        let Options { data, mut seed_time, clock, synthetic, .. } = options;
        let seeded = options.seed.as_ref().map(|Seed(image)| image);
        let place = data.as_deref().map_or(Place::Memory(seeded), Place::File);
        let store = Store::open(place, |db| {
            seed_time = seed::fill(db, seed_time)?;
            Ok(())
        })
        .map_err(|cause| OpenError { data, cause })?
        .inline(options.inline);
        let products: Products = match synthetic {
            Some(count) => Arc::new(Synthetic::new(count, seed_time)),
            None => Arc::new(Stored),
        };
        let inventory = Inventory::new(store.clone(), clock.clone(), products.clone());
        let notifications = Notifications::new(store.clone(), clock.clone());
        Ok(Self {
            orders: Orders::new(store.clone(), clock.clone(), inventory.clone(), notifications.clone()),
            inventory,
            notifications,
            store,
            products,
            faults: Faults::new(options.fault_seed),
            calls: Calls::new(),
            verifier: Arc::new(Verifier::new(
                &options.credential_key,
                options.key_sets,
                options.issuers,
                options.permissions,
                options.credential_clock,
            )),
            has_admin: options.admin,
            clock,
        })
    }

    /// The faults of the services, to be switched on and off.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// The log of calls.
    #[must_use]
    pub fn calls(&self) -> &Calls {
        &self.calls
    }

    /// Sets the quantity of a product in a warehouse, and notifies the watchers of its stock.
    ///
    /// # Errors
    /// `NOT_FOUND` for an unknown product or warehouse, `INVALID_ARGUMENT` for a negative quantity.
    pub async fn set_stock(&self, product: &str, warehouse: &str, quantity: i64) -> Result<(), Status> {
        Ok(self.inventory.set_quantity(product, warehouse, quantity).await?)
    }

    /// Brings an order to its next state: placed, packed, shipped, delivered. Its owner is notified from shipped on.
    ///
    /// # Errors
    /// `NOT_FOUND` for an unknown order, `FAILED_PRECONDITION` for one in its last state.
    pub async fn advance_order(&self, order: &str) -> Result<(), Status> {
        Ok(self.orders.advance(order).await?)
    }

    /// Sends a notification to a user, and returns it. The user's watchers receive it.
    ///
    /// # Errors
    /// `INTERNAL` when the store fails.
    pub async fn notify(&self, user: &str, announcement: Announcement) -> Result<Notification, Status> {
        Ok(self.notifications.notify(user, announcement).await?)
    }

    /// Cancels an order: its items are put back into the warehouses, its payment is released, its owner is notified.
    ///
    /// # Errors
    /// `NOT_FOUND` for an unknown order, `FAILED_PRECONDITION` for one that was shipped or has ended.
    pub async fn cancel_order(&self, order: &str) -> Result<(), Status> {
        Ok(self.orders.cancel(order).await?)
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.data {
            Some(data) => write!(f, "cannot open {}", data.display()),
            None => f.write_str("cannot open a store in memory"),
        }
    }
}

impl std::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.cause)
    }
}
