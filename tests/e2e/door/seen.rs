//! Observability for operators: log lines of clients that left and of rejections, and metrics.

use bff_kit::AnyClient;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use bff_kit::host::config::{Config, LogFormat};
use bff_kit::host::metrics::{Kind as Goes, METRICS};
use bff_kit::host::{Server, Tcp};
use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use proto::admin::{Call, Fault};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::support::{
    ADA, Answer, Kind, Logged, Pipe, Plain, Shop, assert_same_as_file, operations, product_id, schema_folder,
};

fn get(uri: String) -> Request<Full<Bytes>> {
    Request::get(uri).body(Full::default()).unwrap()
}

async fn metrics(shop: &Shop, kind: Kind) -> String {
    shop.send(get(format!("http://{}/metrics", shop.address(kind)))).await.text
}

/// Waits until a condition on the output of a server holds.
async fn until(mut holds: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !holds().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), waiting).await.expect("it comes to be");
}

/// Sends an operation on a connection of its own, and closes it once the operation's call has reached the service.
async fn leave(shop: &Shop, kind: Kind, body: Value, rpc: &str) {
    let mut stream = TcpStream::connect(shop.address(kind)).await.unwrap();
    let body = body.to_string();
    let (name, value) = ADA;
    let head = format!("POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\n{name}: {value}\r\n");
    let length = body.len();
    let request = format!("{head}content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}");
    stream.write_all(request.as_bytes()).await.unwrap();
    let is_called = |call: &Call| call.rpc == rpc;
    shop.domain.calls().wait_until(|calls| calls.iter().any(is_called)).await;
}

#[tokio::test]
async fn a_client_that_leaves_before_the_answer_leaves_a_line_with_the_calls_that_were_made() {
    let logged = Logged::start(LogFormat::Json);
    // Otherwise a mutation under a key is finished without its client.
    let shop = Shop::with(|config| config.operations.replay_ms = 0).await;
    let rpc = "shop.carts.v1.CartService/AddItem";
    let late = Fault {
        rpc: rpc.to_owned(),
        latency: Some(prost_types::Duration { seconds: 60, nanos: 0 }),
        after_work: true,
        ..Fault::default()
    };
    shop.fail(late);
    let query = "mutation Leaving($input: CartAddInput!) { cartAdd(input: $input) { cart { count } } }";
    let input =
        json!({ "idempotencyKey": "leaves-early-0001", "productId": product_id("kettle-gooseneck-09") });
    leave(&shop, Kind::Mobile, json!({ "query": query, "variables": { "input": input } }), rpc).await;
    until(async || !logged.saying("did not answer Leaving").is_empty()).await;
    let line = &logged.saying("did not answer Leaving")[0];
    assert_eq!(line["status"], 499);
    assert_eq!(line["caller"], "user");
    assert_eq!(line["errors"], "client_left");
    // The calls are one for stock, then one for the cart.
    assert_eq!(line["calls"], 2, "{line:?}");
    let metrics = metrics(&shop, Kind::Mobile).await;
    assert!(metrics.contains("bff_unanswered_total{reason=\"client_left\"} 1\n"), "{metrics}");
    assert!(metrics.contains("bff_requests_total{operation=\"-\",status=\"499\"} 1\n"), "{metrics}");
    let abandoned = format!("bff_upstream_calls_total{{rpc=\"{rpc}\",outcome=\"ABANDONED\"}} 1\n");
    assert!(metrics.contains(&abandoned), "{metrics}");
}

#[tokio::test(start_paused = true)]
async fn a_request_that_the_end_of_a_drain_cuts_off_leaves_a_line() {
    let logged = Logged::start(LogFormat::Json);
    let (stop, stopped) = oneshot::channel::<()>();
    let configure = |config: &mut Config| config.server.drain_timeout_ms = 1_000;
    let mut pipe = Pipe::with(AnyClient::of::<Plain>(), configure, async { drop(stopped.await) });
    let mut stream = pipe.connect().unwrap();
    let query = "query=query%20Late%7Bafter(ms%3A60000)%7D";
    let head = format!("GET /graphql?{query} HTTP/1.1\r\nhost: bff\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    stop.send(()).unwrap();
    pipe.ended().await;
    let lines = logged.saying("did not answer Late");
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["errors"], "cut_off");
}

#[tokio::test]
async fn a_rejection_of_the_edge_leaves_a_line_a_second_and_is_counted() {
    let logged = Logged::start(LogFormat::Json);
    let shop = Shop::open().await;
    let at = |path: &str| format!("http://{}{path}", shop.iot);
    let typed = |kind: &'static str| {
        Request::post(at("/graphql")).header(header::CONTENT_TYPE, kind).body(Full::from("{}")).unwrap()
    };
    let long = Request::get(at("/graphql")).header("x-long", "x".repeat(40_000));
    let foreign =
        Request::get(at("/graphql?query=%7B__typename%7D")).header(header::ORIGIN, "https://evil.example");
    let cases = [
        (get(at("/nowhere")), "no_such_path", 404),
        (typed("text/plain"), "media_type", 415),
        (get(at(&format!("/graphql?query={}", "x".repeat(20_000)))), "uri_too_long", 414),
        (long.body(Full::default()).unwrap(), "head_too_large", 431),
        (foreign.body(Full::default()).unwrap(), "foreign_page", 403),
        (get(at("/graphql")), "ill_formed", 400),
    ];
    for (request, reason, status) in cases {
        for _ in 0..3 {
            assert_eq!(shop.fetch(request.clone()).await.status(), status, "{reason}");
        }
        let lines = logged.saying(&format!("rejected a request: {reason}"));
        assert_eq!((lines.len(), &lines[0]["status"]), (1, &json!(status)));
        let metrics = metrics(&shop, Kind::Iot).await;
        let counted = format!("bff_refused_total{{reason=\"{reason}\"}} 3\n");
        assert!(metrics.contains(&counted), "{counted}{metrics}");
    }
    // Bytes that are not HTTP, and heads too long to be read, never become a request.
    let endless = format!("GET / HTTP/1.1\r\nhost: bff\r\nx: {}", "x".repeat(100_000));
    for (sent, status) in [("GET / HTTP/1.1\r\nno header\r\n\r\n", "400"), (&endless, "431")] {
        let mut stream = TcpStream::connect(shop.iot).await.unwrap();
        let _sent = stream.write_all(sent.as_bytes()).await;
        let mut said = vec![0; 12];
        stream.read_exact(&mut said).await.unwrap();
        assert_eq!(String::from_utf8_lossy(&said[9..]), status);
    }
    for counted in [
        "bff_connections_closed_total{reason=\"unreadable\"} 2\n",
        "bff_refused_total{reason=\"bad_head\"} 1\n",
        "bff_refused_total{reason=\"head_too_large\"} 4\n",
    ] {
        until(async || metrics(&shop, Kind::Iot).await.contains(counted)).await;
    }
    assert_eq!(logged.saying("rejected a request: bad_head").len(), 1);
    assert_eq!(logged.saying("ended a connection: unreadable").len(), 1);
}

#[tokio::test]
async fn operations_calls_faults_and_bytes_are_counted() {
    let shop = Shop::with(|config| {
        config.operations.folder = Some(schema_folder());
    })
    .await;
    let rpc = "shop.reviews.v1.ReviewService/BatchGetRatings";
    shop.fail(Fault { rpc: rpc.to_owned(), error_code: 14, ..Fault::default() });
    let product = product_id("kettle-gooseneck-09");
    let query = format!("query Own {{ product(id: \"{product}\") {{ name rating }} }}");
    let degraded = shop.mobile(&query).await;
    assert_eq!(degraded.degraded().len(), 1);
    shop.mobile("{ nothing }").await;
    let registered =
        operations().into_iter().find(|it| it.kind == Kind::Mobile && it.name == "Categories").unwrap();
    shop.mobile(&registered.text).await.whole();
    let metrics = metrics(&shop, Kind::Mobile).await;
    for line in [
        "bff_requests_total{operation=\"-\",status=\"200\"} 1",
        "bff_requests_total{operation=\"Categories\",status=\"200\"} 1",
        "bff_requests_total{operation=\"-\",status=\"400\"} 1",
        "bff_degraded_total{operation=\"-\"} 1",
        "bff_errors_total{code=\"GRAPHQL_VALIDATION_FAILED\"} 1",
        &format!("bff_upstream_calls_total{{rpc=\"{rpc}\",outcome=\"UNAVAILABLE\"}} 1"),
        "bff_upstream_calls_total{rpc=\"shop.catalog.v1.CatalogService/BatchGetProducts\",outcome=\"OK\"} 1",
        "bff_service_answers{service=\"shop.reviews.v1.ReviewService\"} 0",
        "bff_service_answers{service=\"shop.catalog.v1.CatalogService\"} 1",
        "bff_request_duration_seconds_count{operation=\"-\"} 2",
        "bff_draining 0",
    ] {
        assert!(metrics.contains(&format!("{line}\n")), "{line}: {metrics}");
    }
    assert!(!metrics.contains("Own"), "names are their clients' to choose: {metrics}");
    let named = shop.send(get(format!("http://{}/metrics", shop.mobile))).await;
    assert!(named.headers[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/plain; version=0.0.4"));
}

#[tokio::test]
async fn readiness_does_not_hang_on_one_service_and_tells_of_all() {
    let ready =
        async |shop: &Shop| -> Answer { shop.send(get(format!("http://{}/readyz", shop.mobile))).await };
    let rpc = "shop.reviews.v1.ReviewService/BatchGetRatings";
    let query = format!("{{ product(id: \"{}\") {{ name rating }} }}", product_id("kettle-gooseneck-09"));
    for (needs_services, status) in [(false, StatusCode::OK), (true, StatusCode::SERVICE_UNAVAILABLE)] {
        let shop = Shop::with(|config| config.server.ready_needs_services = needs_services).await;
        let answer = ready(&shop).await;
        assert_eq!(answer.body["status"], "ready");
        assert_eq!(answer.body["services"]["shop.reviews.v1.ReviewService"], "unknown");
        shop.fail(Fault { rpc: rpc.to_owned(), error_code: 14, ..Fault::default() });
        shop.mobile(&query).await;
        let answer = ready(&shop).await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.body["services"]["shop.reviews.v1.ReviewService"], "fails");
        assert_eq!(answer.body["services"]["shop.catalog.v1.CatalogService"], "answers");
    }
}

#[tokio::test]
async fn operators_are_served_on_an_address_of_their_own_where_one_is_set() {
    let mut config = Config::development();
    config.server.admin = Some(([127, 0, 0, 1], 0).into());
    let server = Server::new(config);
    let (public, admin) =
        (TcpListener::bind("127.0.0.1:0").await.unwrap(), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let (here, there) = (public.local_addr().unwrap(), admin.local_addr().unwrap());
    let client = hyper_util::client::legacy::Client::builder(hyper_util::rt::TokioExecutor::new())
        .build_http::<Full<Bytes>>();
    let read = async |uri: String| {
        let response = client.request(get(uri)).await.unwrap();
        let status = response.status().as_u16();
        (
            status,
            String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap(),
        )
    };
    let mut running = JoinSet::new();
    running.spawn(server.admin().serve(admin));
    let (status, said) = read(format!("http://{there}/readyz")).await;
    assert_eq!((status, said.contains("starting")), (503, true), "{said}");
    running.spawn(async move {
        server.serve(bff_iot::client(), public, Tcp, std::future::pending()).await.unwrap();
    });
    for path in ["/healthz", "/readyz", "/metrics"] {
        assert_eq!(read(format!("http://{here}{path}")).await.0, 404, "{path}");
        assert_eq!(read(format!("http://{there}{path}")).await.0, 200, "{path}");
    }
    assert_eq!(read(format!("http://{there}/graphql?query=%7B__typename%7D")).await.0, 404);
}

#[test]
fn the_documentation_lists_every_metric_as_the_code_has_it() {
    const FILE: &str = "docs/observability.md";
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(FILE)).unwrap();
    let mut table = "| name | kind | labels | meaning |\n|---|---|---|---|\n".to_owned();
    for metric in METRICS {
        let kind = match metric.kind {
            Goes::Counter => "counter",
            Goes::Gauge => "gauge",
            Goes::Histogram => "histogram",
        };
        let labels: Vec<_> = metric.labels.iter().map(|label| format!("`{label}`")).collect();
        let labels = if labels.is_empty() { "–".to_owned() } else { labels.join(", ") };
        writeln!(table, "| `{}` | {kind} | {labels} | {} |", metric.name, metric.help).unwrap();
    }
    let (before, rest) = text.split_once("<!-- metrics -->\n").unwrap();
    let (_, after) = rest.split_once("<!-- end of metrics -->").unwrap();
    assert_same_as_file(FILE, &format!("{before}<!-- metrics -->\n{table}<!-- end of metrics -->{after}"));
}
