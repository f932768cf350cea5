//! Headers that keep browsers from misusing an answer.

use http::{HeaderMap, Request};
use http_body_util::Full;

use crate::support::{Kind, Shop};

const FOR_BROWSERS: [(&str, &str); 3] = [
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "same-origin"),
];

/// The headers of answers of all kinds: data, rejections, a preflight, and routes for operators.
async fn answers(shop: &Shop, kind: Kind) -> Vec<(u16, HeaderMap)> {
    let address = shop.address(kind);
    let mut answers = Vec::new();
    for (method, path, header) in [
        ("GET", "/graphql?query=%7B__typename%7D", ("accept", "*/*")),
        ("GET", "/graphql", ("accept", "*/*")),
        ("GET", "/graphql?query=%7B__typename%7D", ("accept", "text/html")),
        ("GET", "/graphql?query=%7B__typename%7D", ("host", "evil.example")),
        ("DELETE", "/graphql", ("accept", "*/*")),
        ("GET", "/nothing", ("accept", "*/*")),
        ("OPTIONS", "/graphql", ("access-control-request-method", "POST")),
        ("GET", "/livez", ("accept", "*/*")),
    ] {
        let request = Request::builder().method(method).uri(format!("http://{address}{path}"));
        let request = request.header(header.0, header.1).body(Full::default()).unwrap();
        let answer = shop.fetch(request).await;
        answers.push((answer.status().as_u16(), answer.headers().clone()));
    }
    answers
}

#[tokio::test]
async fn every_answer_is_protected_as_its_client_needs() {
    let shop = Shop::open().await;
    for kind in Kind::ALL {
        let answers = answers(&shop, kind).await;
        let statuses: Vec<_> = answers.iter().map(|(status, _)| *status).collect();
        assert_eq!((statuses[0], statuses[4], statuses[5]), (200, 405, 404), "{statuses:?}");
        for (status, headers) in answers {
            assert_eq!(headers["x-content-type-options"], "nosniff", "{kind} {status}");
            for (name, value) in FOR_BROWSERS {
                let expected = (kind == Kind::Web).then_some(value);
                assert_eq!(headers.get(name).map(|it| it.to_str().unwrap()), expected, "{kind} {status}");
            }
            assert!(!headers.contains_key("strict-transport-security"), "development has no certificate");
        }
    }
}

#[tokio::test]
async fn a_browser_is_told_to_stay_with_https_where_every_origin_has_it() {
    let strict = async |origins: &[&str]| {
        let origins: Vec<_> = origins.iter().map(|it| (*it).to_owned()).collect();
        let shop = Shop::with(|config| config.server.public_origins.clone_from(&origins)).await;
        let [web, iot] = [Kind::Web, Kind::Iot].map(|kind| answers(&shop, kind));
        assert!(iot.await.iter().all(|(_, headers)| !headers.contains_key("strict-transport-security")));
        web.await.iter().all(|(_, headers)| {
            headers.get("strict-transport-security").is_some_and(|it| it == "max-age=63072000")
        })
    };
    assert!(strict(&["https://shop.example", "https://www.shop.example"]).await);
    assert!(!strict(&["https://shop.example", "http://shop.example"]).await);
}
