//! The bytes of a connection, and what is noted of them.

use std::io::{IoSlice, Result};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::activity::Activity;
use super::line_ends::LineEnds;

/// Answer to a head whose lines do not end as they must.
const REFUSAL: &[u8] = b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

/// The bytes of a connection. Tells its activity when they come and whether they go, and answers itself a head of
/// HTTP/1.1 whose lines do not end as they must: programs differ in what such a head says.
pub(super) struct Socket<I> {
    io: I,
    activity: Arc<Activity>,
    line_ends: LineEnds,
    /// What is left to be said of a refusal; nothing is read then.
    refusal: Option<&'static [u8]>,
}

impl<I> Socket<I> {
    pub(super) fn new(io: I, activity: Arc<Activity>) -> Self {
        Self { io, activity, line_ends: LineEnds::default(), refusal: None }
    }
}

impl<I: AsyncWrite + Unpin> Socket<I> {
    /// Says the rest of the refusal.
    fn refuse(&mut self, context: &mut Context<'_>, mut rest: &'static [u8]) -> Poll<Result<()>> {
        while !rest.is_empty() {
            let written = ready!(Pin::new(&mut self.io).poll_write(context, rest))?;
            rest = &rest[written..];
            self.refusal = Some(rest);
        }
        Pin::new(&mut self.io).poll_flush(context)
    }
}

impl<I: AsyncRead + AsyncWrite + Unpin> AsyncRead for Socket<I> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        if let Some(rest) = self.refusal {
            // Then as if nothing more came.
            return self.refuse(context, rest);
        }
        let before = into.filled().len();
        let polled = Pin::new(&mut self.io).poll_read(context, into);
        let came = &into.filled()[before..];
        if came.is_empty() {
            return polled;
        }
        if self.activity.read() {
            self.line_ends = LineEnds::default();
        }
        if self.line_ends.are_wrong_in(came) {
            into.set_filled(before);
            self.activity.refuse();
            self.refusal = Some(REFUSAL);
            return self.refuse(context, REFUSAL);
        }
        polled
    }
}

impl<I: AsyncWrite + Unpin> AsyncWrite for Socket<I> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let polled = Pin::new(&mut self.io).poll_write(context, bytes);
        self.activity.wrote(polled.is_ready());
        polled
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let polled = Pin::new(&mut self.io).poll_write_vectored(context, bytes);
        self.activity.wrote(polled.is_ready());
        polled
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        let polled = Pin::new(&mut self.io).poll_flush(context);
        self.activity.wrote(polled.is_ready());
        polled
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}
