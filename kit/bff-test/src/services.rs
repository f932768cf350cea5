//! Services that answer by their contracts alone.

mod call;
mod message;
mod response;
mod server;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::serve::Listener;
use operation::FailureMode;
use prost_reflect::{DescriptorPool, FieldDescriptor, MethodDescriptor};
use serde_json::Value;

pub use call::Call;

/// Items of every list for which nothing else is said.
const USUAL_ITEMS: usize = 3;

/// Services that answer every RPC of a set of contracts. Cheap to clone.
///
/// An answer holds made-up values that depend on the field, on its object, and on the principal, unless the RPC answers
/// everybody alike: the same request has the same answer. Keys come back with their results, read masks are kept, and pages
/// are as long as they are asked to be.
#[derive(Clone, Debug)]
pub struct Services(Arc<State>);

#[derive(Debug)]
struct State {
    pool: DescriptorPool,
    /// RPCs that answer everybody alike.
    public: BTreeSet<String>,
    /// RPCs that take several keys, and the paths of a value that their fetches read themselves.
    batches: BTreeMap<String, Vec<String>>,
    /// Upper bounds on the lists of responses, by RPC.
    most: BTreeMap<String, usize>,
    /// Upper bound on every list that a field reads of a message.
    read: usize,
    /// Values of fields, by full name.
    values: BTreeMap<String, Value>,
    switches: Mutex<Switches>,
    calls: Mutex<Vec<Call>>,
}

#[derive(Debug, Default)]
struct Switches {
    /// Items of each list, where that is more than it may hold; `None` for the usual number.
    items: Option<usize>,
    broken: BTreeMap<String, Break>,
}

/// A way to break an RPC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Break {
    /// Every call fails with this gRPC status.
    Status(i32),
    /// Every key of a batch fails with this gRPC status.
    Keys(i32),
    /// No call gets a response.
    Silent,
    /// Every response is no message of the contract.
    Unreadable,
}

impl Break {
    /// Returns the failure mode as which a plan lists this.
    ///
    /// # Panics
    /// For the status of a success, which breaks nothing.
    #[must_use]
    pub fn mode(self) -> FailureMode {
        match self {
            Self::Status(code) | Self::Keys(code) => {
                FailureMode::of_status(code).expect("a status other than OK")
            }
            Self::Silent => FailureMode::Timeout,
            Self::Unreadable => FailureMode::Internal,
        }
    }
}

/// Checks that a field of this full name can hold a value.
///
/// # Panics
/// If it cannot, or if there is no such field.
pub(crate) fn check_value(pool: &DescriptorPool, field: &str, value: &Value) {
    let found = field.rsplit_once('.').and_then(|(message, name)| {
        let message = pool.get_message_by_name(message)?;
        message.get_field_by_name(name)
    });
    let Some(found) = found else { panic!("no message has the field {field}") };
    assert!(message::said_value(&found, value).is_some() || value.is_null(), "{field} cannot be {value}");
}

/// Facts about the services that their contracts do not tell.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) public: BTreeSet<String>,
    pub(crate) batches: BTreeMap<String, Vec<String>>,
    pub(crate) most: BTreeMap<String, usize>,
    /// Upper bound on every list that a field reads of a message.
    pub(crate) read: usize,
    pub(crate) values: BTreeMap<String, Value>,
}

impl Services {
    pub(crate) fn new(pool: DescriptorPool, known: Known) -> Self {
        let Known { public, batches, most, read, values } = known;
        let (switches, calls) = (Mutex::default(), Mutex::default());
        Self(Arc::new(State { pool, public, batches, most, read, values, switches, calls }))
    }

    /// Breaks an RPC, such as `"shop.carts.v1.CartService/GetCart"`, until it is mended.
    ///
    /// # Panics
    /// If no contract has such an RPC.
    pub fn break_rpc(&self, rpc: &str, how: Break) {
        assert!(self.method(rpc).is_some(), "no contract has the RPC {rpc}");
        self.switches().broken.insert(rpc.to_owned(), how);
    }

    /// Mends every RPC.
    pub fn mend(&self) {
        self.switches().broken.clear();
    }

    /// Sets the items of every list that may hold so many; `None` for three. A page holds no more than it is asked for.
    pub fn fill_lists(&self, items: Option<usize>) {
        self.switches().items = items;
    }

    /// Returns the calls that were made, in the order in which they arrived.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.log().clone()
    }

    /// Forgets the calls that were made.
    pub fn forget_calls(&self) {
        self.log().clear();
    }

    /// Returns true if the BFF takes the responses of an RPC to be the same for everybody.
    pub(crate) fn answers_all_alike(&self, rpc: &str) -> bool {
        self.0.public.contains(rpc)
    }

    /// Returns true if an RPC answers with a result for each key.
    pub(crate) fn answers_by_key(&self, rpc: &str) -> bool {
        self.method(rpc).is_some_and(|method| call::key_field(&method).is_some())
    }

    /// Returns true if an RPC takes several keys and fails for all of them together.
    pub(crate) fn fails_together(&self, rpc: &str) -> bool {
        self.method(rpc).is_some_and(|method| self.values_of_keys(&method).is_some())
    }

    /// Returns the keys and values of an RPC that takes several keys and responds with a list of values, without results by key.
    fn values_of_keys(&self, method: &MethodDescriptor) -> Option<(FieldDescriptor, FieldDescriptor)> {
        let rpc = format!("{}/{}", method.parent_service().full_name(), method.name());
        rpc_shape::many(method).filter(|_| self.0.batches.contains_key(&rpc))
    }

    /// Returns the field of the request that holds the keys, for an RPC that takes several.
    fn key_field(&self, method: &MethodDescriptor) -> Option<FieldDescriptor> {
        call::key_field(method).or_else(|| self.values_of_keys(method).map(|(keys, _)| keys))
    }

    /// Serves connections for as long as it is polled.
    pub(crate) async fn serve<L: Listener<Addr: std::fmt::Debug>>(self, listener: L) {
        server::serve(self, listener).await;
    }

    fn method(&self, rpc: &str) -> Option<MethodDescriptor> {
        let (service, method) = rpc.split_once('/')?;
        self.0.pool.get_service_by_name(service)?.methods().find(|it| it.name() == method)
    }

    fn switches(&self) -> MutexGuard<'_, Switches> {
        self.0.switches.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn log(&self) -> MutexGuard<'_, Vec<Call>> {
        self.0.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
