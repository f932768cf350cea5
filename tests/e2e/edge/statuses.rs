//! Status and media type of every kind of request, in both profiles.

use bff_kit::host::config::HttpProfile;
use bytes::Bytes;
use http::{Method, Request, header};
use http_body_util::Full;
use serde_json::{Value, json};

use crate::support::Shop;

const MODERN: &str = "application/graphql-response+json";
const JSON: &str = "application/json";

/// A request without its `Accept` header.
#[derive(Clone)]
struct Case {
    what: &'static str,
    method: Method,
    query: String,
    headers: Vec<(&'static str, &'static str)>,
    body: String,
    /// Statuses: `graphql-http` modern and JSON, `draft-2026-08` modern and JSON.
    expected: [u16; 4],
}

fn posted(what: &'static str, body: impl Into<String>, expected: [u16; 4]) -> Case {
    let headers = vec![("content-type", JSON)];
    Case { what, method: Method::POST, query: String::new(), headers, body: body.into(), expected }
}

fn with(what: &'static str, parameters: &Value, expected: [u16; 4]) -> Case {
    posted(what, parameters.to_string(), expected)
}

fn got(what: &'static str, query: &str, expected: [u16; 4]) -> Case {
    Case {
        what,
        method: Method::GET,
        query: query.to_owned(),
        headers: Vec::new(),
        body: String::new(),
        expected,
    }
}

fn typed(what: &'static str, content_type: &'static str, expected: [u16; 4]) -> Case {
    let headers = if content_type.is_empty() { Vec::new() } else { vec![("content-type", content_type)] };
    Case { headers, ..posted(what, "{\"query\":\"{__typename}\"}", expected) }
}

fn cases() -> Vec<Case> {
    let name = "{ __typename }";
    vec![
        with("a query", &json!({ "query": name }), [200; 4]),
        got("a query by GET", "query=%7B__typename%7D", [200; 4]),
        with(
            "nulls for what is left out",
            &json!({ "query": name, "variables": null, "operationName": null, "extensions": null }),
            [200; 4],
        ),
        with("a name nobody knows", &json!({ "query": name, "qeury": 7 }), [200; 4]),
        with("data and an error", &json!({ "query": "{ cart { count } __typename }" }), [200, 200, 294, 294]),
        posted("no JSON", "NONSENSE", [400; 4]),
        posted("half of JSON", "{\"query\":", [400; 4]),
        posted("no body", "", [400; 4]),
        posted("a name twice", "{\"query\":\"{__typename}\",\"query\":\"{a}\"}", [400; 4]),
        posted("an array", "[{\"query\":\"{__typename}\"}]", [400; 4]),
        posted("a body too long", " ".repeat(20_000), [413; 4]),
        posted("no object", "\"{__typename}\"", [400, 400, 422, 422]),
        with("no query", &json!({ "qeury": name }), [400, 400, 422, 422]),
        with("a query that is no string", &json!({ "query": { "a": 1 } }), [400, 400, 422, 422]),
        with("variables that are a list", &json!({ "query": name, "variables": [7] }), [400, 400, 422, 422]),
        with(
            "an operation name that is a number",
            &json!({ "query": name, "operationName": 7 }),
            [400, 400, 422, 422],
        ),
        with(
            "extensions that are a string",
            &json!({ "query": name, "extensions": "" }),
            [400, 400, 422, 422],
        ),
        got("no query by GET", "", [400, 400, 422, 422]),
        got("a query twice by GET", "query=%7Ba%7D&query=%7Ba%7D", [400, 400, 422, 422]),
        got("variables that are no JSON by GET", "query=%7Ba%7D&variables=%7B", [400; 4]),
        with("a document that does not parse", &json!({ "query": "{" }), [400, 200, 400, 400]),
        got("a document that does not parse by GET", "query=%7B", [400, 200, 400, 400]),
        with("a field that is not there", &json!({ "query": "{ nothing }" }), [400, 200, 422, 422]),
        with(
            "an operation that is not there",
            &json!({ "query": "query A { __typename }", "operationName": "B" }),
            [400, 200, 422, 422],
        ),
        with(
            "two operations and no name",
            &json!({ "query": "query A { __typename } query B { __typename }" }),
            [400, 200, 422, 422],
        ),
        Case {
            headers: vec![("content-type", "text/plain"), ("origin", "https://elsewhere.example")],
            ..typed("a form of another site", "", [403; 4])
        },
        got("an address too long", &format!("query={}", "a".repeat(20_000)), [414; 4]),
        got("a mutation by GET", "query=mutation%7B__typename%7D", [405; 4]),
        Case { method: Method::PUT, ..typed("a PUT", JSON, [405; 4]) },
        Case { method: Method::DELETE, ..typed("a DELETE", JSON, [405; 4]) },
        typed("JSON in UTF-8", "application/json; charset=UTF-8", [200; 4]),
        typed("no content type", "", [415; 4]),
        typed("a form", "application/x-www-form-urlencoded", [415; 4]),
        typed("plain text", "text/plain", [415; 4]),
        typed("JSON in another charset", "application/json; charset=iso-8859-1", [415; 4]),
        typed("GraphQL itself", "application/graphql", [415; 4]),
        Case {
            headers: vec![("content-type", JSON), ("content-encoding", "gzip")],
            ..typed("a compressed body", JSON, [415; 4])
        },
        Case {
            headers: vec![("content-type", JSON), ("x-user-id", "")],
            ..typed("a bad sign-in", JSON, [401; 4])
        },
    ]
}

/// Operations that must not run, or not in the form they are sent in.
fn operations() -> Vec<Case> {
    let name = "{ __typename }";
    vec![
        with(
            "a variable that is missing",
            &json!({ "query": "query ($id: ID!) { product(id: $id) { name } }" }),
            [400, 200, 422, 422],
        ),
        with(
            "a variable of another type",
            &json!({ "query": "query ($n: Int) { products(first: $n) { total } }", "variables": { "n": "1" } }),
            [400, 200, 422, 422],
        ),
        with(
            "a literal of another type",
            &json!({ "query": "{ products(first: \"1\") { total } }" }),
            [400, 200, 422, 422],
        ),
        with(
            "more than an operation may select",
            &json!({ "query": format!("{{ {} }}", "a".repeat(5_000)) }),
            [400, 200, 422, 422],
        ),
        with(
            "a hash of nothing",
            &json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": "0".repeat(64) } } }),
            [200; 4],
        ),
        with(
            "a hash of another document",
            &json!({ "query": name,
                "extensions": { "persistedQuery": { "version": 1, "sha256Hash": "0".repeat(64) } } }),
            [400; 4],
        ),
        with("an id of nothing", &json!({ "documentId": "0".repeat(64) }), [404; 4]),
        with("an id and a document", &json!({ "documentId": "0".repeat(64), "query": name }), [400; 4]),
    ]
}

#[tokio::test]
async fn every_kind_of_request_has_its_status_and_media_type() {
    let mut told = 0;
    for (column, profile) in [(0, HttpProfile::GraphqlHttp), (2, HttpProfile::Draft202608)] {
        let shop = Shop::with(|config| config.server.http_profile = profile).await;
        for (offset, accept) in [(0, MODERN), (1, JSON)] {
            for case in cases().into_iter().chain(operations()) {
                let uri = format!("http://{}/graphql?{}", shop.mobile, case.query);
                let mut request = Request::builder().method(case.method).uri(uri).header("accept", accept);
                for (name, value) in &case.headers {
                    request = request.header(*name, *value);
                }
                let answer = shop.send(request.body(Full::<Bytes>::from(case.body)).unwrap()).await;
                let shown = format!("{profile:?}, {accept}, {}: {}", case.what, answer.text);
                let expected = case.expected[column + offset];
                assert_eq!(answer.status.as_u16(), expected, "{shown}");
                assert_eq!(
                    answer.headers[header::CONTENT_TYPE],
                    format!("{accept}; charset=utf-8"),
                    "{shown}"
                );
                let vary = answer.headers.get_all(header::VARY).iter().map(|it| it.to_str().unwrap());
                assert!(vary.flat_map(|names| names.split(", ")).any(|name| name == "accept"), "{shown}");
                // A hash of nothing is excepted: Apollo's link sends the document on a 200 without data.
                if accept == MODERN && case.what != "a hash of nothing" {
                    assert_eq!(answer.body.get("data").is_some(), expected < 400, "{shown}");
                }
                if expected >= 400 {
                    answer.rejected(expected);
                }
                if expected == 405 {
                    let allowed = if case.query.is_empty() { "GET, HEAD, POST, OPTIONS" } else { "POST" };
                    assert_eq!(answer.headers[header::ALLOW], allowed, "{shown}");
                }
                told += 1;
            }
        }
    }
    println!("{told} statuses");
    assert!(told >= 120, "{told}");
}

#[tokio::test]
async fn a_client_that_takes_no_media_type_of_ours_is_told_so() {
    for profile in [HttpProfile::GraphqlHttp, HttpProfile::Draft202608] {
        let shop = Shop::with(|config| config.server.http_profile = profile).await;
        for accept in ["text/html", "application/json;q=0", "application/xml, text/*"] {
            let answer =
                shop.post(shop.mobile, json!({ "query": "{ __typename }" }), &[("accept", accept)]).await;
            answer.rejected(406);
        }
    }
}
