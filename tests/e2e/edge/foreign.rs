//! Requests that a page of another site can make a browser send without a preflight, and requests that only resemble
//! them.

use bytes::Bytes;
use http::{HeaderName, Method, Request, header};
use http_body_util::Full;
use serde_json::json;

use crate::support::{ADA, Answer, Shop};

const SHOP: &str = "https://shop.example";
const PRODUCT: &str = "UHJvZHVjdDprZXR0bGUtZ29vc2VuZWNrLTA5";

/// A request to the phone app's BFF, in the name of the user whom the browser is signed in as.
struct Shape {
    what: &'static str,
    method: Method,
    query: String,
    headers: Vec<(&'static str, String)>,
    body: String,
    expected: u16,
}

fn mutation() -> String {
    let input = format!("{{idempotencyKey:\"forged-0001\",productId:\"{PRODUCT}\"}}");
    format!("mutation{{cartAdd(input:{input}){{cart{{count}}}}}}")
}

fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |encoded, byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => encoded + &char::from(byte).to_string(),
        _ => encoded + &format!("%{byte:02X}"),
    })
}

fn get(what: &'static str, query: &str, headers: &[(&'static str, &str)], expected: u16) -> Shape {
    let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    let query = format!("query={}", percent(query));
    Shape { what, method: Method::GET, query, headers, body: String::new(), expected }
}

fn post(what: &'static str, headers: &[(&'static str, &str)], expected: u16) -> Shape {
    let body = json!({ "query": mutation() }).to_string();
    Shape { method: Method::POST, query: String::new(), body, ..get(what, "", headers, expected) }
}

async fn send(shop: &Shop, shape: &Shape, signed_in: (&str, &str)) -> Answer {
    let uri = format!("http://{}/graphql?{}", shop.mobile, shape.query);
    let mut request =
        Request::builder().method(shape.method.clone()).uri(uri).header(signed_in.0, signed_in.1);
    for (name, value) in &shape.headers {
        let value = value.replace("{own}", &shop.mobile.to_string());
        request = request.header(HeaderName::from_static(name), value);
    }
    shop.send(request.body(Full::<Bytes>::from(shape.body.clone())).unwrap()).await
}

async fn open() -> Shop {
    Shop::with(|config| config.server.allowed_origins = vec![SHOP.to_owned()]).await
}

/// Requests that an address alone can cause: images, links, scripts, frames.
fn forged_gets() -> Vec<Shape> {
    let read = "{cart{count}}";
    let json = ("content-type", "application/json");
    vec![
        get("a mutation by GET", &mutation(), &[], 405),
        Shape {
            query: format!(
                "operationName=B&query={}",
                percent(&format!("query A{{__typename}} {}", mutation().replace("mutation", "mutation B")))
            ),
            ..get("a mutation by GET behind a query", "", &[], 405)
        },
        get("a mutation by GET that says POST", &mutation(), &[("x-http-method-override", "POST")], 405),
        get(
            "a mutation by GET that says POST otherwise",
            &mutation(),
            &[("x-http-method", "POST"), ("x-method-override", "POST")],
            405,
        ),
        Shape {
            query: format!("_method=POST&query={}", percent(&mutation())),
            ..get("a mutation by GET with _method", "", &[], 405)
        },
        get("a mutation by GET that says it is JSON", &mutation(), &[json], 405),
        get(
            "an image of another site",
            read,
            &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "image")],
            403,
        ),
        get(
            "an image of a neighbouring subdomain",
            read,
            &[("sec-fetch-site", "same-site"), ("sec-fetch-mode", "no-cors")],
            403,
        ),
        get(
            "a link on another site",
            read,
            &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")],
            403,
        ),
        get(
            "a script of another site",
            read,
            &[("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")],
            403,
        ),
        get(
            "a script of another site, in an older browser",
            read,
            &[("origin", "https://evil.example")],
            403,
        ),
        get("a sandboxed frame", read, &[("origin", "null"), ("sec-fetch-site", "cross-site")], 403),
        get("a site that nobody has heard of", read, &[("sec-fetch-site", "interplanetary")], 403),
        get("an origin that begins like ours", read, &[("origin", "https://shop.example.evil.example")], 403),
        get("our origin by plain HTTP", read, &[("origin", "http://shop.example")], 403),
        get("our origin on another port", read, &[("origin", "https://shop.example:8443")], 403),
        get("two origins", read, &[("origin", SHOP), ("origin", "https://evil.example")], 403),
        get("two sites", read, &[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")], 403),
    ]
}

/// Requests that a form or a script can send as well.
fn forged_posts() -> Vec<Shape> {
    let json = ("content-type", "application/json");
    let (form, multipart) = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x");
    vec![
        post("plain text", &[("content-type", "text/plain")], 415),
        post("plain text with a charset", &[("content-type", "text/plain;charset=UTF-8")], 415),
        post("JSON inside plain text", &[("content-type", "text/plain; application/json")], 415),
        post("plain text, then JSON", &[("content-type", "text/plain, application/json")], 415),
        post("JSON, then plain text", &[("content-type", "application/json, text/plain")], 415),
        post("two content types", &[("content-type", "text/plain"), json], 415),
        post("two content types, JSON first", &[json, ("content-type", "text/plain")], 415),
        post("an empty content type", &[("content-type", "")], 415),
        post("no content type", &[], 415),
        post("a form", &[("content-type", form)], 415),
        post(
            "a form with a charset",
            &[("content-type", "application/x-www-form-urlencoded; charset=utf-8")],
            415,
        ),
        Shape {
            body: format!("query={}", percent(&mutation())),
            ..post("a form that is one", &[("content-type", form)], 415)
        },
        post("an upload", &[("content-type", multipart)], 415),
        post(
            "an upload that says JSON",
            &[("content-type", "multipart/form-data; boundary=application/json")],
            415,
        ),
        post(
            "a beacon of another site",
            &[("content-type", "text/plain"), ("origin", "https://evil.example")],
            403,
        ),
        post(
            "JSON of another site",
            &[json, ("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")],
            403,
        ),
        post("JSON of a sandboxed frame", &[json, ("origin", "null")], 403),
        post(
            "JSON of another site with headers of its own",
            &[
                json,
                ("origin", "https://evil.example"),
                ("apollo-require-preflight", "1"),
                ("x-apollo-operation-name", "A"),
            ],
            403,
        ),
        Shape {
            method: Method::PUT,
            ..post("a PUT that says POST", &[json, ("x-http-method-override", "POST")], 405)
        },
    ]
}

#[tokio::test]
async fn requests_that_another_site_can_send_are_rejected_for_every_principal() {
    let shop = open().await;
    let shapes: Vec<_> = forged_gets().into_iter().chain(forged_posts()).collect();
    for shape in &shapes {
        // An invalid credential changes nothing: the request is rejected before the credential is checked.
        for signed_in in [ADA, (ADA.0, "")] {
            send(&shop, shape, signed_in).await.rejected(shape.expected);
            let calls = shop.domain.calls().list().len();
            assert_eq!(calls, 0, "{} reached the services", shape.what);
        }
    }
    let good = post("JSON", &[("content-type", "application/json")], 401);
    send(&shop, &good, (ADA.0, "")).await.rejected(401);
    println!("{} shapes rejected", shapes.len());
    assert!(shapes.len() >= 24, "{}", shapes.len());
}

#[tokio::test]
async fn apps_servers_and_pages_of_our_own_are_taken() {
    let shop = open().await;
    let read = "{cart{count}}";
    let json = ("content-type", "application/json");
    for shape in [
        get("an app or a cache", read, &[], 200),
        get("a server in JavaScript", read, &[("sec-fetch-mode", "cors")], 200),
        get("an address typed in", read, &[("sec-fetch-site", "none"), ("sec-fetch-mode", "navigate")], 200),
        get("a page of this host", read, &[("sec-fetch-site", "same-origin")], 200),
        get("a page of this host, by origin", read, &[("origin", "http://{own}")], 200),
        get("a page of this host behind TLS", read, &[("origin", "https://{own}")], 200),
        get("a page of an allowed origin", read, &[("origin", SHOP), ("sec-fetch-site", "cross-site")], 200),
        post("an app", &[json], 200),
        post("a page of an allowed origin", &[json, ("origin", SHOP), ("sec-fetch-site", "same-site")], 200),
    ] {
        let answer = send(&shop, &shape, ADA).await;
        assert_eq!(answer.status.as_u16(), shape.expected, "{}: {}", shape.what, answer.text);
        assert!(answer.body.get("errors").is_none(), "{}: {}", shape.what, answer.text);
    }
}

#[tokio::test]
async fn browsers_are_told_of_allowed_origins_and_of_no_others() {
    let shop = open().await;
    for (origin, allowed) in [(SHOP, true), ("https://evil.example", false), ("null", false)] {
        let preflight = Request::options(format!("http://{}/graphql", shop.web))
            .header(header::ORIGIN, origin)
            .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST")
            .header(header::ACCESS_CONTROL_REQUEST_HEADERS, "content-type")
            .body(Full::default())
            .unwrap();
        let answer = shop.send(preflight).await;
        assert_eq!(answer.headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN), allowed, "{origin}");
        if allowed {
            assert_eq!(answer.headers[header::ACCESS_CONTROL_MAX_AGE], "7200");
            let headers = answer.headers[header::ACCESS_CONTROL_ALLOW_HEADERS].to_str().unwrap();
            assert!(headers.contains("content-type") && headers.contains("authorization"), "{headers}");
        }
    }
    // A page must be able to read the reason of a rejection, and a cache must not give one page's answer to another.
    let headers = [("content-type", "application/json"), ("origin", SHOP)];
    for (body, status) in [("{}", 400), ("{\"query\":\"{__typename}\"}", 200)] {
        let shape = Shape { body: body.to_owned(), ..post("a page", &headers, status) };
        let answer = send(&shop, &shape, ADA).await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.text);
        assert_eq!(answer.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], SHOP);
        let exposed = answer.headers[header::ACCESS_CONTROL_EXPOSE_HEADERS].to_str().unwrap().to_owned();
        assert!(exposed.contains("etag") && exposed.contains("retry-after"), "{exposed}");
        let vary: Vec<_> =
            answer.headers.get_all(header::VARY).iter().map(|it| it.to_str().unwrap()).collect();
        let vary = vary.join(", ");
        assert!(vary.contains("origin") && vary.contains("accept"), "{vary}");
        assert!(!answer.headers.contains_key(header::ACCESS_CONTROL_ALLOW_CREDENTIALS));
    }
}

/// Preflights that browsers send for pages with tracing tools: each request is blocked unless its headers are allowed
/// by name.
#[tokio::test]
async fn pages_with_tracing_tools_may_send_requests_and_operators_name_more_headers() {
    let preflight = async |shop: &Shop, names: &str| {
        let preflight = Request::options(format!("http://{}/graphql", shop.web))
            .header(header::ORIGIN, SHOP)
            .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST")
            .header(header::ACCESS_CONTROL_REQUEST_HEADERS, names);
        let answer = shop.send(preflight.body(Full::default()).unwrap()).await;
        let allowed = answer.headers[header::ACCESS_CONTROL_ALLOW_HEADERS].to_str().unwrap().to_owned();
        names.split(',').all(|name| allowed.split(',').any(|one| one == name))
    };
    let exposed = async |shop: &Shop| {
        let answer = send(shop, &get("a page", "{__typename}", &[("origin", SHOP)], 200), ADA).await.whole();
        answer.headers[header::ACCESS_CONTROL_EXPOSE_HEADERS].to_str().unwrap().to_owned()
    };
    let shop = open().await;
    for names in [
        "content-type,sentry-trace,baggage",
        "content-type,traceparent,tracestate",
        "authorization,content-type,x-request-id",
        "apollographql-client-name,content-type",
    ] {
        assert!(preflight(&shop, names).await, "{names}");
    }
    assert!(!preflight(&shop, "content-type,x-csrf-token").await);
    assert_eq!(
        exposed(&shop).await,
        "allow,etag,retry-after,idempotency-replayed,ratelimit,ratelimit-policy"
    );

    let shop = Shop::with(|config| {
        config.server.allowed_origins = vec![SHOP.to_owned()];
        config.server.allowed_headers = vec!["X-CSRF-Token".to_owned()];
        config.server.exposed_headers = vec!["Server-Timing".to_owned()];
    })
    .await;
    assert!(preflight(&shop, "authorization,content-type,x-csrf-token").await);
    assert!(!preflight(&shop, "content-type,sentry-trace").await);
    assert_eq!(
        exposed(&shop).await,
        "allow,etag,retry-after,idempotency-replayed,ratelimit,ratelimit-policy,server-timing"
    );
}
