//! Reading a body within its limits.

use std::time::Duration;

use axum::body::Body;
use axum::body::HttpBody as _;
use bytes::Bytes;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use operation::Limits;

use super::rejection::{Rejection, RejectionReason};
use crate::config::Config;

/// Limits on the length of a body and on the time that it takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct BodyLimits {
    bytes: usize,
    timeout: Duration,
}

impl BodyLimits {
    pub(super) fn of(config: &Config, limits: &Limits) -> Self {
        Self {
            bytes: config.max_body_bytes(limits),
            timeout: Duration::from_millis(config.server.body_timeout_ms),
        }
    }

    pub(super) async fn read(self, body: Body) -> Result<Bytes, Rejection> {
        // Checked before the first byte is read, so that a client that waits for `100 Continue` never sends the body.
        if body.size_hint().lower() > self.bytes as u64 {
            return Err(self.too_large());
        }
        match tokio::time::timeout(self.timeout, Limited::new(body, self.bytes).collect()).await {
            Ok(Ok(collected)) => Ok(collected.to_bytes()),
            Ok(Err(error)) if error.is::<LengthLimitError>() => Err(self.too_large()),
            Ok(Err(_)) => Err(Rejection::new(RejectionReason::Unreadable, "The body broke off.")),
            Err(_elapsed) => Err(Rejection::new(RejectionReason::TooSlow, "The body took too long.")),
        }
    }

    fn too_large(self) -> Rejection {
        Rejection::new(RejectionReason::TooLarge, format!("The body is longer than {} bytes.", self.bytes))
    }
}
