//! Malformed bodies.

use bytes::Bytes;
use http::{Request, header};
use http_body_util::Full;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::support::{Pipe, Shop};

#[tokio::test]
async fn a_body_that_two_parsers_read_differently_is_rejected() {
    let shop = Shop::open().await;
    let nested = |depth: usize| {
        let list = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        format!("{{\"query\":\"{{__typename}}\",\"variables\":{{\"a\":{list}}}}}")
    };
    for body in [
        b"{\"query\":\"{a}\",\"query\":\"{__typename}\"}".to_vec(),
        b"{\"query\":\"{__typename}\",\"qu\\u0065ry\":\"{a}\"}".to_vec(),
        b"{\"query\":\"{__typename}\",\"variables\":{\"a\":1,\"a\":2}}".to_vec(),
        b"{\"query\":\"{__typename}\",\"variables\":{\"a\":[{\"b\":{\"c\":1,\"c\":1}}]}}".to_vec(),
        b"{\"query\":\"{__typename}\",\"extensions\":{\"a\":{\"b\":1,\"b\":2}}}".to_vec(),
        b"{\"query\":\"{__typename}\",\"other\":{\"b\":1,\"b\":2}}".to_vec(),
        b"{\"query\":\"{__typename}\"} trailing".to_vec(),
        b"\xef\xbb\xbf{\"query\":\"{__typename}\"}".to_vec(),
        b"{\"query\":\"{__typename} # \xff\"}".to_vec(),
        b"{\"query\":\"{__typename} # \\ud800\"}".to_vec(),
        "{\"query\":\"{__typename}\"}".encode_utf16().flat_map(u16::to_be_bytes).collect(),
        nested(200).into_bytes(),
        nested(5_000).into_bytes(),
    ] {
        let shown = String::from_utf8_lossy(&body).chars().take(80).collect::<String>();
        let request = Request::post(format!("http://{}/graphql", shop.mobile))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::<Bytes>::from(body))
            .unwrap();
        let answer = shop.send(request).await;
        assert_eq!(answer.status.as_u16(), 400, "{shown}: {}", answer.text);
        answer.rejected(400);
    }
    for query in
        ["query=%7B__typename%7D&variables=%7B%22a%22:1,%22a%22:2%7D", "query=%7B__typename%7D%20%23%FF"]
    {
        let request = Request::get(format!("http://{}/graphql?{query}", shop.mobile));
        shop.send(request.body(Full::default()).unwrap()).await.rejected(400);
    }
}

/// A body with a declared length is rejected before any of it is read, and one without as soon as it is too long.
#[tokio::test(start_paused = true)]
async fn a_body_too_long_is_not_read_and_the_connection_ends() {
    let pipe = Pipe::open(bff_iot::client());
    let head = "POST /graphql HTTP/1.1\r\nhost: bff\r\ncontent-type: application/json\r\n";
    let chunk = format!("1000\r\n{}\r\n", "x".repeat(0x1000));
    for request in [
        format!("{head}content-length: 100000000\r\n\r\n"),
        format!("{head}content-length: 100000000\r\nexpect: 100-continue\r\n\r\n"),
        format!("{head}transfer-encoding: chunked\r\n\r\n{chunk}{chunk}"),
    ] {
        let mut stream = pipe.connect().unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut said = String::new();
        stream.read_to_string(&mut said).await.unwrap();
        assert!(said.starts_with("HTTP/1.1 413 "), "{said}");
        assert!(said.contains("\r\nconnection: close\r\n"), "{said}");
        assert!(said.ends_with("\"extensions\":{\"code\":\"BAD_REQUEST\"}}]}"), "{said}");
    }
}
