//! The host that a request names, and the origins that count as this server's own.

use std::fmt::Write as _;

use bff_kit::DocumentPolicy;
use bff_kit::Mode;
use bff_kit::host::config::Config;
use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::JoinSet;

use crate::support::Pipe;

/// The response to a GET of a target with these headers and the others it needs.
async fn get(pipe: &Pipe, target: &str, headers: &[(&str, &str)]) -> String {
    let mut head = format!("GET {target} HTTP/1.1\r\nconnection: close\r\n");
    for (name, value) in headers {
        write!(head, "{name}: {value}\r\n").unwrap();
    }
    said_to(pipe, &(head + "\r\n")).await
}

async fn said_to(pipe: &Pipe, request: &str) -> String {
    let mut stream = pipe.connect().unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).await.unwrap();
    said
}

#[track_caller]
fn assert_status(said: &str, status: u16, what: impl std::fmt::Debug) {
    assert!(said.starts_with(&format!("HTTP/1.1 {status} ")), "{what:?}: {said}");
    if status == 421 {
        assert!(said.contains("server.public_origins"), "{what:?}: {said}");
        assert!(said.ends_with("\"extensions\":{\"code\":\"BAD_REQUEST\"}}]}"), "{what:?}: {said}");
    }
}

const PATH: &str = "/graphql?query=%7B__typename%7D";

/// Asserts the status of each case, which has a host and optionally an origin.
async fn assert_all(pipe: &Pipe, cases: &[(&str, Option<&str>, u16)]) {
    for case in cases {
        let (host, origin, status) = *case;
        let headers: Vec<_> = [("host", host)].into_iter().chain(origin.map(|it| ("origin", it))).collect();
        assert_status(&get(pipe, PATH, &headers).await, status, case);
    }
}

#[tokio::test]
async fn a_development_server_is_reached_by_names_of_its_machine() {
    let pipe =
        Pipe::with(bff_web::client(), |config| config.server.public_origins.clear(), std::future::pending());
    assert_all(
        &pipe,
        &[
            ("localhost:4202", None, 200),
            ("LOCALHOST", None, 200),
            ("shop.localhost:1", None, 200),
            ("127.0.0.1:4202", None, 200),
            ("127.8.8.8", None, 200),
            ("[::1]:4202", None, 200),
            ("localhost:4202", Some("http://localhost:4202"), 200),
            ("localhost:4202", Some("https://LocalHost:4202"), 200),
            ("[::1]:4202", Some("http://[::1]:4202"), 200),
            ("localhost:4202", Some("http://localhost:4000"), 403),
            ("127.0.0.1:4202", Some("http://localhost:4202"), 403),
            ("localhost:4202", Some("null"), 403),
            // The site's name resolves to this machine for a while (DNS rebinding).
            ("rebind.example:4202", Some("http://rebind.example:4202"), 421),
            ("rebind.example:4202", None, 421),
            ("evil.example", Some("http://evil.example"), 421),
            ("localhost.evil.example", None, 421),
            ("127.0.0.1.evil.example", None, 421),
            ("192.168.0.7:4202", None, 421),
        ],
    )
    .await;
    let absolute = "http://evil.example/graphql?query=%7B__typename%7D";
    for headers in [&[("host", "localhost")][..], &[("host", "localhost"), ("origin", "http://evil.example")]]
    {
        assert_status(&get(&pipe, absolute, headers).await, 421, headers);
    }
    let user_info = "http://localhost@evil.example/graphql?query=%7B__typename%7D";
    assert_status(&get(&pipe, user_info, &[("host", "localhost")]).await, 421, user_info);
    let local = "http://localhost:4202/graphql?query=%7B__typename%7D";
    assert_status(&get(&pipe, local, &[("host", "evil.example")]).await, 200, local);
    for path in ["/graphql/", "/graphql/o/1"] {
        assert_status(&get(&pipe, path, &[("host", "evil.example")]).await, 421, path);
    }
    let post =
        "POST /graphql HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
    assert_status(&said_to(&pipe, post).await, 421, post);
    let nameless = format!("GET {PATH} HTTP/1.0\r\n\r\n");
    assert!(said_to(&pipe, &nameless).await.contains(" 421 "), "{nameless}");
    // Load balancers may use any name for their checks.
    for path in ["/healthz", "/readyz", "/metrics"] {
        assert_status(&get(&pipe, path, &[("host", "evil.example")]).await, 200, path);
    }
}

#[tokio::test]
async fn a_server_with_public_origins_is_reached_by_those_alone() {
    let configure = |config: &mut Config| {
        config.server.public_origins =
            vec!["https://shop.example".to_owned(), "http://m.shop.example:8080".to_owned()];
        config.server.allowed_origins = vec!["https://partner.example".to_owned()];
    };
    let production = |config: &mut Config| {
        configure(config);
        config.mode = Mode::Production;
        config.credential.key = Some("a key of this test's own".into());
    };
    let development = Pipe::with(bff_web::client(), configure, std::future::pending());
    let production = Pipe::with(bff_web::client(), production, std::future::pending());
    for pipe in [&development, &production] {
        assert_all(
            pipe,
            &[
                ("shop.example", None, 200),
                ("Shop.Example:443", None, 200),
                ("m.shop.example:8080", None, 200),
                ("shop.example:80", None, 421),
                ("shop.example:8080", None, 421),
                ("m.shop.example", None, 421),
                ("m.shop.example:80", None, 421),
                ("www.shop.example", None, 421),
                ("localhost", None, 421),
                ("evil.example", Some("http://evil.example"), 421),
                ("evil.example", Some("https://shop.example"), 421),
                ("shop.example", Some("https://shop.example"), 200),
                ("shop.example:443", Some("https://shop.example"), 200),
                ("shop.example", Some("http://m.shop.example:8080"), 200),
                ("shop.example", Some("https://partner.example"), 200),
                // An attacker on the network may have written this page.
                ("shop.example", Some("http://shop.example"), 403),
                ("shop.example", Some("https://SHOP.example"), 403),
                ("shop.example", Some("https://shop.example:443"), 403),
                ("shop.example", Some("https://evil.example"), 403),
            ],
        )
        .await;
        let of_another = [("host", "shop.example"), ("origin", "http://m.shop.example:8080")];
        let said = get(pipe, PATH, &of_another).await;
        assert!(said.contains("access-control-allow-origin: http://m.shop.example:8080\r\n"), "{said}");
    }

    let io = TokioIo::new(production.connect().unwrap());
    let (mut sender, connection) = http2::handshake(TokioExecutor::new(), io).await.unwrap();
    let mut running = JoinSet::new();
    running.spawn(async move { drop(connection.await) });
    for (host, status) in [("shop.example", 200), ("shop.example:443", 200), ("evil.example", 421)] {
        let request = Request::get(format!("https://{host}{PATH}")).body(Full::<Bytes>::default()).unwrap();
        assert_eq!(sender.send_request(request).await.unwrap().status().as_u16(), status, "{host}");
    }
}

#[tokio::test]
async fn apps_and_devices_name_any_host_and_have_no_page() {
    let production = |config: &mut Config| {
        config.mode = Mode::Production;
        config.server.public_origins.clear();
        config.credential.key = Some("a key of this test's own".into());
        config.operations.policy = Some(DocumentPolicy::Open);
    };
    let pipe = Pipe::with(bff_iot::client(), production, std::future::pending());
    assert_all(
        &pipe,
        &[
            ("devices.example", None, 200),
            ("10.0.0.7:4003", None, 200),
            ("devices.example", Some("https://devices.example"), 403),
            ("localhost:4003", Some("http://localhost:4003"), 403),
        ],
    )
    .await;
    for (site, status) in [("none", 200), ("same-origin", 403), ("cross-site", 403)] {
        let headers = [("host", "devices.example"), ("sec-fetch-site", site)];
        assert_status(&get(&pipe, PATH, &headers).await, status, site);
    }
    let nameless = format!("GET {PATH} HTTP/1.0\r\n\r\n");
    assert!(said_to(&pipe, &nameless).await.contains(" 200 "), "{nameless}");
}
