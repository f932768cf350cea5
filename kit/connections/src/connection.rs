//! A connection, from its first byte to its last.

use std::convert::Infallible;
use std::error::Error;
use std::pin::pin;
use std::sync::Arc;

use axum::Router;
use http_body::Body as _;
use hyper::body::Incoming;
use hyper::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use hyper::{Request, Response, StatusCode, Version};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;

use crate::activity::{Activity, Ended, Timers};
use crate::bounds::Bounds;
use crate::observer::{Closed, Malformed, Observer};
use crate::peer::{BodyBytes, Peer};
use crate::socket::Socket;
use crate::unread::{Paced, Unread};

/// Number of answers that a connection may leave unread before requests past the bounds are rejected without a body, by
/// status and `Retry-After` alone.
const MANY_UNREAD: usize = 8;

/// Stage of a server on its way to shutdown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The server takes requests.
    Serving,
    /// The server still answers every request, and tells clients to go elsewhere.
    Draining,
    /// The server finishes the requests that it has received.
    Stopping,
}

/// State shared by all connections of a server.
#[derive(Clone)]
pub(crate) struct Connections {
    pub(crate) routes: Router,
    pub(crate) timers: Timers,
    pub(crate) unread: Arc<Unread>,
    pub(crate) requests: Arc<Bounds>,
    pub(crate) observer: Arc<dyn Observer>,
    pub(crate) max_head_bytes: usize,
    pub(crate) phase: watch::Receiver<Phase>,
}

impl Connections {
    /// Serves a connection, over TLS if there is an acceptor. The handshake has the timeout of a request head. It is
    /// abandoned at once when the server stops, since no request has come yet.
    pub(crate) async fn open<I>(mut self, io: I, tls: Option<TlsAcceptor>, peer: Peer)
    where
        I: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let Some(tls) = tls else {
            return self.serve(io, peer).await;
        };
        let shaken = tokio::select! {
            shaken = tokio::time::timeout(self.timers.header, tls.accept(io)) => shaken,
            _stopping = self.phase.wait_for(|phase| *phase == Phase::Stopping) => return,
        };
        match shaken {
            Ok(Ok(stream)) => return self.serve(stream, peer).await,
            // Logged for debugging only: port scans and clients that do not trust the certificate look alike, and
            // operators need not act on either.
            Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
            Err(_elapsed) => tracing::debug!("a TLS handshake took too long"),
        }
        self.observer.closed(Closed::Handshake);
    }

    /// Serves a connection until its client leaves, a timeout ends it, or the server stops and the last request on it
    /// is answered.
    async fn serve<I>(self, io: I, peer: Peer)
    where
        I: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let activity = Arc::new(Activity::new());
        let _watched = self.unread.watch(&activity);
        let closed = self.run(TokioIo::new(Socket::new(io, activity.clone())), peer, &activity).await;
        self.observer.closed(closed);
    }

    async fn run<I>(&self, io: TokioIo<Socket<I>>, peer: Peer, activity: &Arc<Activity>) -> Closed
    where
        I: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let service = {
            let (activity, connections) = (activity.clone(), self.clone());
            hyper::service::service_fn(move |request| {
                connections.clone().answer(request, peer, activity.clone())
            })
        };
        let builder = builder(self.max_head_bytes);
        let mut connection = pin!(builder.serve_connection(io, service));
        let mut phase = self.phase.clone();
        loop {
            tokio::select! {
                closed = connection.as_mut() => {
                    if let Err(error) = &closed && let Some((malformed, status)) = rejected_by_hyper(error.as_ref()) {
                        self.observer.malformed(malformed, status);
                    }
                    return closed_by(&closed);
                }
                ended = activity.ended(self.timers) => {
                    if ended == Ended::Idle {
                        // A client that still reads learns that the connection ends.
                        connection.as_mut().graceful_shutdown();
                        let _closed = tokio::time::timeout(self.timers.header, connection).await;
                    }
                    return ended.into();
                }
                () = activity.leaving() => connection.as_mut().graceful_shutdown(),
                Ok(()) = phase.changed() => {
                    let stopping = *phase.borrow_and_update() == Phase::Stopping;
                    // While the server drains, HTTP/1.1 clients are told by an answer, HTTP/2 clients by the
                    // connection. A connection without a request so far may be either, so its client is told with the
                    // first answer.
                    if stopping || activity.speaks_http2() {
                        connection.as_mut().graceful_shutdown();
                    }
                    if stopping {
                        let _closed = connection.await;
                        return Closed::Stopped;
                    }
                }
            }
        }
    }

    async fn answer(
        self,
        mut request: Request<Incoming>,
        peer: Peer,
        activity: Arc<Activity>,
    ) -> Result<Response<Paced>, Infallible> {
        let is_http2 = request.version() == Version::HTTP_2;
        let running = activity.begin(is_http2);
        request.extensions_mut().insert(peer);
        // The guard counts until the answer is taken completely, so that a client that reads no answers gets no more of
        // them made.
        let admitted = self.requests.admit(peer).map_err(|bound| request.extensions_mut().insert(bound)).ok();
        let mut response = self.routes.oneshot(request.map(axum::body::Body::new)).await?;
        if admitted.is_none()
            && (response.status().is_client_error() || response.status().is_server_error())
            && activity.answers_unread() > MANY_UNREAD
        {
            // A head needs no flow-control window: the stream ends at once, and leaves nothing behind.
            response = only_the_head(response);
        }
        let phase = *self.phase.borrow();
        if phase != Phase::Serving {
            if is_http2 {
                activity.leave();
            } else {
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
        }
        // A compressed body no longer knows the length of the answer that is held for it.
        let exact = response.body().size_hint().exact().and_then(|bytes| usize::try_from(bytes).ok());
        let bytes = exact.or_else(|| response.extensions().get().map(|BodyBytes(bytes)| *bytes));
        Ok(response.map(|body| Paced::new(body, bytes.unwrap_or_default(), running, admitted, &self.unread)))
    }
}

fn only_the_head(response: Response<axum::body::Body>) -> Response<axum::body::Body> {
    let mut response = response.map(|_body| axum::body::Body::empty());
    response.headers_mut().remove(CONTENT_LENGTH);
    response.headers_mut().remove(CONTENT_TYPE);
    response
}

fn builder(max_head_bytes: usize) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        // Off, since the timers of `Activity` tell a late head from a client that has nothing to send.
        .header_read_timeout(None)
        // Past its own bound the HTTP edge rejects with a GraphQL error; past this limit hyper rejects in its own
        // way.
        .max_buf_size(max_head_bytes);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(100)
        .max_header_list_size(u32::try_from(max_head_bytes).unwrap_or(u32::MAX));
    builder
}

/// Returns the reason and the status with which hyper itself rejected a request; `None` if hyper rejected none.
fn rejected_by_hyper(error: &(dyn Error + 'static)) -> Option<(Malformed, StatusCode)> {
    match error.downcast_ref::<hyper::Error>() {
        Some(error) if error.is_parse_too_large() => {
            Some((Malformed::TooLarge, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE))
        }
        Some(error) if error.is_parse() => Some((Malformed::Unparsable, StatusCode::BAD_REQUEST)),
        _ => None,
    }
}

/// Returns the reason for which a connection ended that the server did not end.
fn closed_by(closed: &Result<(), Box<dyn Error + Send + Sync>>) -> Closed {
    let Err(error) = closed else { return Closed::Client };
    match error.downcast_ref::<hyper::Error>() {
        Some(error) if error.is_parse() => Closed::Unreadable,
        Some(error) if error.source().is_some_and(is_http2) => Closed::Unreadable,
        _ => Closed::Client,
    }
}

/// Returns true if this server ended an HTTP/2 connection because of what its client sent.
fn is_http2(error: &(dyn Error + 'static)) -> bool {
    error.downcast_ref::<h2::Error>().is_some_and(h2::Error::is_library)
}

impl From<Ended> for Closed {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Head => Self::Head,
            Ended::Idle => Self::Idle,
            Ended::Unread => Self::Unread,
            Ended::Greedy => Self::Greedy,
        }
    }
}
