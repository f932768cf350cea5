//! Keys beyond the plan: they fail in development and are counted in production.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use endpoints::{Network, Settings, Tcp};
use fetch::{
    BatchResult, Call, CallContext, CallMetadata, Enforcement, Fetch, Fetches, KeptFresh, Observed, Policies,
    Policy, PolicyTable as _, Rpc, Services, Slot, Upstream, Upstreams,
};
use tokio::time::Instant;

/// A fetch that always loads, without a service.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Echo(u32);

impl Fetch for Echo {
    const NAME: &'static str = "Echo";
    const RPC: Rpc = Rpc::read("test.v1.EchoService/Echo");
    const MAX_KEYS: usize = 2;
    const READS: &'static [&'static str] = &[];
    type Value = u32;

    async fn batch(keys: &[Self], _call: Call<'_>) -> BatchResult<Self> {
        let answers: Vec<_> = keys.iter().map(|key| (key.clone(), Ok(key.0))).collect();
        BatchResult::matched(keys, answers)
    }
}

/// Fetches this many keys where three in two calls were planned; returns how many were loaded, and the deviations.
async fn loaded(enforcement: Enforcement, keys: u32) -> (usize, u64) {
    let slot = Slot { max_keys: 3, max_calls: 2, ..Slot::default() };
    let now = Instant::now();
    let nowhere = Upstreams {
        default: Vec::new(),
        services: BTreeMap::new(),
        settings: Settings::DEFAULT,
        max_answer_bytes: 4096,
        max_calls: 1,
        breaker_min_calls: 0,
        cache_bytes: 0,
    };
    let (network, observer): (Arc<dyn Network>, Arc<dyn endpoints::Observer>) = (Arc::new(Tcp), Arc::new(()));
    let services = Services::new(&nowhere, &network, &observer);
    let policies = Arc::new(Policies::new().fetch::<Echo>(Policy::within_ms(100)));
    let upstream = Arc::new(Upstream::new(&services, policies, enforcement, Arc::default(), Arc::new(())));
    let context = CallContext {
        upstream: upstream.clone(),
        deadline: now + Duration::from_secs(1),
        credentials: Arc::new(CallMetadata::default()),
        operation: "Test".into(),
        tags: None,
        alone: false,
        brownout: fetch::Brownout::None,
        kept_fresh: KeptFresh::default(),
        started: now,
        observed: Observed::default(),
    };
    let fetches = Fetches::new(Arc::new(context), [slot].into());
    let fetching = (0..keys).map(|key| fetches.fetch(0, Echo(key)));
    let answers = fetches.drive(futures_util::future::join_all(fetching)).await;
    let loaded = answers.into_iter().filter(|answer| answer.as_ref().unwrap().is_ok()).count();
    (loaded, upstream.deviations())
}

#[tokio::test]
async fn keys_beyond_the_plan_fail_in_development_and_are_counted_in_production() {
    assert_eq!(loaded(Enforcement::enforcing(), 3).await, (3, 0));
    assert_eq!(loaded(Enforcement::enforcing(), 4).await, (0, 1));
    assert_eq!(loaded(Enforcement::counting(), 3).await, (3, 0));
    assert_eq!(loaded(Enforcement::counting(), 4).await, (4, 1));
}
