//! The health of an endpoint, as it says itself: `grpc.health.v1.Health/Watch` for the server as a whole.
//!
//! A server that is about to stop says so before it refuses calls, and one that has lost what it needs says so instead
//! of failing them.

use std::io;
use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep};
use tonic::{Code, Status};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use crate::backoff::Backoff;
use crate::lasting::Lasting;

/// An endpoint, as far as its health is concerned.
pub(crate) trait Checked: Send + Sync + 'static {
    /// Returns true if calls have a connection to the endpoint.
    fn is_connected(&self) -> bool;

    /// Opens a connection for one stream that lasts.
    fn open_lasting(&self) -> impl Future<Output = io::Result<Lasting>> + Send;

    /// Records if the endpoint says that it serves; `None` if nothing is known of it any more.
    fn health(&self, serves: Option<bool>);
}

/// Time before a watch that ended begins again.
const FIRST_BACKOFF: Duration = Duration::from_secs(1);
const MAX_BACKOFF: Duration = Duration::from_mins(2);

/// Time before an endpoint is asked again that knows no health service: another version of it may.
const UNKNOWN_SERVICE: Duration = Duration::from_mins(10);

/// Begins to watch the health of an endpoint, in a task that ends once calls have no connection to it.
pub(crate) fn begin(endpoint: &Arc<impl Checked>) -> AbortHandle {
    tokio::spawn(watch(Arc::downgrade(endpoint))).abort_handle()
}

async fn watch(endpoint: Weak<impl Checked>) {
    let mut backoff = Backoff::new(FIRST_BACKOFF, MAX_BACKOFF);
    loop {
        let began = Instant::now();
        let Some(opening) = endpoint.upgrade().filter(|it| it.is_connected()) else { return };
        let opened = opening.open_lasting().await;
        drop(opening);
        let ended = match opened {
            Ok(lasting) => follow(&endpoint, lasting).await,
            // The connections of the calls will tell what is wrong.
            Err(_) => Ok(()),
        };
        let Some(known) = endpoint.upgrade() else { return };
        known.health(None);
        drop(known);
        let is_unknown = ended.is_err_and(|status| status.code() == Code::Unimplemented);
        sleep(if is_unknown { UNKNOWN_SERVICE } else { backoff.after(began) }).await;
    }
}

/// Follows the health until the stream ends, or the connection takes no more streams.
async fn follow(endpoint: &Weak<impl Checked>, lasting: Lasting) -> Result<(), Status> {
    let mut client = HealthClient::new(lasting.clone());
    // No name: the server as a whole.
    let mut health = client.watch(HealthCheckRequest::default()).await?.into_inner();
    loop {
        let next = tokio::select! {
            next = health.message() => next?,
            () = lasting.closed() => return Ok(()),
        };
        let (Some(next), Some(endpoint)) = (next, endpoint.upgrade()) else { return Ok(()) };
        // A server that does not know of its own health has none to lose.
        endpoint.health(Some(next.status() != ServingStatus::NotServing));
    }
}
