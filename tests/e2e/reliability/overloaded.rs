//! More requests than the services can take: as many answers as before, as fast as before, the important ones first.

use std::time::Duration;

use bff_kit::host::config::Config;
use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::Full;
use proto::admin::Fault;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::load::percentile;
use super::size;
use crate::support::{ADA, Connection, Kind, Shop};

/// Time that a call for notifications takes, which no two requests share, and calls at a time: what the services can do.
const TAKES_MS: i32 = 50;
const AT_A_TIME: usize = 10;

/// Answers a second that the services can give.
const CAPACITY: usize = AT_A_TIME * 1_000 / TAKES_MS as usize;

const BROWSING: &str = "query Browsing { notifications(first: 1) { unreadCount } }";
const CHECKOUT: &str = "query Checkout { cart { count } notifications(first: 1) { unreadCount } }";

/// Needs nothing of the service that is short of capacity, and can do without its rating.
const RATED: &str = "query Rated { products(first: 1) { nodes { name rating { average } } } }";

/// One answer.
struct Got {
    sent: Instant,
    took: Duration,
    status: StatusCode,
    query: &'static str,
    is_whole: bool,
    /// True if an optional part was left out.
    is_dimmed: bool,
}

impl Got {
    fn is_served(&self) -> bool {
        self.status == StatusCode::OK && self.is_whole
    }
}

/// Sends so many requests a second for a while, whatever becomes of the ones before; one in twenty is a checkout, and one rated.
async fn open_loop(shop: &Shop, rate: usize, time: Duration) -> Vec<Got> {
    let (give_back, mut idle) = mpsc::unbounded_channel::<Connection>();
    let mut ticks = interval(Duration::from_secs(1) / u32::try_from(rate).unwrap());
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let (start, mut requests, mut count) = (Instant::now(), JoinSet::new(), 0_usize);
    while start.elapsed() < time {
        ticks.tick().await;
        count += 1;
        let query = match count % 20 {
            0 => CHECKOUT,
            10 => RATED,
            _ => BROWSING,
        };
        let (kept, give_back) = (idle.try_recv().ok(), give_back.clone());
        let to = shop.address(Kind::Web);
        requests.spawn(async move {
            let mut connection = match kept {
                Some(connection) => connection,
                None => Connection::over(tokio::net::TcpStream::connect(to).await.unwrap()).await,
            };
            let body = serde_json::json!({ "query": query }).to_string();
            let request = Request::post("/graphql")
                .header(header::HOST, "127.0.0.1")
                .header(header::CONTENT_TYPE, "application/json")
                .header(header::ACCEPT, "application/graphql-response+json")
                .header(ADA.0, ADA.1)
                .body(Full::<Bytes>::from(body))
                .unwrap();
            let sent = Instant::now();
            let answer = connection.send(request).await;
            let (took, status) = (sent.elapsed(), answer.status);
            if status == StatusCode::SERVICE_UNAVAILABLE {
                assert!(answer.headers.contains_key(header::RETRY_AFTER), "{}", answer.text);
                assert_eq!(answer.body["errors"][0]["extensions"]["code"], "OVERLOADED", "{}", answer.text);
            }
            let is_whole = answer.body.get("errors").is_none();
            let is_dimmed =
                answer.degraded() == ["products.nodes.rating: UPSTREAM_OVERLOADED of ReviewService ×1"];
            assert!(is_dimmed || answer.degraded().is_empty() || !is_whole, "{}", answer.text);
            if !answer.headers.contains_key(header::CONNECTION) {
                let _ended = give_back.send(connection);
            }
            Got { sent, took, status, query, is_whole, is_dimmed }
        });
    }
    requests.join_all().await
}

fn share(got: &[&Got]) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "counts of requests are small")]
    let share = got.iter().filter(|it| it.is_served()).count() as f64 / got.len().max(1) as f64;
    share
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_times_as_many_requests_as_the_services_can_take() {
    let shop = Shop::with(|config: &mut Config| {
        config.server.max_connections_per_address = 20_000;
        config.server.max_requests_per_address = 20_000;
        config.server.max_connections = 20_000;
        config.server.max_requests = 20_000;
        // The services take so many at a time, and let the others wait.
        config.upstream.max_calls_per_service = AT_A_TIME;
        config.server.deadline_ms = Some(1_000);
        config.admission.min_requests = 8;
    })
    .await;
    let latency = Some(prost_types::Duration { seconds: 0, nanos: TAKES_MS * 1_000_000 });
    let rpc = "shop.notifications.v1.NotificationService/ListNotifications".to_owned();
    shop.fail(Fault { rpc, latency, ..Fault::default() });

    let seconds = |short: usize, long: usize| Duration::from_millis(size(short, long) as u64);
    let before = open_loop(&shop, CAPACITY / 2, seconds(2_000, 5_000)).await;
    let unloaded = percentile(before.iter().map(|it| it.took), 0.99);
    let is_bright = |it: &Got| it.is_served() && !it.is_dimmed;
    assert!(before.iter().all(is_bright), "nothing is shed or left out at half the capacity");

    let start = Instant::now();
    let during = open_loop(&shop, CAPACITY * size(3, 10), seconds(3_000, 26_000)).await;
    let lasted = start.elapsed();
    let after = open_loop(&shop, CAPACITY / 2, seconds(3_000, 6_000)).await;

    // At the onset a queue as long as the first limit builds up, whose requests take as long as their deadline.
    let onset = seconds(1_000, 6_000);
    let steady: Vec<_> = during.iter().filter(|it| it.sent - start > onset).collect();
    let of = |query: &str| steady.iter().copied().filter(|it| it.query == query).collect::<Vec<_>>();
    let (checkout, browsing, rated) = (of(CHECKOUT), of(BROWSING), of(RATED));
    let served: Vec<_> = checkout.iter().chain(&browsing).copied().filter(|it| it.is_served()).collect();
    let goodput = served.len() as u128 * 1_000 / lasted.saturating_sub(onset).as_millis();
    let p99 = percentile(served.iter().map(|it| it.took), 0.99);
    let shed = percentile(steady.iter().filter(|it| it.status == 503).map(|it| it.took), 0.99);
    let end = after.iter().map(|it| it.sent).min().unwrap() + Duration::from_secs(2);
    let recovered: Vec<_> = after.iter().filter(|it| it.sent > end).collect();
    println!(
        "goodput {goodput}/s of {CAPACITY}/s, p99 {p99:?} of {unloaded:?}, shed in {shed:?}, \
         checkout {:.3}, browsing {:.3} served, afterwards {:.3}",
        share(&checkout),
        share(&browsing),
        share(&recovered)
    );
    assert!(share(&checkout) > 2.0 * share(&browsing), "the important ones come first");
    if size(0, 1) == 1 {
        assert!(goodput * 10 > CAPACITY as u128 * 9, "{goodput}");
        assert!(p99 < unloaded * 5 / 2 && share(&checkout) > 0.99, "{p99:?}");
    }
    let rated: Vec<_> = rated.into_iter().filter(|it| it.is_served()).collect();
    let dimmed = rated.iter().filter(|it| it.is_dimmed).count();
    println!("{dimmed} of {} answers without their optional part", rated.len());
    assert!(dimmed > 0);
    assert!(share(&recovered) > 0.99);
}
