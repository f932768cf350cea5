//! The last layer: sends a call over a stream of an endpoint.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf as _, BufMut as _, Bytes};
use endpoints::{Outcome, Report, ResponseBody, SendError, Stream};
use http::{HeaderValue, Request, Response, header};
use tokio::time::Instant;
use tonic::Status;
use tonic::body::Body;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tower::Service;

use super::deadline::{DEADLINE_TOLERANCE, late_unsent, timed_out};
use super::outgoing::Outgoing;
use super::progress::Attempt;
use super::route::Route;
use crate::wire::{Ended, Watched, Wire};
use crate::{Decision, FailureKind, UpstreamError};

/// Number of times that a call is sent that no service has seen before.
const MAX_SENDS: u32 = 4;

/// Name of the client library in logs of services.
const USER_AGENT: HeaderValue =
    HeaderValue::from_static(concat!("bff-kit-fetch/", env!("CARGO_PKG_VERSION")));

/// Sends a call, and returns the encoded response. A call that no service can have seen, because its connection ended
/// first, is sent again at once over another connection, whatever it changes.
pub(super) async fn send(
    call: &Outgoing<'_>,
    route: &Route,
    attempt: Attempt<'_>,
    max_answer_bytes: usize,
    tell: &(impl Fn(Decision) + Sync),
) -> Result<Bytes, UpstreamError> {
    let mut sends = 1;
    loop {
        let stream = route.service.endpoints.stream_beside(attempt.endpoint_of_other()).await;
        let stream = stream.map_err(|error| UpstreamError::unsent(error.to_string()))?;
        attempt.sent(stream.endpoint());
        let wire = Wire::new();
        let outcome = Reporting { report: stream.report(), end: call.end, reported: false };
        let left = call.end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(late_unsent(call.rpc));
        }
        let over = Over { stream: Some(stream), deadline: call.end, wire: wire.clone() };
        let mut request = tonic::Request::new(call.message.clone());
        request.set_timeout(left);
        call.metadata.show(request.metadata_mut());
        let mut client = tonic::client::Grpc::new(over).max_decoding_message_size(max_answer_bytes);
        let status = match client.unary(request, route.path.clone(), Encoded).await {
            Ok(response) => {
                outcome.is(Outcome::Answered);
                return Ok(response.into_inner());
            }
            Err(status) => status,
        };
        let is_unsent = wire.ended() == Ended::Unsent;
        if is_unsent && sends < MAX_SENDS {
            // A connection that ends, as each does at a restart, says nothing about its endpoint.
            tell(Decision::Resent);
            attempt.waits();
            sends += 1;
            continue;
        }
        let is_late =
            status.code() == tonic::Code::Cancelled && Instant::now() + DEADLINE_TOLERANCE >= call.end;
        let error = if is_late {
            timed_out(call.rpc)
        } else {
            UpstreamError::of_status(call.rpc, &status, wire.ended())
        };
        outcome.is(match error.kind() {
            FailureKind::Timeout => Outcome::TimedOut,
            FailureKind::Unavailable => Outcome::Unavailable,
            _ => Outcome::Answered,
        });
        return Err(error);
    }
}

/// Reports the outcome of a call to its endpoint, also that of a call which is dropped at its deadline.
struct Reporting {
    report: Report,
    end: Instant,
    reported: bool,
}

impl Reporting {
    fn is(mut self, outcome: Outcome) {
        self.reported = true;
        self.report.outcome(outcome);
    }
}

impl Drop for Reporting {
    fn drop(&mut self) {
        if !self.reported && Instant::now() + DEADLINE_TOLERANCE >= self.end {
            self.report.outcome(Outcome::TimedOut);
        }
    }
}

/// A service that takes one request, for the stream it holds.
struct Over {
    stream: Option<Stream>,
    deadline: Instant,
    wire: Wire,
}

impl Service<Request<Body>> for Over {
    type Response = Response<Watched<ResponseBody>>;
    type Error = Box<dyn std::error::Error + Send + Sync>;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let (stream, deadline, wire) = (self.stream.take(), self.deadline, self.wire.clone());
        request.headers_mut().insert(header::USER_AGENT, USER_AGENT);
        Box::pin(async move {
            let stream = stream.ok_or("a stream takes one request")?;
            match stream.send(request, deadline).await {
                Ok(response) => Ok(wire.watch(response)),
                Err(SendError::Unsent(error)) => {
                    wire.unsent();
                    Err(error.into())
                }
                Err(SendError::Sent(error)) => Err(error.into()),
            }
        })
    }
}

/// Codec of messages that are encoded already: what a call sends is encoded once, however often it is sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Encoded;

impl Codec for Encoded {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Encoded {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, into: &mut EncodeBuf<'_>) -> Result<(), Status> {
        into.put(item);
        Ok(())
    }
}

impl Decoder for Encoded {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(from.copy_to_bytes(from.remaining())))
    }
}
