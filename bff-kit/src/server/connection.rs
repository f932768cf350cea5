//! One connection, and the timers that keep a slow or silent client from holding it.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{Notify, watch};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;

use crate::config::ServerConfig;
use crate::http::MAX_HEADER_BYTES;

/// How long a connection may take for what it does.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timers {
    header: Duration,
    idle: Duration,
}

impl Timers {
    pub(super) fn of(config: &ServerConfig) -> Self {
        Self {
            header: Duration::from_millis(config.header_timeout_ms),
            idle: Duration::from_millis(config.idle_timeout_ms),
        }
    }
}

/// What happens on a connection: how many requests run, and a note whenever one begins or ends.
#[derive(Default)]
struct Activity {
    running: AtomicUsize,
    changed: Notify,
}

/// A request that runs, until it is dropped.
struct Running(Arc<Activity>);

impl Running {
    fn begin(activity: &Arc<Activity>) -> Self {
        activity.running.fetch_add(1, Ordering::Relaxed);
        activity.changed.notify_one();
        Self(activity.clone())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::Relaxed);
        self.0.changed.notify_one();
    }
}

/// Serves a connection, behind TLS where there is an acceptor. The handshake has as long as the head of a request,
/// and ends at once when `stopped` closes: nobody has asked for anything yet.
pub(super) async fn open<I>(
    io: I,
    tls: Option<TlsAcceptor>,
    routes: Router,
    timers: Timers,
    mut stopped: watch::Receiver<()>,
) where
    I: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let Some(tls) = tls else {
        return serve(io, routes, timers, stopped).await;
    };
    let shaken = tokio::select! {
        shaken = tokio::time::timeout(timers.header, tls.accept(io)) => shaken,
        _closed = stopped.changed() => return,
    };
    match shaken {
        Ok(Ok(stream)) => serve(stream, routes, timers, stopped).await,
        // Port scans and clients that do not trust us look the same: nothing an operator has to act on.
        Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
        Err(_elapsed) => tracing::debug!("a TLS handshake took too long"),
    }
}

/// Serves a connection until its client leaves, a timer ends it, or `stopped` closes and the last request on it
/// is answered.
async fn serve<I>(io: I, routes: Router, timers: Timers, mut stopped: watch::Receiver<()>)
where
    I: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let activity = Arc::new(Activity::default());
    let service = {
        let activity = activity.clone();
        hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
            let running = Running::begin(&activity);
            let routes = routes.clone();
            async move {
                let response = routes.oneshot(request.map(axum::body::Body::new)).await;
                drop(running);
                response.map_err(|never: Infallible| never)
            }
        })
    };
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(timers.header)
        // Past its own limit the edge says so as a GraphQL error; past this one hyper says it in its own way.
        .max_buf_size(2 * MAX_HEADER_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(100)
        .max_header_list_size(u32::try_from(2 * MAX_HEADER_BYTES).unwrap_or(u32::MAX));
    let mut connection = pin!(builder.serve_connection(TokioIo::new(io), service));
    tokio::select! {
        _closed = connection.as_mut() => return,
        () = idle(&activity, timers.idle) => {}
        _closed = stopped.changed() => {
            connection.as_mut().graceful_shutdown();
            let _closed = connection.await;
            return;
        }
    }
    // Idle: ask politely, then leave. A client that does not read its answer would hold the connection else.
    connection.as_mut().graceful_shutdown();
    let _closed = tokio::time::timeout(timers.header, connection).await;
}

/// Waits until no request has run for so long.
async fn idle(activity: &Activity, limit: Duration) {
    loop {
        if activity.running.load(Ordering::Relaxed) > 0 {
            activity.changed.notified().await;
        } else if tokio::time::timeout(limit, activity.changed.notified()).await.is_err() {
            return;
        }
    }
}
