//! Loading of public values: from the cache while they are fresh, in one call for all requests that need a key at the
//! same time, and from the cache again when the service fails.

mod flights;
mod watch;

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::{Instant, timeout_at};

use crate::shared::{Cached, Freshness};
use crate::{BatchResult, Call, CallContext, FailureKind, Fetch, Fetched, Stale, UpstreamError};

use flights::{Flights, Joined, Seat};
use watch::Watch;

/// Loads keys for a request, and returns a result for each, in their order. `call` is the call that would load them for this
/// request alone.
pub(crate) async fn load<F: Fetch>(
    context: &Arc<CallContext>,
    call: Call<'_>,
    keys: &[F],
    is_optional: bool,
) -> Vec<Result<Fetched<F::Value>, UpstreamError>> {
    let shared = context.shared();
    let flights = shared.of_type::<Arc<Flights<F>>>();
    let Kept { mut results, missing, to_refresh } = kept(context, call, keys);
    let is_left_out = is_optional && call.policy().is_left_out(context.brownout);
    if !to_refresh.is_empty() && !is_left_out {
        // The cache takes their results; this request does not wait.
        let refreshing = flights.join(context, call, Instant::now() + call.policy().timeout, &to_refresh);
        tokio::spawn(join_all(refreshing.into_iter().map(|joined| joined.flight)));
    }
    if !missing.is_empty() {
        if call.policy().watched && shared.keeps(call.policy()) {
            shared.of_type::<Watch<F>>().begin(&context.upstream, &flights);
        }
        let of_missing: Vec<F> = missing.iter().map(|it| keys[it.place].clone()).collect();
        let loaded = match call.worth_it(is_optional) {
            Ok(call) => wait(&flights, context, call, &of_missing).await,
            Err(failure) => BatchResult::failed(&of_missing, &failure).into_results(),
        };
        for (Missing { place, old }, result) in missing.into_iter().zip(loaded) {
            results[place] = Some(instead(old, result));
        }
    }
    let none = || Err(UpstreamError::new(FailureKind::Internal, "a key was neither kept nor loaded"));
    results.into_iter().map(|result| result.unwrap_or_else(none)).collect()
}

/// The part of a batch that the cache holds.
struct Kept<F: Fetch> {
    /// A result for each key; `None` for those that are to be loaded.
    results: Vec<Option<Result<Fetched<F::Value>, UpstreamError>>>,
    missing: Vec<Missing<F::Value>>,
    to_refresh: Vec<F>,
}

/// A key that is to be loaded.
struct Missing<V> {
    /// Place of the key in the batch.
    place: usize,
    /// Value that stands in if the service fails.
    old: Option<Cached<V>>,
}

fn kept<F: Fetch>(context: &CallContext, call: Call<'_>, keys: &[F]) -> Kept<F> {
    let (shared, policy, now) = (context.shared(), call.policy(), Instant::now());
    let mut kept =
        Kept { results: Vec::with_capacity(keys.len()), missing: Vec::new(), to_refresh: Vec::new() };
    for (place, key) in keys.iter().enumerate() {
        let cached = shared.get::<F, F::Value>(key, call.mask_of_slot());
        let freshness = cached.as_ref().map(|it| shared.freshness(it, F::RPC.service(), policy, now));
        let (cached, old) = match freshness {
            Some(Freshness::Fresh(left)) => {
                context.keep_no_longer(left);
                (cached, None)
            }
            Some(Freshness::ToRefresh) => {
                context.keep_no_longer(Duration::ZERO);
                kept.to_refresh.push(key.clone());
                (cached, None)
            }
            Some(Freshness::Stale) => (None, cached),
            Some(Freshness::Dead) | None => (None, None),
        };
        if cached.is_none() {
            kept.missing.push(Missing { place, old });
        }
        kept.results.push(cached.map(|it| it.value.map(Fetched::new)));
    }
    kept
}

/// Returns the result of a key, or an old value if the service failed.
fn instead<V>(old: Option<Cached<V>>, result: Result<V, UpstreamError>) -> Result<Fetched<V>, UpstreamError> {
    match (result, old) {
        (Err(failure), Some(old)) if failure.is_of_service() => {
            let stale = Stale { age: Instant::now().saturating_duration_since(old.loaded), failure };
            old.value.map(|value| Fetched { value, stale: Some(stale) })
        }
        (result, _) => result.map(Fetched::new),
    }
}

/// Waits for the flights of these keys, to the end of the call. Returns a result for each key, in their order.
async fn wait<F: Fetch>(
    flights: &Arc<Flights<F>>,
    context: &Arc<CallContext>,
    call: Call<'_>,
    keys: &[F],
) -> Vec<Result<F::Value, UpstreamError>> {
    let call = call.with_keys(keys.len());
    let observation = call.observe();
    let end = call.end_from(Instant::now());
    let mut arrivals = Arrivals { results: keys.iter().map(|_| None).collect(), bytes: None };
    let rejected = arrivals.wait(flights.join(context, call, end, keys), end, call).await;
    if !rejected.is_empty() {
        let again: Vec<F> = rejected.iter().map(|place| keys[*place].clone()).collect();
        let mut joined = flights.join(context, call, end, &again);
        for seat in joined.iter_mut().flat_map(|it| &mut it.seats) {
            seat.place = rejected[seat.place];
        }
        arrivals.wait(joined, end, call).await;
    }
    let none = || Err(UpstreamError::new(FailureKind::Internal, "the call ended without a result"));
    let results: Vec<_> = arrivals.results.into_iter().map(|result| result.unwrap_or_else(none)).collect();
    let failure = results.iter().find_map(|result| result.as_ref().err().map(UpstreamError::kind));
    observation.end(arrivals.bytes, failure, false);
    results
}

/// Results of a request that have arrived.
struct Arrivals<F: Fetch> {
    results: Vec<Option<Result<F::Value, UpstreamError>>>,
    /// Size of the responses; `None` without one.
    bytes: Option<usize>,
}

impl<F: Fetch> Arrivals<F> {
    /// Waits for flights. Returns the places of keys whose call was rejected, for what may be a key of another request.
    async fn wait(&mut self, joined: Vec<Joined<F>>, end: Instant, call: Call<'_>) -> Vec<usize> {
        let mut rejected = Vec::new();
        for Joined { flight, seats, is_of_another } in joined {
            match timeout_at(end, flight).await {
                Ok(Ok(arrived)) => {
                    let share = arrived.bytes_of_key.map(|of_key| of_key * seats.len());
                    self.bytes = share.map(|share| self.bytes.unwrap_or_default() + share).or(self.bytes);
                    if arrived.is_rejected && is_of_another {
                        rejected.extend(seats.iter().map(|seat| seat.place));
                    }
                    for Seat { place, seat } in seats {
                        self.results[place] = Some(arrived.results[seat].clone());
                    }
                }
                Ok(Err(_ended)) => {}
                Err(_elapsed) => {
                    for Seat { place, .. } in seats {
                        self.results[place] = Some(Err(call.timed_out()));
                    }
                }
            }
        }
        rejected
    }
}
