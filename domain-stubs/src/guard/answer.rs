//! The response of a call: its bytes are counted, it is cut off at the deadline, and logged when it has ended.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http::{HeaderMap, Response};
use http_body::Frame;
use tokio::time::Instant;
use tonic::{Code, Status, body::Body};

use super::{Stopping, deadline, question::FRAME_HEADER_BYTES};
use crate::{calls::Running, refusal::Refusal};

/// A future that resolves when a response is to be cut off, to the error that ends it.
type Cutoff = Pin<Box<dyn Future<Output = Refusal> + Send>>;

/// The body of a response. Dropping it before its end logs the call as cancelled by the client.
pub(super) struct AnswerBody {
    body: Body,
    counter: Counter,
    cutoff: Cutoff,
    /// `None` when the call has ended.
    running: Option<Running>,
}

/// Waits until the deadline passes or the server stops.
pub(super) fn cutoff(deadline: Option<Instant>, stopping: Stopping) -> Cutoff {
    Box::pin(async move {
        tokio::select! {
            error = deadline::passed(deadline) => error,
            error = stopping.signalled() => error,
        }
    })
}

impl AnswerBody {
    /// Wraps the body of a response.
    pub(super) fn wrap(response: Response<Body>, running: Running, cutoff: Cutoff) -> Response<Body> {
        let (head, body) = response.into_parts();
        // The head may hold an error already, with nothing after it.
        let code = Status::from_header_map(&head.headers).map(|status| status.code());
        let mut wrapped = Self { body, counter: Counter::default(), cutoff, running: Some(running) };
        if let Some(code) = code {
            wrapped.end(code);
        }
        Response::from_parts(head, Body::new(wrapped))
    }

    fn end(&mut self, code: Code) {
        if let Some(running) = self.running.take() {
            running.finish(code);
        }
    }
}

impl http_body::Body for AnswerBody {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = self.get_mut();
        let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) else {
            if this.running.is_none() {
                return Poll::Pending;
            }
            let error = ready!(this.cutoff.as_mut().poll(cx));
            this.end(error.code());
            // The service's stream is dropped, so that it does no more work.
            this.body = Body::empty();
            return Poll::Ready(Some(trailers(error).map(Frame::trailers)));
        };
        match &frame {
            Some(Ok(frame)) => {
                if let Some(data) = frame.data_ref() {
                    let bytes = this.counter.count(data);
                    if let Some(running) = &mut this.running {
                        running.response_bytes += bytes;
                    }
                } else if let Some(status) = frame.trailers_ref().and_then(Status::from_header_map) {
                    this.end(status.code());
                }
            }
            Some(Err(status)) => this.end(status.code()),
            None => this.end(Code::Unknown),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.running.is_none() && self.body.is_end_stream()
    }
}

fn trailers(error: Refusal) -> Result<HeaderMap, Status> {
    let mut trailers = HeaderMap::new();
    Status::from(error).add_header(&mut trailers)?;
    Ok(trailers)
}

/// A counter of the bytes of messages, without their frame headers, in a stream that may be cut into pieces anywhere.
#[derive(Debug, Default)]
struct Counter {
    header: Vec<u8>,
    left_of_message: usize,
}

impl Counter {
    /// Returns the bytes of messages in the next piece.
    fn count(&mut self, mut data: &[u8]) -> i64 {
        let mut message_bytes = 0;
        while !data.is_empty() {
            if self.left_of_message > 0 {
                let taken = data.len().min(self.left_of_message);
                self.left_of_message -= taken;
                message_bytes += i64::try_from(taken).unwrap_or(i64::MAX);
                data = &data[taken..];
                continue;
            }
            let taken = data.len().min(FRAME_HEADER_BYTES - self.header.len());
            self.header.extend(&data[..taken]);
            data = &data[taken..];
            if let &[_, a, b, c, d] = self.header.as_slice() {
                self.left_of_message = u32::from_be_bytes([a, b, c, d]) as usize;
                self.header.clear();
            }
        }
        message_bytes
    }
}

#[cfg(test)]
mod tests;
