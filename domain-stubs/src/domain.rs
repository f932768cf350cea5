//! The domain as a whole: one store and the services over it.

use std::{fmt, path::PathBuf, sync::Arc};

use jiff::Timestamp;
use proto::notifications::Notification;
use tonic::Status;

use crate::{
    assortment::Products,
    calls::Calls,
    clock::Clock,
    credential::{DEVELOPMENT_CREDENTIAL_KEY, ISSUERS, Verifier},
    faults::Faults,
    inventory::Inventory,
    notifications::{Announcement, Notifications},
    orders::Orders,
    seed,
    store::{Store, StoreError},
    stored::Stored,
    synthetic::Synthetic,
};

/// How a domain is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// The file of the data, which is made and seeded when it is not there; in memory without one.
    pub data: Option<PathBuf>,
    /// When the shop opened its doors: all times of the seed follow from it.
    pub seed_time: Timestamp,
    /// The key that credentials are signed with.
    pub credential_key: String,
    /// The BFFs that are known: the issuers (`iss`) of credentials.
    pub issuers: Vec<String>,
    /// What time it is for credentials. BFFs sign them by the machine's clock, whatever time it is in the shop.
    pub credential_clock: Clock,
    /// What time it is for promotions and whatever is written.
    pub clock: Clock,
    /// How many products are computed from their numbers instead of those of the store; they can be read and not
    /// bought. At most [`i32::MAX`] of them are served.
    pub synthetic: Option<u32>,
    /// Decides what is drawn for jitter and error rates of faults.
    pub fault_seed: u64,
    /// Whether `shop.admin.v1.AdminService` is served beside the services. It asks nobody for a credential, breaks
    /// the services and tells in whose name they were called.
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

/// Why a domain cannot be opened: its file cannot be written, or is not a shop's. The source tells which.
#[derive(Debug)]
pub struct OpenError {
    data: Option<PathBuf>,
    cause: StoreError,
}

impl Default for Options {
    /// In memory, seeded now, with the key of development, the shop's BFFs and the machine's clock, and without the
    /// admin service.
    fn default() -> Self {
        Self {
            data: None,
            seed_time: Timestamp::now(),
            credential_key: DEVELOPMENT_CREDENTIAL_KEY.to_owned(),
            issuers: ISSUERS.map(str::to_owned).into(),
            credential_clock: Clock::system(),
            clock: Clock::system(),
            synthetic: None,
            fault_seed: 0,
            admin: false,
        }
    }
}

impl Domain {
    /// Opens the store, and seeds it when it is new. This blocks, for less than a second as a rule.
    pub fn open(options: Options) -> Result<Self, OpenError> {
        let Options { data, mut seed_time, clock, synthetic, .. } = options;
        let store = Store::open(data.as_deref(), |db| {
            seed_time = seed::fill(db, seed_time)?;
            Ok(())
        })
        .map_err(|cause| OpenError { data, cause })?;
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
                options.issuers,
                options.credential_clock,
            )),
            has_admin: options.admin,
            clock,
        })
    }

    /// The faults that can be switched on.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// The log of calls.
    #[must_use]
    pub fn calls(&self) -> &Calls {
        &self.calls
    }

    /// Sets how many items of a product stand in a warehouse, and tells whoever watches.
    ///
    /// # Errors
    /// `NOT_FOUND` for an unknown product or warehouse, `INVALID_ARGUMENT` for a negative quantity.
    pub async fn set_stock(&self, product: &str, warehouse: &str, quantity: i64) -> Result<(), Status> {
        Ok(self.inventory.set_quantity(product, warehouse, quantity).await?)
    }

    /// Brings an order to its next state: placed, packed, shipped, delivered. From shipped on its owner is told.
    ///
    /// # Errors
    /// `NOT_FOUND` for an unknown order, `FAILED_PRECONDITION` for one that has come to its end.
    pub async fn advance_order(&self, order: &str) -> Result<(), Status> {
        Ok(self.orders.advance(order).await?)
    }

    /// Tells a user something, and whoever watches the user's notifications; answers what was told.
    ///
    /// # Errors
    /// `INTERNAL` when the store fails.
    pub async fn notify(&self, user: &str, announcement: Announcement) -> Result<Notification, Status> {
        Ok(self.notifications.notify(user, announcement).await?)
    }

    /// Calls an order off: its goods go back to the warehouses, its payment is released, its owner is told.
    ///
    /// # Errors
    /// `NOT_FOUND` for an unknown order, `FAILED_PRECONDITION` for one that is on its way or has ended.
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
