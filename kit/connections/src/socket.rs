//! The byte stream of a connection, watched for activity and framing.

use std::io::{IoSlice, Result};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::activity::Activity;
use crate::framing::Framing;

/// The byte stream of a connection. Reports reads and writes to the activity of the connection, and follows HTTP/1.1
/// requests, since programs differ in where some of them end.
pub(crate) struct Socket<I> {
    io: I,
    activity: Arc<Activity>,
    framing: Framing,
    /// Bytes still to be read behind a spoilt request; `None` if no request was spoilt.
    end: Option<&'static [u8]>,
}

/// End of a head. A spoilt head gets one, since a head without an end is not parsed.
const END: &[u8] = b"\r\n\r\n";

impl<I> Socket<I> {
    pub(crate) fn new(io: I, activity: Arc<Activity>) -> Self {
        Self { io, activity, framing: Framing::default(), end: None }
    }
}

impl<I: AsyncRead + Unpin> AsyncRead for Socket<I> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        if let Some(end) = self.end {
            let (now, later) = end.split_at(end.len().min(into.remaining()));
            into.put_slice(now);
            self.end = Some(later);
            return Poll::Ready(Ok(()));
        }
        let before = into.filled().len();
        let polled = Pin::new(&mut self.io).poll_read(context, into);
        let came = &mut into.filled_mut()[before..];
        if !came.is_empty() {
            self.activity.read();
            if let Some(spoilt) = self.framing.follow(came) {
                into.set_filled(before + spoilt);
                self.end = Some(END);
            }
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
