use std::collections::BTreeMap;
use std::time::Duration;

use endpoints::{Network, Settings, Tcp};

use super::super::wait;
use super::*;
use crate::{
    Brownout, CallMetadata, Enforcement, KeptFresh, Observed, Policies, PolicyTable as _, Rpc, Services,
    Upstream, Upstreams,
};

/// A fetch whose every key is its own value. Its service would reject a key that is asked for twice.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Echo(u32);

/// A key for which the service rejects the whole call.
const MALFORMED: Echo = Echo(666);

impl Fetch for Echo {
    const NAME: &'static str = "Echo";
    const RPC: Rpc = Rpc::read("test.v1.EchoService/BatchEcho").public();
    const MAX_KEYS: usize = 100;
    const READS: &'static [&'static str] = &["key"];
    type Value = u32;

    async fn batch(keys: &[Self], call: Call<'_>) -> BatchResult<Self> {
        assert!(keys.len() <= Self::MAX_KEYS, "more keys than a call takes");
        if keys.contains(&MALFORMED) {
            call.observe().end(None, Some(FailureKind::InvalidArgument), false);
            let malformed = UpstreamError::new(FailureKind::InvalidArgument, "a malformed key");
            return BatchResult::failed(keys, &malformed);
        }
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
async fn a_request_that_joins_others_gets_the_values_of_its_own_keys() {
    let (flights, context) = (Arc::new(Flights::<Echo>::default()), context());
    let call = Call::new(&context, Echo::RPC, Echo::NAME, None).unwrap();
    let join = |keys: &[u32]| {
        let keys: Vec<_> = keys.iter().copied().map(Echo).collect();
        flights.join(&context, call, context.deadline, &keys)
    };
    let (first, second) = (join(&[2, 9, 1]), join(&[5, 8]));
    let third = join(&[1, 3, 8, 2, 0]);
    assert_eq!(third.len(), 3, "two of others, and one of its own");
    for (keys, joined) in [(vec![2, 9, 1], first), (vec![5, 8], second), (vec![1, 3, 8, 2, 0], third)] {
        let mut values = vec![None; keys.len()];
        for Joined { flight, seats, .. } in joined {
            let arrived = flight.await.unwrap();
            for Seat { place, seat } in seats {
                values[place] = arrived.results[seat].clone().ok();
            }
        }
        assert_eq!(values, keys.into_iter().map(Some).collect::<Vec<_>>());
    }
    assert!(flights.state().under_way.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_wrong_key_of_one_request_fails_no_other() {
    let (flights, context) = (Arc::new(Flights::<Echo>::default()), context());
    let call = Call::new(&context, Echo::RPC, Echo::NAME, None).unwrap();
    let wait = async |keys: &[u32]| {
        let keys: Vec<_> = keys.iter().copied().map(Echo).collect();
        let results = wait(&flights, &context, call, &keys).await;
        results.into_iter().map(Result::ok).collect::<Vec<_>>()
    };
    let (wrong, beside, joined) = tokio::join!(wait(&[1, 666]), wait(&[4, 3]), wait(&[5, 1]));
    assert_eq!([wrong, beside, joined], [vec![None, None], vec![Some(4), Some(3)], vec![Some(5), Some(1)]]);
    assert!(flights.state().under_way.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_key_that_is_read_in_several_ways_is_in_a_call_once() {
    let (flights, context) = (Arc::new(Flights::<Echo>::default()), context());
    let masks = ["name", "price"].map(|path| [path].into_iter().collect::<Mask>());
    let join = |mask| {
        let call = Call::new(&context, Echo::RPC, Echo::NAME, Some(mask)).unwrap();
        flights.join(&context, call, context.deadline, &[Echo(5)]).pop().unwrap().flight
    };
    for flight in [join(&masks[0]), join(&masks[1]), join(&masks[0])] {
        assert_eq!(flight.await.unwrap().results[0].as_ref().unwrap(), &5);
    }
}

#[tokio::test(start_paused = true)]
async fn as_many_keys_go_in_a_call_as_the_rpc_takes() {
    let (flights, context) = (Arc::new(Flights::<Echo>::default()), context());
    let call = Call::new(&context, Echo::RPC, Echo::NAME, None).unwrap();
    let keys = |from: u32, to: u32| (from..to).map(Echo).collect::<Vec<_>>();
    let many = flights.join(&context, call, context.deadline, &keys(0, 250));
    assert_eq!(many.iter().map(|it| it.seats.len()).collect::<Vec<_>>(), [100, 100, 50]);
    let few = flights.join(&context, call, context.deadline, &keys(300, 360));
    assert_eq!(
        few.iter().map(|it| it.seats.len()).collect::<Vec<_>>(),
        [50, 10],
        "the last call is filled first"
    );
    for Joined { flight, .. } in many.into_iter().chain(few) {
        assert!(flight.await.unwrap().results.iter().all(Result::is_ok));
    }
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
