//! Selection of an endpoint for a call, and opening and replacement of connections, over a network in memory and a
//! paused clock.

use std::time::Duration;

use crate::support::{Memory, call, plain, send};
use endpoints::{Outcome, SendError, Settings};
use futures_util::future::join_all;
use tokio::time::{Instant, sleep};
use tonic::body::Body;

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn replicas_share_the_calls() {
    let network = Memory::default();
    let servers = [1, 2, 3].map(|number| network.serve(number));
    let endpoints =
        network.endpoints(&["http://10.0.0.1:1", "http://10.0.0.1:2", "http://10.0.0.1:3"], plain());
    for _ in 0..30 {
        let calls = join_all((0..10).map(|_| call(&endpoints, SECOND))).await;
        assert!(calls.into_iter().all(|it| it.unwrap().is_ok()));
    }
    for server in servers {
        assert!((70..=130).contains(&server.calls()), "{} of 300", server.calls());
        assert_eq!(server.connections(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_beside_another_is_at_another_replica_while_one_has_a_stream() {
    let network = Memory::default();
    let _servers = [1, 2].map(|number| network.serve(number));
    let endpoints = network.endpoints(&["http://10.0.0.1:1", "http://10.0.0.1:2"], plain());
    for _ in 0..20 {
        call(&endpoints, SECOND).await.unwrap().unwrap();
    }
    // However many calls the others have under way: they are not slow yet.
    let stream = endpoints.stream().await.unwrap();
    let slow = Some(stream.endpoint());
    let mut others = Vec::new();
    for _ in 0..20 {
        others.push(endpoints.stream_beside(slow).await.unwrap());
    }
    assert!(others.iter().all(|it| Some(it.endpoint()) != slow));
    let single = network.endpoints(&["http://10.0.0.1:1"], plain());
    let stream = single.stream().await.unwrap();
    let beside = single.stream_beside(Some(stream.endpoint())).await.unwrap();
    assert_eq!(beside.endpoint(), stream.endpoint());
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_down_fails_at_once_and_is_back_at_once() {
    let network = Memory::default();
    let endpoints = network.endpoints(&["http://10.0.0.1:1"], plain());
    let start = Instant::now();
    let error = call(&endpoints, SECOND).await.unwrap_err().to_string();
    assert!(error.contains("http://10.0.0.1:1") && error.contains("refused"), "{error}");
    assert_eq!(start.elapsed(), Duration::ZERO);
    for _ in 0..20 {
        call(&endpoints, SECOND).await.unwrap_err();
        sleep(SECOND).await;
    }
    let server = network.serve(1);
    assert_eq!(call(&endpoints, SECOND).await.unwrap(), Ok(()));
    assert_eq!(server.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_replica_that_cannot_be_reached_costs_no_call() {
    let network = Memory::default();
    let server = network.serve(1);
    let endpoints = network.endpoints(&["http://10.0.0.1:1", "http://10.0.0.1:2"], plain());
    for _ in 0..100 {
        assert_eq!(call(&endpoints, SECOND).await.unwrap(), Ok(()));
    }
    assert_eq!(server.calls(), 100);
}

#[tokio::test(start_paused = true)]
async fn a_replica_that_does_not_answer_the_handshake_is_waited_for_no_longer_than_a_quarter_second() {
    let network = Memory::default();
    network.hang(2);
    for _ in 0..10 {
        let server = network.serve(1);
        let endpoints = network.endpoints(&["http://10.0.0.1:1", "http://10.0.0.1:2"], plain());
        let start = Instant::now();
        assert_eq!(call(&endpoints, SECOND).await.unwrap(), Ok(()));
        assert!(start.elapsed() <= Duration::from_millis(251), "{:?}", start.elapsed());
        assert_eq!(server.calls(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn after_goaway_calls_go_over_a_new_connection_and_none_is_lost() {
    let network = Memory::default();
    let server = network.serve(1);
    server.goaway_after(7);
    let endpoints = network.endpoints(&["http://10.0.0.1:1"], plain());
    let (mut unsent, mut done) = (0, 0);
    for _ in 0..100 {
        loop {
            let request = http::Request::post("/a/b").body(Body::empty()).unwrap();
            match endpoints.stream().await.unwrap().send(request, Instant::now() + SECOND).await {
                Ok(_) => break,
                Err(SendError::Unsent(_)) => unsent += 1,
                Err(SendError::Sent(error)) => panic!("{error:?}"),
            }
        }
        done += 1;
    }
    assert_eq!((done, server.calls()), (100, 100));
    assert!(server.connections() >= 100 / 8 && unsent < 20, "{} {unsent}", server.connections());
}

#[tokio::test(start_paused = true)]
async fn a_connection_on_which_two_calls_time_out_without_a_byte_is_replaced() {
    let network = Memory::default();
    let mut accepted = network.listen(1);
    let endpoints = network.endpoints(&["http://10.0.0.1:1"], plain());
    // The first connection speaks its first frame and is then cut off without a word; the second works.
    let first = tokio::spawn(async move {
        let io = accepted.recv().await.unwrap();
        let handshake = h2::server::handshake(io).await.unwrap();
        (handshake, accepted)
    });
    let before = tokio::spawn({
        let endpoints = endpoints.clone();
        async move { call(&endpoints, SECOND).await }
    });
    let (dead, mut accepted) = first.await.unwrap();
    assert_eq!(before.await.unwrap().unwrap(), Err(Outcome::TimedOut));
    assert_eq!(call(&endpoints, SECOND).await.unwrap(), Err(Outcome::TimedOut));
    tokio::spawn(async move {
        let mut second = h2::server::handshake(accepted.recv().await.unwrap()).await.unwrap();
        while let Some(Ok((_, mut respond))) = second.accept().await {
            respond.send_response(http::Response::new(()), true).unwrap();
        }
    });
    sleep(SECOND / 100).await;
    for _ in 0..10 {
        assert_eq!(call(&endpoints, SECOND).await.unwrap(), Ok(()));
    }
    drop(dead);
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_dies_under_many_calls_is_replaced_by_one() {
    let network = Memory::default();
    let server = network.serve(1);
    let endpoints = network.endpoints(&["http://10.0.0.1:1"], plain());
    call(&endpoints, SECOND).await.unwrap().unwrap();
    server.silence();
    let mut streams = Vec::new();
    for _ in 0..20 {
        streams.push(endpoints.stream().await.unwrap());
    }
    // One after the other, each with time enough to open a connection.
    let calls = (1..).zip(streams).map(|(at, stream)| send(stream, at * SECOND));
    assert!(join_all(calls).await.into_iter().all(|it| it == Err(Outcome::TimedOut)));
    assert_eq!(call(&endpoints, SECOND).await.unwrap(), Ok(()));
    assert_eq!(server.connections(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_times_out_on_a_connection_that_brings_bytes_replaces_nothing() {
    let network = Memory::default();
    let server = network.serve(1);
    let endpoints = network.endpoints(&["http://10.0.0.1:1"], plain());
    for _ in 0..5 {
        server.hold();
        let held = call(&endpoints, SECOND);
        let answered = async {
            sleep(SECOND / 2).await;
            server.release();
            server.hold();
            call(&endpoints, SECOND / 4).await
        };
        tokio::join!(held, answered).0.unwrap().unwrap();
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_connection_is_opened_beside_one_whose_streams_are_used_up() {
    let network = Memory::default();
    let mut builder = h2::server::Builder::new();
    builder.max_concurrent_streams(10);
    let server = network.serve_with(1, builder);
    let two = Settings { max_connections_per_endpoint: 2, ..plain() };
    let endpoints = network.endpoints(&["http://10.0.0.1:1"], two);
    call(&endpoints, SECOND).await.unwrap().unwrap();
    server.hold();
    let calls = join_all((0..20).map(|_| call(&endpoints, 10 * SECOND)));
    let released = async {
        sleep(SECOND).await;
        assert_eq!((server.connections(), server.calls()), (2, 21));
        // Both connections are full: the next call waits for a stream.
        let waiting = tokio::time::timeout(SECOND, endpoints.stream()).await;
        assert!(waiting.is_err());
        server.release();
    };
    let (calls, ()) = tokio::join!(calls, released);
    assert!(calls.into_iter().all(|it| it.unwrap().is_ok()));
}

#[tokio::test(start_paused = true)]
async fn a_paused_server_finds_no_more_resets_than_it_accepts() {
    let network = Memory::default();
    let mut accepted = network.listen(1);
    let endpoints = network.endpoints(&["http://10.0.0.1:1"], plain());
    let calls = tokio::spawn(async move {
        // Clients that leave, long before the deadline.
        join_all((0..60).map(|_| async {
            let request = http::Request::post("/a/b").body(Body::empty()).unwrap();
            let sent = endpoints.stream().await.unwrap().send(request, Instant::now() + 5 * SECOND);
            assert!(tokio::time::timeout(SECOND, sent).await.is_err());
        }))
        .await;
        endpoints
    });
    let mut server = h2::server::handshake(accepted.recv().await.unwrap()).await.unwrap();
    let endpoints = calls.await.unwrap();
    // The server goes on, and answers what it finds: it is not told of too many resets.
    let serving = tokio::spawn(async move {
        let mut calls = 0;
        while let Some(call) = server.accept().await {
            let (_, mut respond) = call.unwrap();
            let _reset = respond.send_response(http::Response::new(()), true);
            calls += 1;
        }
        calls
    });
    assert_eq!(call(&endpoints, SECOND).await.unwrap(), Ok(()));
    drop(endpoints);
    assert!(serving.await.unwrap() >= 51);
}

#[tokio::test(start_paused = true)]
async fn names_are_resolved_again_every_ten_seconds_while_they_are_used() {
    let network = Memory::default();
    let servers = [1, 2].map(|number| network.serve(number));
    network.name("reviews", &[1]);
    let endpoints = network.endpoints(&["http://reviews:50051"], plain());
    call(&endpoints, SECOND).await.unwrap().unwrap();
    network.name("reviews", &[2]);
    for _ in 0..9 {
        sleep(SECOND).await;
        call(&endpoints, SECOND).await.unwrap().unwrap();
    }
    assert_eq!((network.lookups(), servers[0].calls(), servers[1].calls()), (1, 10, 0));
    sleep(2 * SECOND).await;
    // This call begins the resolution; the next go where it leads.
    for _ in 0..10 {
        call(&endpoints, SECOND).await.unwrap().unwrap();
        sleep(SECOND / 100).await;
    }
    assert_eq!(network.lookups(), 2);
    assert!(servers[1].calls() >= 9, "{}", servers[1].calls());
    sleep(100 * SECOND).await;
    assert_eq!(network.lookups(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_name_that_cannot_be_resolved_fails_at_once_and_known_addresses_outlive_the_resolver() {
    let network = Memory::default();
    let server = network.serve(1);
    let endpoints = network.endpoints(&["http://reviews:50051"], plain());
    let error = call(&endpoints, SECOND).await.unwrap_err().to_string();
    assert!(error.contains("reviews") && error.contains("no such host"), "{error}");
    network.name("reviews", &[1]);
    sleep(2 * SECOND).await;
    call(&endpoints, SECOND).await.unwrap().unwrap();
    network.forget("reviews");
    for _ in 0..30 {
        sleep(SECOND).await;
        call(&endpoints, SECOND).await.unwrap().unwrap();
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_old_connection_is_replaced_without_a_call_that_waits() {
    let network = Memory::default();
    let server = network.serve(1);
    let aging = Settings { max_connection_age: Some(60 * SECOND), ..plain() };
    let endpoints = network.endpoints(&["http://10.0.0.1:1"], aging);
    for _ in 0..300 {
        let start = Instant::now();
        call(&endpoints, SECOND).await.unwrap().unwrap();
        assert_eq!(start.elapsed(), Duration::ZERO);
        sleep(SECOND).await;
    }
    assert!((5..=6).contains(&server.connections()), "{}", server.connections());
}

#[tokio::test(start_paused = true)]
async fn a_replica_whose_calls_fail_five_times_in_a_row_is_ejected() {
    let network = Memory::default();
    let servers = [1, 2, 3].map(|number| network.serve(number));
    let targets = ["http://10.0.0.1:1", "http://10.0.0.1:2", "http://10.0.0.1:3"];
    let endpoints = network.endpoints(&targets, plain());
    let mut failed = 0;
    servers[0].fail(true);
    for _ in 0..200 {
        failed += usize::from(call(&endpoints, SECOND).await.unwrap().is_err());
    }
    assert_eq!((failed, servers[0].calls()), (5, 5));
    servers[0].fail(false);
    sleep(6 * SECOND).await;
    for _ in 0..20 {
        join_all((0..30).map(|_| call(&endpoints, SECOND))).await;
        sleep(SECOND).await;
    }
    assert!(servers[0].calls() > 100, "{}", servers[0].calls());
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_dies_while_its_replica_is_ejected_costs_no_call() {
    let network = Memory::default();
    let servers = [1, 2].map(|number| network.serve(number));
    let endpoints = network.endpoints(&["http://10.0.0.1:1", "http://10.0.0.1:2"], plain());
    servers[0].fail(true);
    while servers[0].calls() < 5 {
        let _failed = call(&endpoints, SECOND).await.unwrap();
    }
    servers[0].fail(false);
    servers[0].silence();
    sleep(6 * SECOND).await;
    for _ in 0..20 {
        let calls = join_all((0..30).map(|_| call(&endpoints, SECOND))).await;
        assert!(calls.into_iter().all(|it| it.unwrap() == Ok(())));
        sleep(SECOND).await;
    }
    assert!(servers[0].calls() > 100, "{}", servers[0].calls());
    assert_eq!(servers[0].connections(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_is_never_pinged_and_one_on_which_a_call_waits_is() {
    let network = Memory::default();
    let server = network.serve(1);
    let endpoints = network.endpoints(&["http://10.0.0.1:1"], plain());
    call(&endpoints, SECOND).await.unwrap().unwrap();
    // A stock server ends a connection after three pings in idleness; ours would answer them, so look at time: the
    // clock jumps from timer to timer, and with no ping there is none until the end.
    sleep(600 * SECOND).await;
    call(&endpoints, SECOND).await.unwrap().unwrap();
    assert_eq!(server.connections(), 1);
    let stream = endpoints.stream().await.unwrap();
    server.hold();
    assert_eq!(send(stream, 60 * SECOND).await, Err(Outcome::TimedOut));
    assert_eq!(server.connections(), 1);
}
