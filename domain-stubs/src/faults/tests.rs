use super::*;

const RPC: &str = "shop.reviews.v1.ReviewService/BatchListReviews";

fn fault() -> Fault {
    Fault { rpc: RPC.to_owned(), ..Fault::default() }
}

fn key_fault(kind: KeyFaultKind) -> KeyFault {
    KeyFault { kind: kind.into(), ..KeyFault::default() }
}

#[test]
fn invalid_faults_are_rejected() {
    let negative = Some(prost_types::Duration { seconds: -1, nanos: 0 });
    let bad = [
        Fault { rpc: "shop.reviews.v1.ReviewService/Nope".into(), ..fault() },
        Fault { rpc: "shop.admin.v1.AdminService/SetFault".into(), ..fault() },
        Fault { rpc: String::new(), ..fault() },
        Fault { latency: negative, ..fault() },
        Fault { jitter: negative, ..fault() },
        Fault { retry_delay: negative, ..fault() },
        Fault { odd_answer: 99, ..fault() },
        Fault { error_code: 17, ..fault() },
        Fault { error_code: -1, ..fault() },
        Fault { error_rate: 1.5, ..fault() },
        Fault { error_rate: f64::NAN, ..fault() },
        Fault { latency_rate: -0.1, ..fault() },
        Fault { latency_rate: 1.1, ..fault() },
        Fault { key_faults: vec![key_fault(KeyFaultKind::Unspecified)], ..fault() },
        Fault { key_faults: vec![key_fault(KeyFaultKind::Error)], ..fault() },
        Fault {
            rpc: "shop.catalog.v1.CatalogService/ListProducts".into(),
            key_faults: vec![key_fault(KeyFaultKind::Omit)],
            ..fault()
        },
    ];
    for fault in bad {
        let faults = Faults::new(1);
        assert_eq!(faults.set(fault.clone()).unwrap_err().code(), Code::InvalidArgument, "{fault:?}");
        assert_eq!(faults.list(), []);
    }
}

#[test]
fn an_error_rate_fails_its_part_of_the_calls_and_the_same_ones_each_time() {
    let draws = || {
        let faults = Faults::new(42);
        faults.set(Fault { error_code: 14, error_rate: 0.25, ..fault() }).unwrap();
        (0..1_000).map(|_| faults.draw(RPC).failure).collect::<Vec<_>>()
    };
    let failed = draws().iter().flatten().count();
    assert!((200..300).contains(&failed), "{failed} of 1000 failed");
    assert_eq!(draws(), draws());
}

#[test]
fn jitter_adds_at_most_itself() {
    let faults = Faults::new(3);
    let (latency, jitter) = (Duration::from_millis(10), Duration::from_millis(5));
    let [latency_sent, jitter_sent] =
        [latency, jitter].map(|time| prost_types::Duration::try_from(time).ok());
    faults.set(Fault { latency: latency_sent, jitter: jitter_sent, ..fault() }).unwrap();
    let waits: Vec<_> = (0..100).map(|_| faults.draw(RPC).wait).collect();
    assert!(waits.iter().all(|wait| (latency..latency + jitter).contains(wait)));
    assert!(waits.iter().any(|wait| *wait != waits[0]));
}

#[test]
fn a_latency_rate_delays_its_part_of_the_calls_and_the_same_ones_each_time() {
    let latency = Duration::from_millis(200);
    let draws = || {
        let faults = Faults::new(42);
        let latency = prost_types::Duration::try_from(latency).ok();
        faults.set(Fault { latency, latency_rate: 0.02, ..fault() }).unwrap();
        (0..5_000).map(|_| faults.draw(RPC).wait).collect::<Vec<_>>()
    };
    let delayed = draws().iter().filter(|wait| **wait == latency).count();
    assert!((60..140).contains(&delayed), "{delayed} of 5000 are delayed");
    assert_eq!(draws().iter().filter(|wait| wait.is_zero()).count(), 5_000 - delayed);
    assert_eq!(draws(), draws());
}

#[test]
fn a_second_fault_of_an_rpc_replaces_the_first() {
    let faults = Faults::new(1);
    faults.set(Fault { black_hole: true, ..fault() }).unwrap();
    faults.set(Fault { error_code: 5, ..fault() }).unwrap();
    assert_eq!(faults.draw(RPC).failure, Some(Failure::Status(Code::NotFound, None)));
    faults.clear();
    assert_eq!(faults.draw(RPC).failure, None);
}
