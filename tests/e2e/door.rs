//! Connections of a server: limits, timeouts, draining and certificates, and the metrics and log lines for operators.

mod bounds;
mod draining;
mod renewed;
mod seen;
mod timers;
mod unread;

use bytes::Bytes;
use h2::client::SendRequest;
use http::Request;
use serde_json::json;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::support::Pipe;

/// An HTTP/2 connection driven frame by frame, which records when the server ended it.
struct Http2 {
    host: &'static str,
    sender: SendRequest<Bytes>,
    running: JoinSet<Instant>,
}

impl Http2 {
    /// Opens a connection whose streams each have a window of this many bytes.
    async fn open(pipe: &Pipe, window: u32) -> Self {
        Self::over(pipe.connect().unwrap(), "bff", window).await
    }

    /// Opens a connection over these bytes, for requests to this host.
    async fn over<I>(io: I, host: &'static str, window: u32) -> Self
    where
        I: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let (sender, connection) =
            h2::client::Builder::new().initial_window_size(window).handshake(io).await.unwrap();
        let mut running = JoinSet::new();
        running.spawn(async move {
            let _end = connection.await;
            Instant::now()
        });
        Self { host, sender, running }
    }

    /// Sends a query. The body of the answer may wait for window capacity.
    async fn query(&mut self, query: &str) -> Result<h2::client::ResponseFuture, h2::Error> {
        let request =
            Request::post(format!("http://{}/graphql", self.host)).header("content-type", "application/json");
        let body = json!({ "query": query }).to_string();
        let mut sender = self.sender.clone().ready().await?;
        let (response, mut stream) = sender.send_request(request.body(()).unwrap(), false)?;
        stream.send_data(body.into(), true)?;
        Ok(response)
    }

    /// Waits until the server has ended the connection; returns the time of the end.
    async fn ended(&mut self) -> Instant {
        self.running.join_next().await.unwrap().unwrap()
    }
}
