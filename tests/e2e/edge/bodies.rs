//! Hostile bodies: the parts around a document, such as variables.

use std::time::Duration;

use bytes::Bytes;
use cpu_time::ThreadTime;
use http::{Request, header};
use http_body_util::Full;

use super::growth::growth;
use crate::support::{Answer, Pipe};

/// Makes a body of about this many bytes.
type Make = fn(usize) -> String;

/// The end of a body: a document that takes a list of ids as `$ids` and no other variable.
const QUERY: &str = "\"query\":\"query ($ids: [ID!]!) { nodes(ids: $ids) { __typename } }\"";

/// `unit` for each number from 0, separated by commas.
fn list(bytes: usize, unit: impl Fn(usize) -> String) -> String {
    let mut text = unit(0);
    for number in 1.. {
        let next = unit(number);
        if text.len() + next.len() >= bytes {
            break;
        }
        text.push(',');
        text += &next;
    }
    text
}

const BODIES: &[(&str, Make)] = &[
    ("ids", |b| format!("{{\"variables\":{{\"ids\":[{}]}},{QUERY}}}", list(b, |_| "\"a\"".to_owned()))),
    ("ids that are none", |b| {
        format!("{{\"variables\":{{\"ids\":[{}]}},{QUERY}}}", list(b, |_| "{}".to_owned()))
    }),
    ("ids in lists", |b| {
        format!("{{\"variables\":{{\"ids\":[{}]}},{QUERY}}}", list(b, |_| "[[[]]]".to_owned()))
    }),
    ("one long id", |b| format!("{{\"variables\":{{\"ids\":\"{}\"}},{QUERY}}}", "a".repeat(b))),
    ("escapes", |b| format!("{{\"variables\":{{\"ids\":\"{}\"}},{QUERY}}}", "\\u00e9".repeat(b / 6))),
    ("variables that nobody declared", |b| {
        format!("{{\"variables\":{{{}}},{QUERY}}}", list(b, |n| format!("\"v{n}\":1")))
    }),
    ("one name over and over", |b| {
        format!("{{\"variables\":{{{}}},{QUERY}}}", list(b, |_| "\"ids\":1".to_owned()))
    }),
    ("names that are told apart late", |b| {
        format!("{{\"variables\":{{{}}},{QUERY}}}", list(b, |n| format!("\"{n:0>200}\":1")))
    }),
    ("deep lists", |b| {
        format!("{{\"variables\":{{\"ids\":{}{}}},{QUERY}}}", "[".repeat(b / 2), "]".repeat(b / 2))
    }),
    ("deep lists, as deep as is read", |b| {
        let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
        format!("{{\"variables\":{{\"ids\":[{}]}},{QUERY}}}", list(b, |_| deep.clone()))
    }),
    ("a deep object", |b| {
        format!("{{\"variables\":{}1{},{QUERY}}}", "{\"a\":".repeat(b / 6), "}".repeat(b / 6))
    }),
    ("a long number", |b| format!("{{\"variables\":{{\"ids\":{}}},{QUERY}}}", "9".repeat(b))),
    ("a long fraction", |b| format!("{{\"variables\":{{\"ids\":0.{}}},{QUERY}}}", "9".repeat(b))),
    ("numbers", |b| format!("{{\"variables\":{{\"ids\":[{}]}},{QUERY}}}", list(b, |_| "1e300".to_owned()))),
    ("extensions", |b| format!("{{\"extensions\":{{{}}},{QUERY}}}", list(b, |n| format!("\"e{n}\":{{}}")))),
    ("what no request holds", |b| format!("{{{},{QUERY}}}", list(b, |n| format!("\"f{n}\":[]")))),
    ("space", |b| format!("{{{}{QUERY}}}", " ".repeat(b))),
    ("a batch", |b| format!("[{}]", list(b, |_| "{}".to_owned()))),
    ("what does not end", |b| format!("{{\"variables\":{{\"ids\":[{}", list(b, |_| "\"a\"".to_owned()))),
];

async fn send(pipe: &Pipe, body: Bytes) -> Answer {
    let request = Request::post("/graphql")
        .header(header::HOST, "bff")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Full::new(body));
    pipe.http1().await.send(request.unwrap()).await
}

/// The bodies are longer than any client may send, so that parsing outweighs transport. Server and client share a
/// thread, whose CPU time is measured.
#[tokio::test]
async fn the_time_a_body_takes_grows_no_faster_than_its_length() {
    let pipe = Pipe::with(
        bff_web::client(),
        |config| config.server.max_body_bytes = Some(4 * 1024 * 1024),
        std::future::pending(),
    );
    for (name, make) in BODIES {
        let mut exponent = f64::MAX;
        // The measurement is repeated if the machine was busy with something else.
        for _ in 0..3 {
            let mut points = Vec::new();
            for kilobytes in [16, 64, 256] {
                let body = Bytes::from(make(kilobytes * 1_024));
                let mut best = Duration::MAX;
                for _ in 0..10 {
                    let start = ThreadTime::now();
                    let answer = send(&pipe, body.clone()).await;
                    best = best.min(start.elapsed());
                    assert!(answer.body["errors"].is_array(), "{name}: {}", answer.text);
                    assert!(answer.text.len() <= 4_096, "{name}: {} bytes", answer.text.len());
                }
                points.push((body.len(), best));
            }
            exponent = exponent.min(growth(&points));
            if exponent <= 1.2 {
                break;
            }
        }
        assert!(exponent <= 1.2, "{name}: {exponent:.2}");
    }
}
