//! One connection, from its first byte to its last.

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

use super::activity::{Activity, Ended, Timers};
use super::bounds::Bounds;
use super::socket::Socket;
use super::unread::{Paced, Unread};
use crate::http::{AnswerBytes, MAX_HEADER_BYTES, RejectionReason, Rejections};
use crate::metrics::Closed;
use crate::peer::{Bound, Peer};

/// Answers that a connection may leave unread before requests past the bounds are refused without a body, by their status
/// and `Retry-After` alone.
const MANY_UNREAD: usize = 8;

/// Stage of a server on its way to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Serving,
    /// It still answers everybody, and tells them to go elsewhere.
    Draining,
    /// It finishes what has been asked.
    Stopping,
}

/// Everything that the connections of a server share.
#[derive(Clone)]
pub(super) struct Connections {
    pub(super) routes: Router,
    pub(super) timers: Timers,
    pub(super) unread: Arc<Unread>,
    pub(super) requests: Arc<Bounds>,
    pub(super) rejections: Rejections,
    pub(super) phase: watch::Receiver<Phase>,
}

impl Connections {
    /// Notes a connection that is closed unheard.
    pub(super) fn turned_away(&self, bound: Bound) {
        self.rejections.metrics.turned_away(bound);
        let bound = bound.as_str();
        if let Some(left_out) = self.rejections.log.pass("connection past", bound) {
            tracing::warn!(target: "access", bound, left_out, "turned a connection away, past the bound of {bound}");
        }
    }

    /// Serves a connection, behind TLS where there is an acceptor. The handshake has as long as the head of a request,
    /// and ends at once when the server stops: nobody has asked for anything yet.
    pub(super) async fn open<I>(mut self, io: I, tls: Option<TlsAcceptor>, peer: Peer)
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
            // Port scans and clients that do not trust us look the same: nothing an operator has to act on.
            Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
            Err(_elapsed) => tracing::debug!("a TLS handshake took too long"),
        }
        self.rejections.metrics.closed(Closed::Handshake);
    }

    /// Serves a connection until its client leaves, its time is up, or the server stops and the last request on it is
    /// answered.
    async fn serve<I>(self, io: I, peer: Peer)
    where
        I: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let activity = Arc::new(Activity::new());
        let _watched = self.unread.watch(&activity);
        let closed = self.run(TokioIo::new(Socket::new(io, activity.clone())), peer, &activity).await;
        self.rejections.metrics.closed(closed);
        let reason = closed.as_str();
        if closed.is_for_its_client()
            && let Some(left_out) = self.rejections.log.pass("connection", reason)
        {
            tracing::info!(target: "access", reason, left_out, "ended a connection: {reason}");
        }
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
        let builder = builder();
        let mut connection = pin!(builder.serve_connection(io, service));
        let mut phase = self.phase.clone();
        loop {
            tokio::select! {
                closed = connection.as_mut() => {
                    if let Err(error) = &closed && let Some((reason, status)) = refused_by_hyper(error.as_ref()) {
                        self.rejections.note(reason, status);
                    }
                    return closed_by(&closed);
                }
                ended = activity.ended(self.timers) => {
                    if ended == Ended::Idle {
                        // Says goodbye to a client that listens.
                        connection.as_mut().graceful_shutdown();
                        let _closed = tokio::time::timeout(self.timers.header, connection).await;
                    }
                    return ended.into();
                }
                () = activity.leaving() => connection.as_mut().graceful_shutdown(),
                Ok(()) = phase.changed() => {
                    let stopping = *phase.borrow_and_update() == Phase::Stopping;
                    // While the server drains, HTTP/1.1 is told so by an answer, HTTP/2 by the connection. One that has
                    // not said a word may be either, and is told with its first answer.
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
        // Whoever takes no answers has none made for it: this counts until the answer is taken whole.
        let admitted = self.requests.admit(peer).map_err(|bound| request.extensions_mut().insert(bound)).ok();
        let mut response = self.routes.oneshot(request.map(axum::body::Body::new)).await?;
        if admitted.is_none()
            && (response.status().is_client_error() || response.status().is_server_error())
            && activity.answers_unread() > MANY_UNREAD
        {
            // A head needs no window: the stream ends at once, and leaves nothing behind.
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
        // Compression forgets how long an answer is that is held for it.
        let exact = response.body().size_hint().exact().and_then(|bytes| usize::try_from(bytes).ok());
        let bytes = exact.or_else(|| response.extensions().get().map(|AnswerBytes(bytes)| *bytes));
        Ok(response.map(|body| Paced::new(body, bytes.unwrap_or_default(), running, admitted, &self.unread)))
    }
}

fn only_the_head(response: Response<axum::body::Body>) -> Response<axum::body::Body> {
    let mut response = response.map(|_body| axum::body::Body::empty());
    response.headers_mut().remove(CONTENT_LENGTH);
    response.headers_mut().remove(CONTENT_TYPE);
    response
}

fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        // The connection's own timers tell a head that does not come from a client that has nothing to ask.
        .header_read_timeout(None)
        // Past its own limit the edge says so as a GraphQL error; past this one hyper says it in its own way.
        .max_buf_size(2 * MAX_HEADER_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(100)
        .max_header_list_size(u32::try_from(2 * MAX_HEADER_BYTES).unwrap_or(u32::MAX));
    builder
}

/// What hyper refused by itself, as no request, and the status it told.
fn refused_by_hyper(error: &(dyn Error + 'static)) -> Option<(RejectionReason, StatusCode)> {
    match error.downcast_ref::<hyper::Error>() {
        Some(error) if error.is_parse_too_large() => {
            Some((RejectionReason::HeadTooLarge, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE))
        }
        Some(error) if error.is_parse() => Some((RejectionReason::BadHead, StatusCode::BAD_REQUEST)),
        _ => None,
    }
}

/// Why a connection ended that the server did not end.
fn closed_by(closed: &Result<(), Box<dyn Error + Send + Sync>>) -> Closed {
    let Err(error) = closed else { return Closed::Client };
    match error.downcast_ref::<hyper::Error>() {
        Some(error) if error.is_parse() => Closed::Unreadable,
        Some(error) if error.source().is_some_and(is_http2) => Closed::Unreadable,
        _ => Closed::Client,
    }
}

/// Whether this server ended an HTTP/2 connection for what its client sent.
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
