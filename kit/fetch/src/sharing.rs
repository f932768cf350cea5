//! Loading of public values: from the cache while they are fresh, in one call for all requests that need a key at the
//! same time, and from the cache again when the service fails.

mod flights;
mod watch;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::{Instant, timeout_at};

use crate::shared::Freshness;
use crate::{BatchResult, Call, CallContext, FailureKind, Fetch, Fetched, Stale, UpstreamError};

use flights::{Arrived, Flights};

/// Loads keys for a request. `call` is the call that would load them for this request alone.
pub(crate) async fn load<F: Fetch>(
    context: &Arc<CallContext>,
    call: Call<'_>,
    keys: Vec<F>,
    is_optional: bool,
) -> HashMap<F, Result<Fetched<F::Value>, UpstreamError>> {
    let (shared, policy, now) = (context.shared(), call.policy(), Instant::now());
    let mut results = HashMap::with_capacity(keys.len());
    let (mut missing, mut old, mut to_refresh) = (Vec::new(), HashMap::new(), Vec::new());
    for key in keys {
        let Some(cached) = shared.get::<F, F::Value>(&key, call.mask_of_slot()) else {
            missing.push(key);
            continue;
        };
        match shared.freshness(&cached, F::RPC.service(), policy, now) {
            Freshness::Fresh(left) => {
                context.keep_no_longer(left);
                results.insert(key, cached.value.map(Fetched::new));
            }
            Freshness::ToRefresh => {
                context.keep_no_longer(Duration::ZERO);
                to_refresh.push(key.clone());
                results.insert(key, cached.value.map(Fetched::new));
            }
            Freshness::Stale => {
                old.insert(key.clone(), cached);
                missing.push(key);
            }
            Freshness::Dead => missing.push(key),
        }
    }
    let flights = shared.of_type::<Arc<Flights<F>>>();
    let is_left_out = is_optional && policy.is_left_out(context.brownout);
    if !to_refresh.is_empty() && !is_left_out {
        // The cache takes their results; this request does not wait.
        let refreshing = flights.join(context, call, now + policy.timeout, &to_refresh);
        tokio::spawn(join_all(refreshing.into_iter().map(|(_, flight)| flight)));
    }
    if missing.is_empty() {
        return results;
    }
    let loaded = match call.worth_it(is_optional) {
        Ok(call) => wait(&flights, context, call, missing).await,
        Err(failure) => BatchResult::failed(missing, &failure).into_map(),
    };
    for (key, result) in loaded {
        let result = match (result, old.remove(&key)) {
            (Err(failure), Some(cached)) if failure.is_of_service() => {
                let stale = Stale { age: now.saturating_duration_since(cached.loaded), failure };
                cached.value.map(|value| Fetched { value, stale: Some(stale) })
            }
            (result, _) => result.map(Fetched::new),
        };
        results.insert(key, result);
    }
    results
}

/// Waits for the flights of these keys, to the end of the call.
async fn wait<F: Fetch>(
    flights: &Arc<Flights<F>>,
    context: &Arc<CallContext>,
    call: Call<'_>,
    keys: Vec<F>,
) -> HashMap<F, Result<F::Value, UpstreamError>> {
    let call = call.with_keys(keys.len());
    let observation = call.observe();
    let end = call.end_from(Instant::now());
    let mut results = HashMap::with_capacity(keys.len());
    let mut bytes = None;
    for (key, flight) in flights.join(context, call, end, &keys) {
        let result = match timeout_at(end, flight).await {
            Ok(Ok(Arrived { result, bytes: of_key })) => {
                bytes = of_key.map(|of_key| bytes.unwrap_or_default() + of_key).or(bytes);
                result
            }
            Ok(Err(_ended)) => {
                Err(UpstreamError::new(FailureKind::Internal, "the call ended without a result"))
            }
            Err(_elapsed) => Err(call.timed_out()),
        };
        results.insert(key, result);
    }
    let failure = results.values().find_map(|result| result.as_ref().err().map(UpstreamError::kind));
    observation.end(bytes, failure, false);
    results
}
