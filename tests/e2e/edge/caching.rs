//! Compressed answers, and conditional requests for answers the client has already.

use std::io::Read as _;

use bytes::Bytes;
use http::{Request, Response, header};
use http_body_util::Full;
use proto::admin::Fault;

use crate::support::Shop;

const LONG: &str = "{products(first:20){nodes{id%20name%20stock{total}}}}";
const SHORT: &str = "{__typename}";

async fn get(shop: &Shop, query: &str, headers: &[(&str, &str)]) -> Response<Bytes> {
    let query = query.replace('{', "%7B").replace('}', "%7D");
    let mut request = Request::get(format!("http://{}/graphql?query={query}", shop.web));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    shop.fetch(request.body(Full::default()).unwrap()).await
}

fn text<'a>(response: &'a Response<Bytes>, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

fn unpacked(response: &Response<Bytes>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let body = response.body().as_ref();
    match text(response, "content-encoding") {
        "gzip" => flate2::read::GzDecoder::new(body).read_to_end(&mut bytes).unwrap(),
        "br" => brotli::Decompressor::new(body, 4096).read_to_end(&mut bytes).unwrap(),
        _ => return body.to_vec(),
    };
    bytes
}

#[tokio::test]
async fn long_answers_are_compressed_the_way_the_client_likes_best() {
    let shop = Shop::open().await;
    let plain = get(&shop, LONG, &[]).await;
    assert!(plain.body().len() > 1_024, "{}", plain.body().len());
    for (accepted, encoding) in [
        ("gzip", "gzip"),
        ("br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip;q=1, br;q=0.5", "gzip"),
        ("br;q=0, gzip;q=0.1", "gzip"),
        ("identity, gzip;q=0.5", ""),
        ("deflate", ""),
        ("identity;q=0, *;q=0", ""),
        ("", ""),
    ] {
        let answer = get(&shop, LONG, &[("accept-encoding", accepted)]).await;
        assert_eq!(answer.status(), 200, "{accepted}");
        assert_eq!(text(&answer, "content-encoding"), encoding, "{accepted}");
        assert_eq!(unpacked(&answer), plain.body().as_ref(), "{accepted}");
        if !encoding.is_empty() {
            assert!(answer.body().len() * 2 < plain.body().len(), "{accepted}: {}", answer.body().len());
        }
        let varies = answer.headers().get_all(header::VARY).iter().any(|it| it == "accept-encoding");
        assert!(varies, "{:?}", answer.headers());
        let short = get(&shop, SHORT, &[("accept-encoding", accepted)]).await;
        assert_eq!(text(&short, "content-encoding"), "", "{accepted}");
    }
}

#[tokio::test]
async fn an_answer_the_client_has_already_is_not_sent_again() {
    let shop = Shop::open().await;
    let mut tags = Vec::new();
    for (encoding, query) in [("", SHORT), ("", LONG), ("gzip", LONG), ("br", LONG)] {
        let accepted = ("accept-encoding", encoding);
        let first = get(&shop, query, &[accepted]).await;
        let tag = text(&first, "etag").to_owned();
        assert!(tag.starts_with('"') && tag.len() > 20, "{tag}");
        assert_eq!(text(&first, "cache-control"), "no-store");
        for held in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
            let again = get(&shop, query, &[accepted, ("if-none-match", &held)]).await;
            assert_eq!((again.status().as_u16(), again.body().len()), (304, 0), "{held}");
            assert_eq!(text(&again, "etag"), tag);
            assert_eq!(text(&again, "content-encoding"), "");
            assert!(
                again.headers().contains_key(header::VARY) && again.headers().contains_key("cache-control")
            );
        }
        for other in tags.iter().map(String::as_str).chain(["\"other\"", ""]) {
            let again = get(&shop, query, &[accepted, ("if-none-match", other)]).await;
            assert_eq!(again.status(), 200, "{other} is not {tag}");
        }
        tags.push(tag);
    }
}

#[tokio::test]
async fn an_answer_that_is_not_whole_or_did_not_come_by_get_has_no_tag() {
    let shop = Shop::open().await;
    let down = Fault {
        rpc: "shop.inventory.v1.InventoryService/BatchGetStock".to_owned(),
        error_code: 14,
        ..Fault::default()
    };
    shop.fail(down);
    let degraded = get(&shop, LONG, &[("if-none-match", "*")]).await;
    assert!(String::from_utf8_lossy(degraded.body()).contains("degraded"));
    let failed = get(&shop, "{cart{totalQuantity}__typename}", &[("if-none-match", "*")]).await;
    let rejected = get(&shop, "{nothing}", &[("if-none-match", "*")]).await;
    let posted = Request::post(format!("http://{}/graphql", shop.web))
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::IF_NONE_MATCH, "*")
        .body(Full::from("{\"query\":\"{__typename}\"}"))
        .unwrap();
    for answer in [degraded, failed, rejected, shop.fetch(posted).await] {
        assert_eq!(answer.status(), 200, "{:?}", answer.body());
        assert!(!answer.headers().contains_key(header::ETAG), "{:?}", answer.body());
    }
}
