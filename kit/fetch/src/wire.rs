//! The end of a response on the wire. The client library gives every failure a status, even if no service sent one:
//! this module records the status that the service really sent.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode, header};
use http_body::Frame;

/// End of the response to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// The response has not ended, as far as it was read.
    Not,
    /// There is no response, because no service can have seen the request.
    Unsent,
    /// The response was not gRPC: it came from something between us and the service.
    Foreign,
    /// The response ended without a status: something cut it off.
    Cut,
    /// The response ended with this status of the service.
    Status(i32),
}

/// Records how the response to one call ends.
#[derive(Clone, Debug)]
pub(crate) struct Wire(Arc<AtomicI32>);

const NOT: i32 = -1;
const FOREIGN: i32 = -2;
const CUT: i32 = -3;
const UNSENT: i32 = -4;

impl Wire {
    pub(crate) fn new() -> Self {
        Self(Arc::new(AtomicI32::new(NOT)))
    }

    pub(crate) fn ended(&self) -> Ended {
        match self.0.load(Ordering::Relaxed) {
            NOT => Ended::Not,
            FOREIGN => Ended::Foreign,
            CUT => Ended::Cut,
            UNSENT => Ended::Unsent,
            status => Ended::Status(status),
        }
    }

    /// Records that no service can have seen the request.
    pub(crate) fn unsent(&self) {
        self.note(UNSENT);
    }

    /// Wraps the response, to watch it to its end.
    pub(crate) fn watch<B>(self, response: Response<B>) -> Response<Watched<B>> {
        let is_grpc = response.headers().get(header::CONTENT_TYPE).is_some_and(|media_type| {
            media_type.as_bytes().get(..16).is_some_and(|it| it.eq_ignore_ascii_case(b"application/grpc"))
        });
        if let Some(status) = status(response.headers()) {
            self.note(status);
        } else if response.status() != StatusCode::OK || !is_grpc {
            self.note(FOREIGN);
        }
        response.map(|body| Watched { body, wire: self })
    }

    /// Records an end, unless one was recorded before.
    fn note(&self, end: i32) {
        // Load and store need not be one step: only the one task that reads the response writes the value.
        if self.0.load(Ordering::Relaxed) == NOT {
            self.0.store(end, Ordering::Relaxed);
        }
    }
}

fn status(headers: &HeaderMap) -> Option<i32> {
    headers.get("grpc-status")?.to_str().ok()?.parse().ok().filter(|status| *status >= 0)
}

/// Body of a response that records its end while it is read.
pub(crate) struct Watched<B> {
    body: B,
    wire: Wire,
}

impl<B: http_body::Body<Data = Bytes> + Unpin> http_body::Body for Watched<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        match &polled {
            Poll::Ready(Some(Ok(frame))) => {
                if let Some(status) = frame.trailers_ref().and_then(status) {
                    self.wire.note(status);
                }
            }
            Poll::Ready(None) => self.wire.note(CUT),
            Poll::Ready(Some(Err(_))) | Poll::Pending => {}
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.body.size_hint()
    }
}
