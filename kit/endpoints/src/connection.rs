//! One HTTP/2 connection to an endpoint, and the streams on it.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use hyper::client::conn::http2::{Builder, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;
use tokio::time::Instant;
use tonic::body::Body;

use crate::network::Io;
use crate::resets::Resets;
use crate::settings::Settings;

/// Number of calls in a row that time out while no byte arrives, after which a connection is suspected to be dead.
const SILENT_CALLS: u32 = 2;

/// Windows larger than the default 64 kB, because a page of full products is larger.
const STREAM_WINDOW: u32 = 1 << 20;
const CONNECTION_WINDOW: u32 = 4 << 20;

/// A connection. Streams are counted here, so that no request waits inside the HTTP/2 library, where nobody could tell
/// if it has been sent.
pub(crate) struct Connection {
    sender: SendRequest<Body>,
    opened: Instant,
    max_age: Option<Duration>,
    /// Streams in use, including those of calls that were given up and not yet reset.
    streams: AtomicUsize,
    shared: Arc<Shared>,
    silent_calls: AtomicUsize,
    pub(crate) resets: Resets,
}

/// State that the connection's task and its users share.
struct Shared {
    /// Maximum number of concurrent streams, as the peer said last.
    max_streams: AtomicUsize,
    /// Number of reads that brought bytes.
    reads: AtomicU64,
    first_read: Notify,
    ended: AtomicBool,
    /// Notified when `ended` is set.
    end: Notify,
    /// Waker of the connection's task, on a connection for a stream that lasts. The task looks for GOAWAY only when it
    /// is woken, which requests do; here there is but one.
    waker: Option<Mutex<Option<Waker>>>,
}

impl Connection {
    /// Opens a connection over a stream of bytes. The connection counts as open when the peer's first frame has
    /// arrived: a peer that is stopped still completes TCP handshakes. `changed` is called when the connection ends
    /// or takes no more streams.
    pub(crate) async fn open(
        io: Box<dyn Io>,
        settings: &Settings,
        changed: impl Fn() + Send + Sync + 'static,
    ) -> io::Result<Arc<Self>> {
        Self::open_with(io, settings, None, changed).await
    }

    /// Opens a connection for a stream that lasts.
    pub(crate) async fn open_lasting(io: Box<dyn Io>, settings: &Settings) -> io::Result<Arc<Self>> {
        Self::open_with(io, settings, Some(Mutex::default()), || {}).await
    }

    async fn open_with(
        io: Box<dyn Io>,
        settings: &Settings,
        waker: Option<Mutex<Option<Waker>>>,
        changed: impl Fn() + Send + Sync + 'static,
    ) -> io::Result<Arc<Self>> {
        let shared = Arc::new(Shared {
            max_streams: AtomicUsize::new(0),
            reads: AtomicU64::new(0),
            first_read: Notify::new(),
            ended: AtomicBool::new(false),
            end: Notify::new(),
            waker,
        });
        let io = TokioIo::new(Watched { io, shared: shared.clone(), has_read: false });
        let (sender, mut connection) = Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .keep_alive_interval(settings.ping_interval)
            .keep_alive_timeout(settings.ping_timeout)
            .handshake::<_, Body>(io)
            .await
            .map_err(io::Error::other)?;
        let first_read = {
            let shared = shared.clone();
            async move { shared.first_read.notified().await }
        };
        let of_task = shared.clone();
        let task = tokio::spawn(async move {
            let ended = std::future::poll_fn(|cx| {
                if let Some(waker) = &of_task.waker {
                    *waker.lock().unwrap_or_else(PoisonError::into_inner) = Some(cx.waker().clone());
                }
                let polled = Pin::new(&mut connection).poll(cx);
                of_task.max_streams.store(connection.current_max_send_streams(), Ordering::Relaxed);
                polled
            })
            .await;
            of_task.ended.store(true, Ordering::Relaxed);
            of_task.first_read.notify_one();
            of_task.end.notify_waiters();
            changed();
            ended
        });
        first_read.await;
        if shared.ended.load(Ordering::Relaxed) {
            let ended = task.await.map_err(io::Error::other)?;
            return Err(ended.err().map_or_else(|| io::ErrorKind::ConnectionReset.into(), io::Error::other));
        }
        // A tenth earlier or later, so that connections opened together are not replaced together.
        let max_age = settings.max_connection_age.map(|age| age.mul_f64(0.9 + 0.2 * fastrand::f64()));
        Ok(Arc::new(Self {
            sender,
            opened: Instant::now(),
            max_age,
            streams: AtomicUsize::new(0),
            shared,
            silent_calls: AtomicUsize::new(0),
            resets: Resets::default(),
        }))
    }

    /// Returns true if the peer accepts new streams: it has neither ended the connection nor said GOAWAY.
    pub(crate) fn is_open(&self) -> bool {
        !self.sender.is_closed() && !self.shared.ended.load(Ordering::Relaxed)
    }

    /// Waits until the peer accepts no more streams. Those that are open may last longer.
    pub(crate) async fn closed(&self) {
        let mut end = std::pin::pin!(self.shared.end.notified());
        end.as_mut().enable();
        if self.is_open() {
            end.await;
        }
    }

    /// Returns true if the connection is due to be replaced because of its age.
    pub(crate) fn is_old(&self) -> bool {
        self.max_age.is_some_and(|age| self.opened.elapsed() >= age)
    }

    /// Suspects that the connection is dead, until the peer answers.
    pub(crate) fn doubt(&self) {
        self.silent_calls.store(SILENT_CALLS as usize, Ordering::Relaxed);
    }

    /// Returns true if the connection may be dead: the last calls timed out while no byte arrived.
    pub(crate) fn is_suspect(&self) -> bool {
        self.silent_calls.load(Ordering::Relaxed) >= SILENT_CALLS as usize
    }

    pub(crate) fn streams(&self) -> usize {
        self.streams.load(Ordering::Relaxed)
    }

    /// Takes one of the streams that the peer allows; false if all are in use.
    pub(crate) fn take_stream(&self) -> bool {
        let max = self.shared.max_streams.load(Ordering::Relaxed);
        let more = |streams| (streams < max).then_some(streams + 1);
        self.streams.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok()
    }

    pub(crate) fn return_stream(&self) {
        self.streams.fetch_sub(1, Ordering::Relaxed);
    }

    pub(crate) fn sender(&self) -> SendRequest<Body> {
        self.sender.clone()
    }

    /// Returns the number of reads that brought bytes.
    pub(crate) fn reads(&self) -> u64 {
        self.shared.reads.load(Ordering::Relaxed)
    }

    /// Records that a call timed out that began after this many reads.
    pub(crate) fn timed_out(&self, reads: u64) {
        if self.reads() == reads {
            self.silent_calls.fetch_add(1, Ordering::Relaxed);
        } else {
            self.heard();
        }
    }

    /// Records that the peer answered.
    pub(crate) fn heard(&self) {
        if self.silent_calls.load(Ordering::Relaxed) > 0 {
            self.silent_calls.store(0, Ordering::Relaxed);
        }
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Connection").field("streams", &self.streams()).finish_non_exhaustive()
    }
}

impl Shared {
    /// Wakes the task of a connection for a stream that lasts, once all frames that arrived have been handled.
    fn wake(&self) {
        let waker =
            self.waker.as_ref().and_then(|it| it.lock().unwrap_or_else(PoisonError::into_inner).take());
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// A stream of bytes that counts its reads.
struct Watched {
    io: Box<dyn Io>,
    shared: Arc<Shared>,
    /// True if bytes were read since the last time that there were none.
    has_read: bool,
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let polled = Pin::new(&mut *self.io).poll_read(cx, buf);
        if buf.filled().len() > before {
            self.has_read = true;
            if self.shared.reads.fetch_add(1, Ordering::Relaxed) == 0 {
                self.shared.first_read.notify_one();
            }
        } else if self.has_read {
            self.has_read = false;
            self.shared.wake();
        }
        polled
    }
}

impl AsyncWrite for Watched {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.io).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.io).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.io).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }
}
