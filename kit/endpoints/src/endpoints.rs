//! The endpoints of one service: which they are, and which of them takes the next call.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::time::{Instant, timeout};

use crate::endpoint::{Connect, Endpoint, PATIENCE, Reservation};
use crate::group::Group;
use crate::health::Checked as _;
use crate::lasting::Lasting;
use crate::network::Network;
use crate::observer::Observer;
use crate::settings::Settings;
use crate::stream::Stream;
use crate::target::Target;

/// Maximum time to resolve a host name.
const MAX_RESOLVE: Duration = Duration::from_secs(5);

/// The endpoints of one service. Cheap to clone.
#[derive(Clone)]
pub struct Endpoints(Arc<Inner>);

struct Inner {
    targets: Vec<Arc<Target>>,
    /// True if a target names a host that must be resolved.
    names_hosts: bool,
    group: Arc<Group>,
    list: RwLock<Arc<[Arc<Endpoint>]>>,
}

/// Result of looking for a stream at all endpoints.
enum Pick {
    Reserved(Stream),
    /// No stream is free now.
    Wait,
    /// No endpoint can be reached.
    Failed(Arc<str>),
}

/// Error of a call for which no endpoint can be reached. The request was not sent.
#[derive(Clone, Debug)]
pub struct ConnectError(Arc<str>);

impl fmt::Display for ConnectError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl std::error::Error for ConnectError {}

impl Endpoints {
    /// Creates the endpoints at these targets. Nothing is resolved and no connection is opened before the first call,
    /// so that a server starts while a service is down.
    #[must_use]
    pub fn new(
        targets: &[Target],
        settings: Settings,
        network: Arc<dyn Network>,
        observer: Arc<dyn Observer>,
    ) -> Self {
        let group = Group::new(settings, network, observer);
        let targets: Vec<_> = targets.iter().cloned().map(Arc::new).collect();
        let literal = |target: &Arc<Target>| {
            Some(Endpoint::new(target.literal()?, target.clone(), group.clone(), false))
        };
        let list: Arc<[_]> = targets.iter().filter_map(literal).collect();
        group.resized(list.len());
        let names_hosts = targets.iter().any(|target| target.literal().is_none());
        Self(Arc::new(Inner { targets, names_hosts, group, list: RwLock::new(list) }))
    }

    /// Reserves a stream at one of the endpoints: of two at random, the one with fewer calls under way. Waits while the
    /// streams of all endpoints are in use; fails if none of them can be reached.
    pub async fn stream(&self) -> Result<Stream, ConnectError> {
        self.stream_beside(None).await
    }

    /// Reserves a stream like [`Self::stream`], at another endpoint than the one with this number unless no other has a
    /// stream: for a second call beside one that the endpoint is slow to answer.
    pub async fn stream_beside(&self, other: Option<NonZeroU32>) -> Result<Stream, ConnectError> {
        let since = Instant::now();
        loop {
            let changed = self.0.group.changed.notified();
            let mut changed = std::pin::pin!(changed);
            changed.as_mut().enable();
            match self.pick(since, other) {
                Pick::Reserved(stream) => return Ok(stream),
                Pick::Failed(error) => return Err(ConnectError(error)),
                Pick::Wait => {
                    let _impatient = timeout(PATIENCE, changed).await;
                }
            }
        }
    }

    /// Opens a connection for one stream that lasts, at an endpoint that can be called now.
    ///
    /// # Errors
    /// No endpoint can be reached.
    pub async fn lasting(&self) -> Result<Lasting, ConnectError> {
        let at = self.stream().await?;
        at.lasting().await.map_err(|error| ConnectError(error.to_string().into()))
    }

    /// Returns true if a connection to an endpoint is open, whether or not it has a stream to spare.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.0.list.read().unwrap_or_else(PoisonError::into_inner).iter().any(|it| it.is_connected())
    }

    fn pick(&self, since: Instant, beside: Option<NonZeroU32>) -> Pick {
        let Inner { group, names_hosts, list, .. } = &*self.0;
        if *names_hosts && group.resolution.begins() {
            tokio::spawn(self.clone().resolve());
        }
        let list = list.read().unwrap_or_else(PoisonError::into_inner).clone();
        let now = Instant::now();
        let is_last_resort = |it: &Endpoint| it.is_avoided(now) || beside == Some(it.number());
        let Some(first) = best_of_two(&list, now, is_last_resort) else {
            return group.resolution.failed(since).map_or(Pick::Wait, Pick::Failed);
        };
        // Endpoints to be avoided come last: they are still better than none.
        let others = || {
            let others = list.iter().cycle().skip(first + 1).take(list.len() - 1);
            let (poor, good): (Vec<_>, Vec<_>) = others.partition(|it| is_last_resort(it));
            good.into_iter().chain(poor)
        };
        let mut look = Look::new(since);
        if look.at(&list[first], Connect::IfDue) || others().any(|it| look.at(it, Connect::IfDue)) {
            return look.found();
        }
        // Every attempt failed a moment ago. Nothing is lost by another, and the service may be back.
        if look.all_failed() {
            let _found = look.at(&list[first], Connect::Now) || others().any(|it| look.at(it, Connect::Now));
        }
        look.found()
    }

    /// Resolves the host names, and makes their addresses the endpoints. Endpoints that stay keep their connections;
    /// those of a name that cannot be resolved stay.
    async fn resolve(self) {
        let Inner { targets, group, list, .. } = &*self.0;
        let before = list.read().unwrap_or_else(PoisonError::into_inner).clone();
        let (mut after, mut failed) = (Vec::new(), None);
        for target in targets {
            let found = match target.literal() {
                Some(address) => Ok(vec![address]),
                None => resolved(group, target).await,
            };
            match found {
                Ok(found) => after.extend(found.into_iter().map(|address| {
                    let known = before.iter().find(|it| it.is(address, target)).cloned();
                    let joins = !before.is_empty();
                    known.unwrap_or_else(|| Endpoint::new(address, target.clone(), group.clone(), joins))
                })),
                Err(reason) => {
                    let reason = format!("{}: {reason}", target.address());
                    group.observer.unresolved(target.address().host(), &reason);
                    after.extend(before.iter().filter(|it| it.is_at(target)).cloned());
                    failed = Some(reason.into());
                }
            }
        }
        group.resized(after.len());
        *list.write().unwrap_or_else(PoisonError::into_inner) = after.into();
        group.resolution.ends(group.settings.resolve_interval, failed);
        group.changed.notify_waiters();
    }
}

/// A look at one endpoint after another, for a call.
struct Look {
    since: Instant,
    stream: Option<Stream>,
    /// True if a stream will be free, or a connection open, soon.
    waits: bool,
    /// True if a connection may still open, for which it is too late to wait alone.
    is_slow: bool,
    failed: Option<Arc<str>>,
}

impl Look {
    fn new(since: Instant) -> Self {
        Self { since, stream: None, waits: false, is_slow: false, failed: None }
    }

    /// Looks at an endpoint, and opens a connection unless one is being opened elsewhere. Returns true if a stream is
    /// reserved.
    fn at(&mut self, endpoint: &Arc<Endpoint>, connect: Connect) -> bool {
        match endpoint.reserve(self.since, if self.waits { Connect::No } else { connect }) {
            Reservation::Reserved(connection) => {
                self.stream = Some(Stream::new(endpoint.clone(), connection));
                return true;
            }
            Reservation::Full | Reservation::Connecting => self.waits = true,
            Reservation::Failed(error) => self.failed = Some(error),
            Reservation::Slow => self.is_slow = true,
            Reservation::Closed => {}
        }
        false
    }

    fn all_failed(&self) -> bool {
        self.failed.is_some() && !self.waits && !self.is_slow
    }

    fn found(self) -> Pick {
        match self {
            Self { stream: Some(stream), .. } => Pick::Reserved(stream),
            Self { waits: false, is_slow: false, failed: Some(error), .. } => Pick::Failed(error),
            _ => Pick::Wait,
        }
    }
}

/// Returns the addresses of a target's host, each once and in order, so that equal answers are equal.
async fn resolved(group: &Group, target: &Target) -> io::Result<Vec<SocketAddr>> {
    let found = group.network.resolve(target.address().host(), target.address().port());
    let mut found = timeout(MAX_RESOLVE, found).await??;
    found.sort_unstable();
    found.dedup();
    if found.is_empty() {
        Err(io::Error::new(io::ErrorKind::NotFound, "the name has no address"))
    } else {
        Ok(found)
    }
}

/// Returns the position of the endpoint to be looked at first: of two at random that are no last resort, the one with
/// the lower load. `None` without endpoints.
fn best_of_two(
    list: &[Arc<Endpoint>],
    now: Instant,
    is_last_resort: impl Fn(&Endpoint) -> bool,
) -> Option<usize> {
    if list.len() < 2 {
        return (!list.is_empty()).then_some(0);
    }
    let one = fastrand::usize(..list.len());
    let other = (one + fastrand::usize(1..list.len())) % list.len();
    let rank = |at: usize| (is_last_resort(&list[at]), list[at].load(now));
    let ((one_out, one_load), (other_out, other_load)) = (rank(one), rank(other));
    let is_other_better =
        (one_out, other_out) == (true, false) || one_out == other_out && other_load < one_load;
    Some(if is_other_better { other } else { one })
}

impl fmt::Debug for Endpoints {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Endpoints").field("targets", &self.0.targets).finish_non_exhaustive()
    }
}
