//! A connection for a stream that lasts, and on which nothing may arrive for hours.

use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::client::conn::http2::SendRequest;
use tonic::body::Body;
use tower::Service;

use crate::connection::Connection;
use crate::network::Io;
use crate::settings::Settings;
use crate::target::Target;

/// A connection for one stream that lasts, apart from those of the calls. It is never pinged: a stock server ends a
/// connection that is pinged while nothing is sent, with everything on it. TCP finds a dead peer instead, if later.
#[derive(Clone)]
pub struct Lasting {
    connection: Arc<Connection>,
    sender: SendRequest<Body>,
    target: Arc<Target>,
}

impl Lasting {
    pub(crate) async fn open(io: Box<dyn Io>, target: &Arc<Target>, settings: &Settings) -> io::Result<Self> {
        let settings = Settings { ping_interval: None, max_connection_age: None, ..*settings };
        let connection = Connection::open_lasting(io, &settings).await?;
        Ok(Self { sender: connection.sender(), connection, target: target.clone() })
    }

    /// Waits until the peer says GOAWAY, or the connection ends. The stream may last longer; who keeps it then holds up
    /// a server that waits for the end of its streams before it stops.
    pub async fn closed(&self) {
        self.connection.closed().await;
    }
}

impl Service<Request<Body>> for Lasting {
    type Response = Response<Incoming>;
    type Error = hyper::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.sender.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        Box::pin(self.sender.send_request(self.target.addressed(request)))
    }
}

impl fmt::Debug for Lasting {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Lasting").field("target", &self.target).finish_non_exhaustive()
    }
}
