//! The keys and values of one slot.

use std::any::Any;

use fetch::{Fetch, Fetched, Fetches, UpstreamError};
use foldhash::HashMap;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

/// The keys of a slot, and their values once they are loaded.
pub(super) struct Slot<F: Fetch> {
    pub(super) keys: Vec<F>,
    places: HashMap<F, usize>,
    pub(super) values: Option<Values<F>>,
}

type Values<F> = Vec<Result<Fetched<<F as Fetch>::Value>, UpstreamError>>;

/// A slot of any fetch.
pub(super) trait AnySlot: Send {
    /// Returns the future that loads the keys in one batch; its value is for [`loaded`](Self::loaded).
    fn load<'a>(&self, fetches: &'a Fetches, slot: usize) -> BoxFuture<'a, Box<dyn Any + Send>>;

    /// Takes the values.
    fn loaded(&mut self, values: Box<dyn Any + Send>);

    fn as_any(&mut self) -> &mut dyn Any;
}

impl<F: Fetch> Default for Slot<F> {
    fn default() -> Self {
        Self { keys: Vec::new(), places: HashMap::default(), values: None }
    }
}

impl<F: Fetch> Slot<F> {
    /// Adds a key, unless it is there. Returns its place.
    pub(super) fn add(&mut self, key: F) -> usize {
        if let Some(place) = self.places.get(&key) {
            return *place;
        }
        let place = self.keys.len();
        self.keys.push(key.clone());
        self.places.insert(key, place);
        place
    }
}

impl<F: Fetch> AnySlot for Slot<F> {
    fn load<'a>(&self, fetches: &'a Fetches, slot: usize) -> BoxFuture<'a, Box<dyn Any + Send>> {
        let keys = self.keys.clone();
        async move { Box::new(fetches.load(slot, keys).await) as Box<dyn Any + Send> }.boxed()
    }

    fn loaded(&mut self, values: Box<dyn Any + Send>) {
        self.values = values.downcast::<Values<F>>().ok().map(|values| *values);
    }

    fn as_any(&mut self) -> &mut dyn Any {
        self
    }
}
