use std::collections::BTreeMap;
use std::time::Duration;

use endpoints::{Network, Settings, Tcp};

use super::*;
use crate::{
    Brownout, CallMetadata, Enforcement, KeptFresh, Observed, Policies, PolicyTable as _, Rpc, Services,
    Upstream, Upstreams,
};

/// A fetch whose every key is its own value. Its service would reject a key that is asked for twice.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Echo(u32);

impl Fetch for Echo {
    const NAME: &'static str = "Echo";
    const RPC: Rpc = Rpc::read("test.v1.EchoService/BatchEcho").public();
    const MAX_KEYS: usize = 100;
    const READS: &'static [&'static str] = &["key"];
    type Value = u32;

    async fn batch(keys: &[Self], _call: Call<'_>) -> BatchResult<Self> {
        if keys.windows(2).any(|pair| pair[0] == pair[1]) {
            let twice = UpstreamError::new(FailureKind::InvalidArgument, "a key twice");
            return BatchResult::failed(keys, &twice);
        }
        let answers: Vec<_> = keys.iter().map(|key| (key.clone(), Ok(key.0))).collect();
        BatchResult::matched(keys, answers)
    }
}

fn context() -> Arc<CallContext> {
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
    let upstream = Upstream::new(&services, policies, Enforcement::enforcing(), Arc::default(), Arc::new(()));
    Arc::new(CallContext {
        upstream: Arc::new(upstream),
        deadline: Instant::now() + Duration::from_secs(1),
        credentials: Arc::new(CallMetadata::default()),
        operation: "Test".into(),
        tags: None,
        alone: false,
        brownout: Brownout::None,
        kept_fresh: KeptFresh::default(),
        started: Instant::now(),
        observed: Observed::default(),
    })
}

#[tokio::test(start_paused = true)]
async fn a_key_that_is_needed_again_after_everybody_left_is_loaded_once() {
    let (flights, context) = (Arc::new(Flights::<Echo>::default()), context());
    let call = Call::new(&context, Echo::RPC, Echo::NAME, None).unwrap();
    let join = |key| {
        let mut flights = flights.join(&context, call, context.deadline, &[Echo(key)]);
        flights.pop().unwrap().flight
    };
    drop(join(1));
    drop(join(2));
    let needed_again = join(1);
    assert_eq!(needed_again.await.unwrap().results[0].as_ref().unwrap(), &1);
    assert!(flights.state().under_way.is_empty());
}
