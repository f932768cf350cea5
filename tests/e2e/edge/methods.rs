//! Methods and paths other than those that clients use.

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, header};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::json;
use tokio::task::JoinSet;

use crate::support::{Kind, Pipe, Shop, contracts, percent_encoded, schema_folder};

fn request(method: Method, path: &str, headers: &[(&str, &str)]) -> Request<Full<Bytes>> {
    let request = Request::builder().method(method).uri(path);
    let request = if path.starts_with('/') { request.header(header::HOST, "bff") } else { request };
    let add = |request: http::request::Builder, (name, value): &(&str, &str)| request.header(*name, *value);
    headers.iter().fold(request, add).body(Full::default()).unwrap()
}

/// The headers of an answer without the date, and without the transfer encoding of a body of unknown length.
fn headers(response: &Response<Bytes>) -> HeaderMap {
    let mut headers = response.headers().clone();
    headers.remove(header::DATE);
    headers.remove(header::TRANSFER_ENCODING);
    headers
}

#[tokio::test]
async fn head_is_answered_as_get_without_the_body() {
    let shop = Shop::with(|config| config.operations.folder = Some(schema_folder())).await;
    let releases = contracts(Kind::Web).releases().unwrap();
    let menu = releases.last().unwrap().operations.iter().find(|it| it.name == "CategoryMenu").unwrap();
    let many = format!("/graphql?query={}", percent_encoded("{ categories { name id } }"));
    let large = percent_encoded("{ products(first: 20) { nodes { id name description } } }");
    let input = "{ idempotencyKey: \"a\", productId: \"b\", rating: 1, text: \"c\" }";
    let mutation = percent_encoded(&format!("mutation {{ reviewCreate(input: {input}) {{ __typename }} }}"));
    for (path, with, status) in [
        ("/graphql?query=%7B__typename%7D".to_owned(), &[][..], 200),
        (many.clone(), &[], 200),
        (many, &[("x-user-id", "user-ada-lindqvist")], 200),
        (format!("/graphql/o/{}", menu.id), &[], 200),
        (format!("/graphql?query={large}"), &[("accept-encoding", "br")], 200),
        ("/graphql?query=%7Bnothing%7D".to_owned(), &[("accept", "application/graphql-response+json")], 400),
        (format!("/graphql?query={mutation}"), &[], 405),
        ("/graphql".to_owned(), &[], 400),
        ("/graphql?query=%7B__typename%7D".to_owned(), &[("origin", "https://evil.example")], 403),
        ("/graphql/o/unknown".to_owned(), &[], 404),
    ] {
        let path = format!("http://{}{path}", shop.web);
        let get = shop.fetch(request(Method::GET, &path, with)).await;
        let head = shop.fetch(request(Method::HEAD, &path, with)).await;
        assert_eq!((get.status().as_u16(), head.status()), (status, get.status()), "{path}: {get:?}");
        assert_eq!(headers(&head), headers(&get), "{path}");
        assert!(head.body().is_empty() && !get.body().is_empty(), "{path}");
        if let Some(tag) = get.headers().get(header::ETAG) {
            let known = [("if-none-match", tag.to_str().unwrap())];
            let both = [with, &known].concat();
            let unchanged = shop.fetch(request(Method::HEAD, &path, &both)).await;
            assert_eq!(unchanged.status().as_u16(), 304, "{path}");
        }
    }

    let pipe = Pipe::open(bff_web::client());
    let io = TokioIo::new(pipe.connect().unwrap());
    let (mut sender, connection) = http2::handshake(TokioExecutor::new(), io).await.unwrap();
    let mut running = JoinSet::new();
    running.spawn(async move { drop(connection.await) });
    let head = request(Method::HEAD, "http://bff/graphql?query=%7B__typename%7D", &[]);
    let (head, body) = sender.send_request(head).await.unwrap().into_parts();
    assert_eq!(head.status.as_u16(), 200);
    assert_eq!(head.headers[header::CONTENT_LENGTH], "31");
    assert!(head.headers.contains_key(header::ETAG));
    assert!(body.collect().await.unwrap().to_bytes().is_empty());
}

#[tokio::test]
async fn options_and_rejections_list_the_methods() {
    let pipe = Pipe::open(bff_iot::client());
    let mut connection = pipe.http1().await;
    for path in ["/graphql", "/graphql/", "/graphql/o/1"] {
        let options = connection.fetch(request(Method::OPTIONS, path, &[])).await;
        assert_eq!(options.status().as_u16(), 204, "{path}");
        assert_eq!(options.headers()[header::ALLOW], "GET, HEAD, POST, OPTIONS", "{path}");
        // `Origin` alone is sent by any page, and by some clients that are no page.
        let with = [("origin", "https://evil.example")];
        let options = connection.fetch(request(Method::OPTIONS, path, &with)).await;
        assert!(!options.headers().contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN), "{path}");
        for method in [Method::PUT, Method::DELETE, Method::PATCH, Method::TRACE] {
            let answer = connection.send(request(method, path, &[])).await;
            answer.rejected(405);
            assert_eq!(answer.headers[header::ALLOW], "GET, HEAD, POST, OPTIONS", "{path}");
        }
    }
}

#[tokio::test]
async fn a_slash_at_the_end_of_a_path_changes_nothing() {
    let pipe = Pipe::with(
        bff_web::client(),
        |config| config.operations.folder = Some(schema_folder().join("web")),
        std::future::pending(),
    );
    let mut connection = pipe.http1().await;
    for path in ["/graphql/?query=%7B__typename%7D", "/graphql?query=%7B__typename%7D"] {
        connection.send(request(Method::GET, path, &[])).await.whole();
    }
    let mut post = request(Method::POST, "/graphql/", &[("content-type", "application/json; charset=utf8")]);
    *post.body_mut() = Full::from(json!({ "query": "{ __typename }" }).to_string());
    connection.send(post).await.whole();
    for path in ["/graphql/o/unknown", "/graphql/o/unknown/"] {
        let answer = connection.send(request(Method::GET, path, &[])).await;
        assert_eq!(answer.errors(), [": PERSISTED_QUERY_NOT_IN_LIST"], "{path}");
    }
    connection.send(request(Method::GET, "/graphql//", &[])).await.rejected(404);
}
