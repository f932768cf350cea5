//! How many connections a server holds.

use bff_kit::config::{Config, LogFormat};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{Logged, Shop};

const HEALTH: &[u8] = b"GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n";

/// Opens a connection and asks on it; none where it is closed unheard.
async fn answered(shop: &Shop) -> Option<TcpStream> {
    let mut stream = TcpStream::connect(shop.iot).await.unwrap();
    // Into one that is closed already nothing can be written.
    let _sent = stream.write_all(HEALTH).await;
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.ok().map(|_| stream)
}

/// How many of ten connections are answered while all of them stay open.
async fn of_ten(configure: impl Fn(&mut Config)) -> usize {
    let shop = Shop::with(|config| {
        // The shop itself needs one now and then.
        configure(config);
    })
    .await;
    let mut open = Vec::new();
    for _ in 0..10 {
        open.extend(answered(&shop).await);
    }
    let count = open.len();
    drop(open);
    // What is closed makes room again. The server sees it when it sees it.
    while answered(&shop).await.is_none() {}
    count
}

#[tokio::test]
async fn an_address_has_so_many_connections_unless_it_is_a_trusted_proxy() {
    assert_eq!(of_ten(|_| {}).await, 10);
    let logged = Logged::start(LogFormat::Json);
    assert_eq!(of_ten(|config| config.server.max_connections = 7).await, 7);
    assert!(!logged.saying("turned a connection away, past the bound of all").is_empty());
    assert_eq!(of_ten(|config| config.server.max_connections_per_address = 3).await, 3);
    for proxy in ["127.0.0.1", "127.0.0.0/8"] {
        let trusted = |config: &mut Config| {
            config.server.max_connections_per_address = 3;
            config.server.trusted_proxies = vec![proxy.to_owned()];
        };
        assert_eq!(of_ten(trusted).await, 10, "{proxy}");
    }
    let others = |config: &mut Config| {
        config.server.max_connections_per_address = 3;
        config.server.trusted_proxies = vec!["10.0.0.0/8".to_owned()];
    };
    assert_eq!(of_ten(others).await, 3);
}

#[tokio::test]
async fn a_head_with_a_line_feed_alone_gets_400_and_the_connection_ends() {
    let shop = Shop::open().await;
    let good = "GET /graphql?query=%7B__typename%7D HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n";
    for (head, status) in [
        (good.to_owned(), "200"),
        (good.replacen("\r\n", "\n", 1), "400"),
        (good.replace("127.0.0.1\r\n", "127.0.0.1\n"), "400"),
        (good.replace("close\r\n\r\n", "close\r\n\n"), "400"),
        (good.replace("\r\n", "\n"), "400"),
    ] {
        let mut stream = TcpStream::connect(shop.iot).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut said = String::new();
        stream.read_to_string(&mut said).await.unwrap();
        assert!(said.starts_with(&format!("HTTP/1.1 {status} ")), "{head:?}: {said}");
        assert_eq!(said.matches("HTTP/1.1").count(), 1, "{said}");
    }
}
