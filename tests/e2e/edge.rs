//! The HTTP edge: its answers to malformed, hostile and cross-site requests, and to the rarer forms of valid ones.

mod ambiguous;
mod batches;
mod bodies;
mod caching;
mod costs;
mod foreign;
mod growth;
mod heads;
mod hostile;
mod hosts;
mod methods;
mod names;
mod panics;
mod protection;
mod statuses;
mod strict;
mod tls;

use std::fmt::Write as _;

use bff_kit::DocumentPolicy;
use bff_kit::Mode;
use bff_kit::host::config::Config;
use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::Full;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::{Duration, Instant, sleep};

use crate::support::{Pipe, Shop, product_id};

const HEAD: &str = "POST /graphql HTTP/1.1\r\nhost: bff\r\ncontent-type: application/json\r\n";

#[tokio::test]
async fn a_development_server_leads_to_the_playground_and_a_production_server_does_not() {
    let page = || {
        let request = Request::get("/").header(header::HOST, "bff").header(header::ACCEPT, "text/html");
        request.body(Full::<Bytes>::default()).unwrap()
    };
    let development = Pipe::open(bff_iot::client()).http1().await.send(page()).await;
    assert_eq!(development.status, StatusCode::OK);
    assert!(development.text.contains("http://localhost:4000"), "{}", development.text);
    assert!(development.text.is_ascii() && !development.text.contains('<'), "no page of its own");
    let production = |config: &mut Config| {
        config.mode = Mode::Production;
        config.credential.key = Some("a key of this test's own".into());
        config.operations.policy = Some(DocumentPolicy::Open);
    };
    let production =
        Pipe::with(bff_iot::client(), production, std::future::pending()).http1().await.send(page()).await;
    production.rejected(404);
    assert!(!production.text.contains("4000"), "{}", production.text);
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_drips_is_closed() {
    let pipe = Pipe::open(bff_iot::client());
    for start in [HEAD.to_owned(), format!("{HEAD}content-length: 100000\r\n\r\n")] {
        let mut stream = pipe.connect().unwrap();
        stream.write_all(start.as_bytes()).await.unwrap();
        let (mut reader, mut writer) = tokio::io::split(stream);
        let dripping = async {
            // One byte is sent every half second: the connection is never silent for long, and never done.
            while writer.write_all(b"x").await.is_ok() {
                sleep(Duration::from_millis(500)).await;
            }
        };
        let closed = async {
            let start = Instant::now();
            let mut said = Vec::new();
            let _end = reader.read_to_end(&mut said).await;
            start.elapsed()
        };
        tokio::select! {
            () = dripping => {}
            took = closed => assert!(took < Duration::from_secs(6), "{took:?}"),
        }
    }
}

fn post(shop: &Shop, content_type: Option<&str>, body: &str) -> Request<Full<Bytes>> {
    let mut request = Request::post(format!("http://{}/graphql", shop.iot));
    if let Some(content_type) = content_type {
        request = request.header(header::CONTENT_TYPE, content_type);
    }
    request.body(Full::from(body.to_owned())).unwrap()
}

fn get(shop: &Shop, query: &str) -> Request<Full<Bytes>> {
    Request::get(format!("http://{}/graphql?{query}", shop.web)).body(Full::default()).unwrap()
}

#[tokio::test]
async fn a_request_that_is_not_graphql_gets_an_error_of_graphql_and_a_status() {
    let shop = Shop::open().await;
    let json = Some("application/json");
    let good = "{\"query\":\"{__typename}\"}";
    let cases = [
        (post(&shop, json, "{"), 400),
        (post(&shop, json, "[]"), 400),
        (post(&shop, json, "{}"), 400),
        (post(&shop, json, "{\"query\":7}"), 400),
        (post(&shop, json, "{\"query\":\"{__typename}\",\"variables\":[]}"), 400),
        (post(&shop, json, "{\"query\":\"{__typename}\",\"operationName\":1}"), 400),
        (post(&shop, json, "{\"query\":\"{__typename}\",\"extensions\":\"\"}"), 400),
        (post(&shop, json, &" ".repeat(5_000)), 413),
        (post(&shop, None, good), 415),
        (post(&shop, Some("text/plain"), good), 415),
        (post(&shop, Some("application/x-www-form-urlencoded"), good), 415),
        (post(&shop, Some("application/json; charset=latin1"), good), 415),
        (get(&shop, ""), 400),
        (get(&shop, "query=%7B__typename%7D&query=%7B__typename%7D"), 400),
        (get(&shop, "query=%7B__typename%7D&variables=%7B"), 400),
    ];
    for (request, status) in cases {
        let shown = format!("{request:?}");
        let answer = shop.send(request).await;
        assert_eq!(answer.status.as_u16(), status, "{shown}: {}", answer.text);
        answer.rejected(status);
    }
    let good = shop.send(post(&shop, Some("application/json; charset=UTF-8"), good)).await.whole();
    assert_eq!(good.headers[header::CONTENT_TYPE], "application/json; charset=utf-8");
}

#[tokio::test]
async fn a_query_may_come_by_get_and_a_mutation_may_not() {
    let shop = Shop::open().await;
    let named =
        "query=query%20A%7Ba:__typename%7Dquery%20B%7Bb:__typename%7D&operationName=B&variables=%7B%7D";
    let answer = shop.send(get(&shop, named)).await.whole();
    assert_eq!(answer.text, "{\"data\":{\"b\":\"Query\"}}");
    let mutation = "query=mutation%7BreviewCreate(input:%7BidempotencyKey:%22a%22,productId:%22b%22,rating:1,text:%22c%22%7D)%7B__typename%7D%7D";
    let answer = shop.send(get(&shop, mutation)).await;
    answer.rejected(405);
    assert_eq!(answer.headers[header::ALLOW], "POST");
    let put = Request::put(format!("http://{}/graphql", shop.web)).body(Full::default()).unwrap();
    let answer = shop.send(put).await;
    answer.rejected(405);
    assert_eq!(answer.headers[header::ALLOW], "GET, HEAD, POST, OPTIONS");
}

#[tokio::test]
async fn a_request_error_has_a_status_where_the_media_type_says_so() {
    let shop = Shop::open().await;
    let send = async |accept: &str, query: &str| {
        let body = json!({ "query": query });
        shop.post(shop.mobile, body, &[("accept", accept)]).await
    };
    let modern = "application/graphql-response+json";
    for (query, code) in [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { a }", "GRAPHQL_VALIDATION_FAILED"),
        ("query A { __typename } query B { __typename }", "OPERATION_RESOLUTION_FAILURE"),
    ] {
        let answer = send(modern, query).await;
        answer.rejected(400);
        assert_eq!(answer.errors()[0], format!(": {code}"));
    }
    let json = "application/json; charset=utf-8";
    for (accept, content_type) in [
        ("application/json", json),
        ("*/*", json),
        ("application/graphql-response+json;q=0.5, application/json", json),
        (
            "application/json;q=0.5, application/graphql-response+json",
            "application/graphql-response+json; charset=utf-8",
        ),
    ] {
        let answer = send(accept, "{ __typename }").await.whole();
        assert_eq!(answer.headers[header::CONTENT_TYPE], content_type, "{accept}");
    }
    assert_eq!(send("application/json", "{ nothing }").await.status, StatusCode::OK);
    send("text/html", "{ __typename }").await.rejected(406);
}

#[tokio::test]
async fn small_documents_that_mean_endless_work_are_rejected_at_once() {
    let shop = Shop::open().await;
    let mut bomb = "{ ...F0 }".to_owned();
    for level in 0..9 {
        let next = format!("...F{} ", level + 1).repeat(10);
        write!(bomb, " fragment F{level} on Query {{ {next}}}").unwrap();
    }
    bomb += " fragment F9 on Query { __typename }";
    assert!(bomb.len() < 1_000);
    let introspecting =
        bomb.replace("on Query", "on __Schema").replacen("{ ...F0 }", "{ __schema { ...F0 } }", 1);
    let beside = format!("query Other {bomb} query Mine {{ __typename }}");
    let cyclic = "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }".to_owned();
    let start = Instant::now();
    for document in [bomb, introspecting, beside, cyclic] {
        let body = json!({ "query": document, "operationName": null });
        let answer = shop.post(shop.mobile, body, &[]).await;
        answer.rejected(400);
    }
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    let too_deep =
        shop.iot(&format!("{{ inStock(product: \"{}\") {{ a {{ b {{ c }} }} }} }}", product_id("x"))).await;
    too_deep.rejected(400);
}

#[tokio::test]
async fn health_and_readiness_are_answered_without_calling_the_services() {
    let shop = Shop::open().await;
    for path in ["healthz", "readyz"] {
        let request = Request::get(format!("http://{}/{path}", shop.web)).body(Full::default()).unwrap();
        assert_eq!(shop.send(request).await.status, StatusCode::OK);
    }
    let nothing = Request::get(format!("http://{}/nothing", shop.web)).body(Full::default()).unwrap();
    shop.send(nothing).await.rejected(404);
    assert_eq!(shop.domain.calls().list().len(), 0);
}
