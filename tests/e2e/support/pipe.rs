//! A BFF without sockets, for tests that control the clock.

use std::future::Future;

use bff_kit::AnyClient;
use bff_kit::host::config::Config;
use bff_kit::host::{Network, Server, Tcp};
use bytes::Bytes;
use http::{Request, Response, header};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::{Answer, credentials, named, network};

/// A BFF at the other end of a pipe in memory.
pub(crate) struct Pipe {
    dial: mpsc::UnboundedSender<DuplexStream>,
    server: JoinSet<()>,
}

impl Pipe {
    pub(crate) fn open(client: AnyClient) -> Self {
        Self::with(client, |_| {}, std::future::pending())
    }

    /// A BFF with its own configuration, which serves until `shutdown` is ready.
    pub(crate) fn with(
        client: AnyClient,
        configure: impl FnOnce(&mut Config),
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Self {
        Self::over(client, Tcp, configure, shutdown)
    }

    /// A BFF whose connections to the services are opened by `network`.
    pub(crate) fn over(
        client: AnyClient,
        network: impl Network,
        configure: impl FnOnce(&mut Config),
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Self {
        let mut config = Config::development();
        // A pipe has no address: every test calls it by this name.
        config.server.public_origins = vec!["http://bff".to_owned()];
        config.cache.value_bytes = 0;
        configure(&mut config);
        credentials::complete(&mut config);
        let client = named(client, &config);
        let (dial, dialled) = network::server();
        let mut server = JoinSet::new();
        server.spawn(async move {
            Server::new(config).serve(client, dialled, network, shutdown).await.unwrap();
        });
        Self { dial, server }
    }

    /// A connection; `None` if the server accepts no more.
    pub(crate) fn connect(&self) -> Option<DuplexStream> {
        network::dial(&self.dial)
    }

    /// Waits until the server has ended.
    pub(crate) async fn ended(&mut self) {
        self.server.join_next().await.unwrap().unwrap();
    }

    /// Sends a query on a connection of its own.
    pub(crate) async fn query(&self, query: &str) -> Answer {
        let mut connection = self.http1().await;
        let request = Request::post("/graphql")
            .header(header::HOST, "bff")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/graphql-response+json")
            .body(Full::<Bytes>::from(json!({ "query": query }).to_string()))
            .unwrap();
        connection.send(request).await
    }

    /// A connection for one request after another.
    pub(crate) async fn http1(&self) -> Connection {
        Connection::over(self.connect().unwrap()).await
    }
}

/// A connection that speaks HTTP/1.1.
pub(crate) struct Connection {
    sender: http1::SendRequest<Full<Bytes>>,
    _running: JoinSet<()>,
}

impl Connection {
    pub(crate) async fn over(io: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) -> Self {
        let (sender, connection) = http1::handshake(TokioIo::new(io)).await.unwrap();
        let mut running = JoinSet::new();
        running.spawn(async move { drop(connection.await) });
        Self { sender, _running: running }
    }

    /// Sends a request on the connection; panics if the server has closed it.
    pub(crate) async fn send(&mut self, request: Request<Full<Bytes>>) -> Answer {
        Answer::of(self.fetch(request).await)
    }

    /// Sends a request whose answer need not be text.
    pub(crate) async fn fetch(&mut self, request: Request<Full<Bytes>>) -> Response<Bytes> {
        self.sender.ready().await.unwrap();
        let (head, body) = self.sender.send_request(request).await.unwrap().into_parts();
        Response::from_parts(head, body.collect().await.unwrap().to_bytes())
    }
}
