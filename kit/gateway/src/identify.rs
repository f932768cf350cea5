//! The second stage: who the principal of a request is.

use std::future::Future;

use fetch::SampledLog;
use identity::{Challenge, SignedIn};
use tokio::time::{Instant, timeout_at};

/// Returns the principal that a sign-in names, or the challenge that the client gets. A sign-in has no more time than
/// its request.
pub(crate) async fn identify(
    signed_in: impl Future<Output = SignedIn>,
    deadline: Instant,
    log: &SampledLog,
) -> SignedIn {
    let late = |_| Err(Challenge::unavailable("the sign-in took longer than the request may"));
    let signed_in = timeout_at(deadline, signed_in).await.unwrap_or_else(late);
    if let Err(challenge) = &signed_in
        && let Some(left_out) = log.pass("sign-in", challenge.reason())
    {
        tracing::info!(reason = challenge.reason(), left_out, "a credential was not accepted");
    }
    signed_in
}
