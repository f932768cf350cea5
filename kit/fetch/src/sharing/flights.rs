//! Calls under way for all requests: one for each key, whoever needs it meanwhile.

#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use foldhash::HashMap;
use futures_util::future::{self, WeakShared, join_all};
use futures_util::{FutureExt as _, StreamExt as _, stream};
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::ordered::Ordered;
use crate::shared::{Shared, covers};
use crate::{BatchResult, Call, CallContext, FailureKind, Fetch, Mask, Policy, UpstreamError};

/// Keys of one request that are loaded in one call. The results of all arrive as long as anybody waits for one of them.
type Flight<F> = future::Shared<oneshot::Receiver<Arc<Arrived<F>>>>;

/// Results of a flight.
pub(super) struct Arrived<F: Fetch> {
    /// A result for each key, in their order.
    pub(super) results: Vec<Result<F::Value, UpstreamError>>,
    /// Share of a key in the bytes of the response; `None` without a response.
    pub(super) bytes_of_key: Option<usize>,
    /// True if the service rejected the call, which may be about one of its keys.
    pub(super) is_rejected: bool,
}

/// A flight that brings keys of a request.
pub(super) struct Joined<F: Fetch> {
    pub(super) flight: Flight<F>,
    pub(super) seats: Vec<Seat>,
    /// True if the flight is that of another request.
    pub(super) is_of_another: bool,
}

/// A key of a request in a flight.
pub(super) struct Seat {
    /// Place of the key in the request.
    pub(super) place: usize,
    /// Place of the key in the flight.
    pub(super) seat: usize,
}

/// Share of a call's timeout by which it may end before a request that joins it.
const SLACK: u32 = 10;

/// The flights of one type of fetch.
pub(super) struct Flights<F: Fetch>(Mutex<State<F>>);

struct State<F: Fetch> {
    under_way: HashMap<F, UnderWay<F>>,
    /// Flights that are to depart in the next call, by read mask.
    gathering: Vec<Group<F>>,
    next_number: u64,
}

/// A key under way.
struct UnderWay<F: Fetch> {
    seat: usize,
    flight: Arc<Joinable<F>>,
}

/// A flight, as those see it who may join it.
struct Joinable<F: Fetch> {
    number: u64,
    mask: Option<Mask>,
    end: Instant,
    arrival: WeakShared<oneshot::Receiver<Arc<Arrived<F>>>>,
}

struct Group<F: Fetch> {
    mask: Option<Mask>,
    /// Time by which the call must have ended.
    end: Instant,
    flights: Vec<Departing<F>>,
}

struct Departing<F: Fetch> {
    number: u64,
    keys: Vec<F>,
    arrived: oneshot::Sender<Arc<Arrived<F>>>,
}

/// Results of a call.
struct Loaded<F: Fetch> {
    /// A result for each key, in the order of the flights and their keys.
    results: Vec<Result<F::Value, UpstreamError>>,
    bytes: Option<usize>,
    /// Failure of the call as a whole.
    failure: Option<FailureKind>,
}

/// Results of a call that may be kept.
struct ToKeep<'a, F: Fetch> {
    keys: &'a [F],
    results: &'a [Result<F::Value, UpstreamError>],
    mask: Option<&'a Mask>,
    policy: Policy,
    started: Instant,
    /// Size of the whole response.
    bytes: usize,
}

impl<F: Fetch> Default for Flights<F> {
    fn default() -> Self {
        Self(Mutex::new(State { under_way: HashMap::default(), gathering: Vec::new(), next_number: 0 }))
    }
}

impl<F: Fetch> Flights<F> {
    /// Returns the flights of keys: those that are under way already, bring what the mask reads and have about as much
    /// time left as the call, and new ones. The call must end by `end`.
    pub(super) fn join(
        self: &Arc<Self>,
        context: &Arc<CallContext>,
        call: Call<'_>,
        end: Instant,
        keys: &[F],
    ) -> Vec<Joined<F>> {
        let (policy, mask) = (call.policy(), call.mask_of_slot());
        let in_time = |other: Instant| other + policy.timeout / SLACK >= end;
        let mut state = self.state();
        let (mut joined, mut new) = (Vec::<Joined<F>>::new(), Vec::new());
        for (place, key) in keys.iter().enumerate() {
            let under_way = state
                .under_way
                .get(key)
                .filter(|UnderWay { flight, .. }| covers(flight.mask.as_ref(), mask) && in_time(flight.end));
            // A flight that everybody has left is about to be cancelled.
            let under_way = under_way.and_then(|it| Some((it.flight.arrival.upgrade()?, it.seat)));
            let Some((flight, seat)) = under_way else {
                new.push(place);
                continue;
            };
            if let Some(joined) = joined.iter_mut().find(|it| it.flight.ptr_eq(&flight)) {
                joined.seats.push(Seat { place, seat });
            } else {
                joined.push(Joined { flight, seats: vec![Seat { place, seat }], is_of_another: true });
            }
        }
        let gathered = |it: &&mut Group<F>| it.mask.as_ref() == mask && in_time(it.end);
        let known = state.gathering.iter_mut().find(gathered);
        // The last call of the group is filled first.
        let taken = known.map_or(0, |group| group.flights.iter().map(|it| it.keys.len()).sum::<usize>());
        let (first, others) = new.split_at(new.len().min(F::MAX_KEYS - taken % F::MAX_KEYS));
        let mut departs = false;
        for places in [first].into_iter().chain(others.chunks(F::MAX_KEYS)).filter(|it| !it.is_empty()) {
            let (arrived, flight) = oneshot::channel();
            let flight = flight.shared();
            let number = state.next_number;
            state.next_number += 1;
            let keys: Vec<F> = places.iter().map(|place| keys[*place].clone()).collect();
            if let Some(arrival) = flight.downgrade() {
                let flight = Arc::new(Joinable { number, mask: mask.cloned(), end, arrival });
                let seated = keys.iter().cloned().enumerate();
                let seated = seated.map(|(seat, key)| (key, UnderWay { seat, flight: flight.clone() }));
                state.under_way.extend(seated);
            }
            let departing = Departing { number, keys, arrived };
            if let Some(group) = state.gathering.iter_mut().find(gathered) {
                group.flights.push(departing);
            } else {
                departs = true;
                state.gathering.push(Group { mask: mask.cloned(), end, flights: vec![departing] });
            }
            let seats = places.iter().enumerate().map(|(seat, place)| Seat { place: *place, seat }).collect();
            joined.push(Joined { flight, seats, is_of_another: false });
        }
        drop(state);
        if departs {
            tokio::spawn(self.clone().depart(context.clone(), policy, mask.cloned(), end));
        }
        joined
    }

    /// Loads the keys that were gathered for a mask. Requests that are ready to run at the same time add theirs first.
    async fn depart(
        self: Arc<Self>,
        leader: Arc<CallContext>,
        policy: Policy,
        mask: Option<Mask>,
        end: Instant,
    ) {
        tokio::task::yield_now().await;
        let group = {
            let mut state = self.state();
            let at = state.gathering.iter().position(|it| it.mask == mask && it.end == end);
            at.map(|at| state.gathering.swap_remove(at).flights).unwrap_or_default()
        };
        // Flights that everybody left are not loaded. A key may be among the others again: it was needed anew since.
        let (left, group): (Vec<_>, Vec<_>) = group.into_iter().partition(|it| it.arrived.is_closed());
        self.left(&left);
        let mut calls: Vec<(usize, Vec<Departing<F>>)> = Vec::new();
        for flight in group {
            let keys = flight.keys.len();
            match calls.last_mut().filter(|(taken, _)| taken.saturating_add(keys) <= F::MAX_KEYS) {
                Some((taken, flights)) => {
                    *taken += keys;
                    flights.push(flight);
                }
                None => calls.push((keys, vec![flight])),
            }
        }
        // Boxed, since they are large and would be moved again and again.
        let load = |(_, flights)| Box::pin(self.load(&leader, policy, mask.as_ref(), end, flights));
        let calls: Vec<_> = calls.into_iter().map(load).collect();
        stream::iter(calls).buffer_unordered(F::AT_ONCE).for_each(std::future::ready).await;
    }

    /// Loads flights in one call. If the service rejects the call, each is loaded again by itself, so that a request whose
    /// keys are wrong fails no other. Those who joined a flight of a wrong key load theirs again themselves.
    async fn load(
        &self,
        leader: &CallContext,
        policy: Policy,
        mask: Option<&Mask>,
        end: Instant,
        mut flights: Vec<Departing<F>>,
    ) {
        let Some(loaded) = self.call(leader, policy, mask, end, &mut flights).await else {
            return self.left(&flights);
        };
        let is_rejected = loaded.failure.is_some_and(FailureKind::may_be_of_one_key);
        if !is_rejected || flights.len() == 1 {
            return self.arrived(flights, loaded);
        }
        let again = flights.into_iter().map(async |flight| {
            let mut flights = vec![flight];
            match self.call(leader, policy, mask, end, &mut flights).await {
                Some(loaded) => self.arrived(flights, loaded),
                None => self.left(&flights),
            }
        });
        join_all(again).await;
    }

    /// Makes one call, and keeps what it loads. Returns `None` if everybody left meanwhile: the call is then cancelled,
    /// so that the service works for nobody in vain.
    async fn call(
        &self,
        leader: &CallContext,
        policy: Policy,
        mask: Option<&Mask>,
        end: Instant,
        flights: &mut [Departing<F>],
    ) -> Option<Loaded<F>> {
        let started = Instant::now();
        let context = leader.detached(end);
        let ordered = Ordered::of(flights.iter().flat_map(|it| &it.keys));
        let keys = &ordered.keys;
        let results = match Call::new(&context, F::RPC, F::NAME, mask) {
            Ok(call) => tokio::select! {
                biased;
                results = call.with_keys(keys.len()).load(keys) => results,
                _ = join_all(flights.iter_mut().map(|it| it.arrived.closed())) => return None,
            },
            Err(failure) => BatchResult::failed(keys, &failure),
        };
        let results = results.into_results();
        let made = context.observed.calls();
        let (bytes, failure) = (made.iter().find_map(|it| it.bytes), made.iter().find_map(|it| it.failure));
        let kept =
            ToKeep { keys, results: &results, mask, policy, started, bytes: bytes.unwrap_or_default() };
        self.keep(&context, flights, kept);
        Some(Loaded { results: ordered.restored(&results), bytes, failure })
    }

    /// Keeps what a call has loaded, as long as its policy says. Where the service tells of changes, a key that changed
    /// meanwhile is not kept: the response may be older.
    fn keep(&self, context: &CallContext, flights: &[Departing<F>], loaded: ToKeep<'_, F>) {
        let (shared, ToKeep { keys, results, mask, policy, started, bytes }) = (context.shared(), loaded);
        if !shared.keeps(policy) {
            return;
        }
        let each = bytes / results.len().max(1);
        let results = keys.iter().zip(results);
        if !policy.watched {
            return shared.keep(results, mask, each, started);
        }
        let numbers: HashSet<_> = flights.iter().map(|it| it.number).collect();
        // Locked until all is kept: a change comes before or after.
        let state = self.state();
        let is_current =
            |key: &F| state.under_way.get(key).is_some_and(|it| numbers.contains(&it.flight.number));
        shared.keep(results.filter(|(key, _)| is_current(key)), mask, each, started);
    }

    /// Records that the value of a key has changed: what was kept of it is old, and nobody joins a call that began before.
    pub(super) fn changed(&self, key: &F, shared: &Shared) {
        let mut state = self.state();
        state.under_way.remove(key);
        shared.outdate::<F, F::Value>(key.clone());
    }

    fn arrived(&self, flights: Vec<Departing<F>>, loaded: Loaded<F>) {
        self.left(&flights);
        let is_rejected = loaded.failure.is_some_and(FailureKind::may_be_of_one_key);
        let bytes_of_key = loaded.bytes.map(|bytes| bytes / loaded.results.len().max(1));
        let mut results = loaded.results.into_iter();
        for Departing { keys, arrived, .. } in flights {
            let results = results.by_ref().take(keys.len()).collect();
            let _nobody_waits = arrived.send(Arc::new(Arrived { results, bytes_of_key, is_rejected }));
        }
    }

    /// Forgets keys that are no longer under way.
    fn left(&self, flights: &[Departing<F>]) {
        let mut state = self.state();
        for Departing { keys, number, .. } in flights {
            for key in keys {
                if state.under_way.get(key).is_some_and(|it| it.flight.number == *number) {
                    state.under_way.remove(key);
                }
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State<F>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
