//! A stream of a connection, reserved for one call: sends the request, and gives the stream back.

use std::future::Future;
use std::io;
use std::num::NonZeroU32;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body::{Body as _, Frame, SizeHint};
use hyper::body::Incoming;
use hyper::client::conn::TrySendError;
use tokio::runtime::Handle;
use tokio::time::Instant;
use tonic::body::Body;

use crate::connection::Connection;
use crate::endpoint::Endpoint;
use crate::health::Checked as _;
use crate::lasting::Lasting;
use crate::outcome::Outcome;

/// Time given to a service to end a call by itself, whose deadline it knows, before the call is reset.
const GRACE: Duration = Duration::from_millis(500);

/// Time before its deadline in which a call counts as timed out: timers are not exact.
const ABOUT: Duration = Duration::from_millis(10);

/// Time for which a call that was given up waits to be reset, if the peer has answered none of the resets before.
const MAX_WAIT_FOR_RESET: Duration = Duration::from_secs(10);

/// Error of a request that got no response head.
#[derive(Debug)]
pub enum SendError {
    /// The service cannot have seen the request, so that it may be sent again whatever it changes.
    Unsent(hyper::Error),
    /// The service may have seen the request.
    Sent(hyper::Error),
}

/// A reserved stream. Dropping it gives the stream back.
#[derive(Debug)]
pub struct Stream {
    endpoint: Arc<Endpoint>,
    connection: Arc<Connection>,
    /// Number of reads of the connection when the stream was reserved.
    reads: u64,
}

impl Stream {
    pub(crate) fn new(endpoint: Arc<Endpoint>, connection: Arc<Connection>) -> Self {
        endpoint.call_started();
        let reads = connection.reads();
        Self { endpoint, connection, reads }
    }

    /// Returns the number of the endpoint among all of its service, by which another call can be sent elsewhere.
    #[must_use]
    pub fn endpoint(&self) -> NonZeroU32 {
        self.endpoint.number()
    }

    /// Opens a connection of its own to the same endpoint, for one stream that lasts.
    pub(crate) async fn lasting(&self) -> io::Result<Lasting> {
        self.endpoint.open_lasting().await
    }

    /// Returns a handle by which the outcome of the call is reported to the endpoint.
    #[must_use]
    pub fn report(&self) -> Report {
        Report { endpoint: self.endpoint.clone(), connection: self.connection.clone(), reads: self.reads }
    }

    /// Sends a request, and returns the response as soon as its head is there. `deadline` is the time at which the
    /// service itself ends the call. Dropping the future, or the body of the response, cancels the call.
    pub async fn send(
        self,
        request: Request<Body>,
        deadline: Instant,
    ) -> Result<Response<ResponseBody>, SendError> {
        let request = self.endpoint.target().addressed(request);
        let future = Box::pin(self.connection.sender().try_send_request(request));
        let mut sent = Sent { call: Some(Call::Head(future)), stream: Some(self), deadline };
        std::future::poll_fn(|cx| sent.poll_head(cx)).await
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.connection.return_stream();
        self.endpoint.call_ended();
    }
}

/// Reports the outcome of one call.
#[derive(Debug)]
pub struct Report {
    endpoint: Arc<Endpoint>,
    connection: Arc<Connection>,
    reads: u64,
}

impl Report {
    /// Reports the outcome of the call.
    pub fn outcome(&self, outcome: Outcome) {
        match outcome {
            Outcome::Answered => self.connection.heard(),
            Outcome::TimedOut => {
                self.connection.timed_out(self.reads);
                if self.connection.is_suspect() {
                    self.endpoint.replace();
                }
            }
            Outcome::Unavailable => {}
        }
        self.endpoint.outcome(outcome);
    }
}

type Head = Pin<Box<dyn Future<Output = Result<Response<Incoming>, TrySendError<Request<Body>>>> + Send>>;

/// A call at the state it has reached.
enum Call {
    Head(Head),
    Body(Incoming),
}

/// A call that was sent. If it is dropped before its end, it is reset, or waits for its end where no more resets may
/// be sent.
struct Sent {
    call: Option<Call>,
    stream: Option<Stream>,
    deadline: Instant,
}

impl Sent {
    fn poll_head(&mut self, cx: &mut Context<'_>) -> Poll<Result<Response<ResponseBody>, SendError>> {
        let Some(Call::Head(head)) = &mut self.call else { return Poll::Pending };
        let result = ready!(head.as_mut().poll(cx));
        self.call = None;
        Poll::Ready(match result {
            Ok(response) => {
                let stream = self.stream.take();
                if let Some(stream) = &stream {
                    stream.connection.resets.answered();
                }
                let (head, body) = response.into_parts();
                let sent = Self { call: Some(Call::Body(body)), stream, deadline: self.deadline };
                Ok(Response::from_parts(head, ResponseBody(sent)))
            }
            Err(error) => {
                let was_kept = error.message().is_some();
                let error = error.into_error();
                let unsent = was_kept || is_refused(&error);
                Err(if unsent { SendError::Unsent(error) } else { SendError::Sent(error) })
            }
        })
    }

    fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let Some(Call::Body(body)) = &mut self.call else { return Poll::Ready(None) };
        let frame = ready!(Pin::new(body).poll_frame(cx));
        if !matches!(frame, Some(Ok(_))) {
            self.call = None;
            self.stream = None;
        }
        Poll::Ready(frame)
    }
}

impl Drop for Sent {
    fn drop(&mut self) {
        let (Some(mut call), Some(stream)) = (self.call.take(), self.stream.take()) else { return };
        if let Call::Body(body) = &call
            && body.is_end_stream()
        {
            return;
        }
        let now = Instant::now();
        let is_late = self.deadline <= now + ABOUT;
        if !is_late && stream.connection.resets.take() {
            return;
        }
        let Ok(runtime) = Handle::try_current() else { return };
        let grace = self.deadline.max(now) + GRACE;
        runtime.spawn(async move {
            if is_late && tokio::time::timeout_at(grace, call.ended()).await.is_ok() {
                return;
            }
            if !stream.connection.resets.take() {
                let _ended = tokio::time::timeout_at(now + MAX_WAIT_FOR_RESET, call.ended()).await;
            }
            drop(call);
            drop(stream);
        });
    }
}

impl Call {
    /// Waits for the end of the call, and ignores whatever the service still sends.
    async fn ended(&mut self) {
        std::future::poll_fn(|cx| {
            loop {
                match self {
                    Self::Head(head) => match ready!(head.as_mut().poll(cx)) {
                        Ok(response) => *self = Self::Body(response.into_body()),
                        Err(_) => return Poll::Ready(()),
                    },
                    Self::Body(body) => match ready!(Pin::new(body).poll_frame(cx)) {
                        Some(Ok(_)) => {}
                        Some(Err(_)) | None => return Poll::Ready(()),
                    },
                }
            }
        })
        .await;
    }
}

/// Returns true if the peer reset the stream with `REFUSED_STREAM`, by which it promises that it has done nothing.
fn is_refused(error: &hyper::Error) -> bool {
    let source = std::error::Error::source(error).and_then(|source| source.downcast_ref::<h2::Error>());
    source.is_some_and(|error| {
        error.is_remote() && error.is_reset() && error.reason() == Some(h2::Reason::REFUSED_STREAM)
    })
}

/// Body of a response. Dropping it before its end cancels the call.
pub struct ResponseBody(Sent);

impl http_body::Body for ResponseBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        self.0.poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        match &self.0.call {
            Some(Call::Body(body)) => body.is_end_stream(),
            _ => true,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0.call {
            Some(Call::Body(body)) => body.size_hint(),
            _ => SizeHint::default(),
        }
    }
}
