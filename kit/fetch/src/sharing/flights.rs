//! Calls under way for all requests: one for each key, whoever needs it meanwhile.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::{self, WeakShared, join_all};
use futures_util::{FutureExt as _, StreamExt as _, stream};
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::shared::{Shared, covers};
use crate::{BatchResult, Call, CallContext, FailureKind, Fetch, Mask, Policy, UpstreamError};

/// The result of a key that is on its way. It arrives as long as anybody waits for it.
pub(super) type Flight<F> = future::Shared<oneshot::Receiver<Arrived<<F as Fetch>::Value>>>;

/// The result of a key.
#[derive(Clone)]
pub(super) struct Arrived<V> {
    pub(super) result: Result<V, UpstreamError>,
    /// Share of the response in bytes; `None` without a response.
    pub(super) bytes: Option<usize>,
}

/// Share of a call's timeout by which it may end before a request that joins it.
const SLACK: u32 = 10;

/// The flights of one type of fetch.
pub(super) struct Flights<F: Fetch>(Mutex<State<F>>);

struct State<F: Fetch> {
    under_way: HashMap<F, UnderWay<F>>,
    /// Keys that the next call is to load, by read mask.
    gathering: Vec<Group<F>>,
    next_number: u64,
}

struct UnderWay<F: Fetch> {
    number: u64,
    mask: Option<Mask>,
    end: Instant,
    flight: WeakShared<oneshot::Receiver<Arrived<F::Value>>>,
}

struct Group<F: Fetch> {
    mask: Option<Mask>,
    /// Time by which the call must have ended.
    end: Instant,
    keys: Vec<Departing<F>>,
}

struct Departing<F: Fetch> {
    key: F,
    number: u64,
    /// Number of the request that needs the key first.
    request: u64,
    arrived: oneshot::Sender<Arrived<F::Value>>,
}

/// Results of a call.
struct Loaded<F: Fetch> {
    results: HashMap<F, Result<F::Value, UpstreamError>>,
    bytes: Option<usize>,
    /// Failure of the call as a whole.
    failure: Option<FailureKind>,
}

/// Results of a call that may be kept.
struct Kept<'a, F: Fetch> {
    results: &'a HashMap<F, Result<F::Value, UpstreamError>>,
    mask: Option<&'a Mask>,
    policy: Policy,
    started: Instant,
    /// Size of the whole response.
    bytes: usize,
}

impl<F: Fetch> Default for Flights<F> {
    fn default() -> Self {
        Self(Mutex::new(State { under_way: HashMap::new(), gathering: Vec::new(), next_number: 0 }))
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
    ) -> Vec<(F, Flight<F>)> {
        let (policy, mask) = (call.policy(), call.mask_of_slot());
        let in_time = |other: Instant| other + policy.timeout / SLACK >= end;
        let mut state = self.state();
        let request = state.next_number;
        let mut departs = false;
        let flights = keys.iter().map(|key| {
            let under_way =
                state.under_way.get(key).filter(|it| covers(it.mask.as_ref(), mask) && in_time(it.end));
            // A flight that everybody has left is about to be cancelled.
            if let Some(flight) = under_way.and_then(|it| it.flight.upgrade()) {
                return (key.clone(), flight);
            }
            let (arrived, flight) = oneshot::channel();
            let flight = flight.shared();
            let number = state.next_number;
            state.next_number += 1;
            if let Some(weak) = flight.downgrade() {
                state
                    .under_way
                    .insert(key.clone(), UnderWay { number, mask: mask.cloned(), end, flight: weak });
            }
            let departing = Departing { key: key.clone(), number, request, arrived };
            let gathered = |it: &&mut Group<F>| it.mask.as_ref() == mask && in_time(it.end);
            if let Some(group) = state.gathering.iter_mut().find(gathered) {
                group.keys.push(departing);
            } else {
                departs = true;
                state.gathering.push(Group { mask: mask.cloned(), end, keys: vec![departing] });
            }
            (key.clone(), flight)
        });
        let flights = flights.collect();
        drop(state);
        if departs {
            tokio::spawn(self.clone().depart(context.clone(), policy, mask.cloned(), end));
        }
        flights
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
            at.map(|at| state.gathering.swap_remove(at).keys).unwrap_or_default()
        };
        // Those that everybody left are not loaded. A key may be among the others again: it was needed anew since.
        let (left, group): (Vec<_>, Vec<_>) = group.into_iter().partition(|it| it.arrived.is_closed());
        self.left(&left);
        let mut keys = group.into_iter();
        let mut calls = Vec::new();
        loop {
            let part: Vec<_> = keys.by_ref().take(F::MAX_KEYS).collect();
            if part.is_empty() {
                break;
            }
            calls.push(self.load(&leader, policy, mask.as_ref(), end, part));
        }
        stream::iter(calls).buffer_unordered(F::AT_ONCE).for_each(std::future::ready).await;
    }

    /// Loads keys in one call. If the service rejects the call, each request's keys are loaded again by themselves, so
    /// that a request whose keys are wrong fails no other.
    async fn load(
        &self,
        leader: &CallContext,
        policy: Policy,
        mask: Option<&Mask>,
        end: Instant,
        mut part: Vec<Departing<F>>,
    ) {
        part.sort_unstable_by(|one, other| one.key.cmp(&other.key));
        let Some(loaded) = self.call(leader, policy, mask, end, &mut part).await else {
            return self.left(&part);
        };
        let is_rejected = loaded.failure.is_some_and(FailureKind::may_be_of_one_key);
        if !is_rejected || part.iter().all(|it| it.request == part[0].request) {
            return self.arrived(part, loaded);
        }
        let mut of_requests: BTreeMap<u64, Vec<Departing<F>>> = BTreeMap::new();
        for departing in part {
            of_requests.entry(departing.request).or_default().push(departing);
        }
        let again = of_requests.into_values().map(async |mut part| {
            match self.call(leader, policy, mask, end, &mut part).await {
                Some(loaded) => self.arrived(part, loaded),
                None => self.left(&part),
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
        part: &mut [Departing<F>],
    ) -> Option<Loaded<F>> {
        let started = Instant::now();
        let context = leader.detached(end);
        let keys: Vec<F> = part.iter().map(|it| it.key.clone()).collect();
        let results = match Call::new(&context, F::RPC, F::NAME, mask) {
            Ok(call) => tokio::select! {
                biased;
                results = call.with_keys(part.len()).load(keys) => results,
                _ = join_all(part.iter_mut().map(|it| it.arrived.closed())) => return None,
            },
            Err(failure) => BatchResult::failed(keys, &failure),
        };
        let results = results.into_map();
        let made = context.observed.calls();
        let (bytes, failure) = (made.iter().find_map(|it| it.bytes), made.iter().find_map(|it| it.failure));
        self.keep(
            &context,
            part,
            Kept { results: &results, mask, policy, started, bytes: bytes.unwrap_or_default() },
        );
        Some(Loaded { results, bytes, failure })
    }

    /// Keeps what a call has loaded, as long as its policy says. Where the service tells of changes, a key that changed
    /// meanwhile is not kept: the response may be older.
    fn keep(&self, context: &CallContext, part: &[Departing<F>], loaded: Kept<'_, F>) {
        let (shared, Kept { results, mask, policy, started, bytes }) = (context.shared(), loaded);
        if !shared.keeps(policy) {
            return;
        }
        let each = bytes / results.len().max(1);
        if !policy.watched {
            return shared.keep(results.iter(), mask, each, started);
        }
        let numbers: HashSet<_> = part.iter().map(|it| it.number).collect();
        // Locked until all is kept: a change comes before or after.
        let state = self.state();
        let is_current = |key: &F| state.under_way.get(key).is_some_and(|it| numbers.contains(&it.number));
        shared.keep(results.iter().filter(|(key, _)| is_current(key)), mask, each, started);
    }

    /// Records that the value of a key has changed: what was kept of it is old, and nobody joins a call that began before.
    pub(super) fn changed(&self, key: &F, shared: &Shared) {
        let mut state = self.state();
        state.under_way.remove(key);
        shared.outdate::<F, F::Value>(key.clone());
    }

    fn arrived(&self, part: Vec<Departing<F>>, mut loaded: Loaded<F>) {
        self.left(&part);
        let bytes = loaded.bytes.map(|bytes| bytes / part.len().max(1));
        for Departing { key, arrived, .. } in part {
            if let Some(result) = loaded.results.remove(&key) {
                let _nobody_waits = arrived.send(Arrived { result, bytes });
            }
        }
    }

    /// Forgets keys that are no longer under way.
    fn left(&self, part: &[Departing<F>]) {
        let mut state = self.state();
        for Departing { key, number, .. } in part {
            if state.under_way.get(key).is_some_and(|it| it.number == *number) {
                state.under_way.remove(key);
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State<F>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
