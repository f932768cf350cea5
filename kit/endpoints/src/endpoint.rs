//! One endpoint of a service: its connections, and what the outcomes of its calls say about it.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::task::AbortHandle;
use tokio::time::Instant;

use crate::connection::Connection;
use crate::group::Group;
use crate::health::{self, Checked};
use crate::lasting::Lasting;
use crate::network::Io;
use crate::observer::Event;
use crate::outcome::Outcome;
use crate::outlier::Outliers;
use crate::settings::Settings;
use crate::target::Target;

/// Time before the next attempt to connect after one that failed. It doubles with each failure in a row.
const FIRST_BACKOFF: Duration = Duration::from_millis(10);
const MAX_BACKOFF: Duration = Duration::from_secs(1);

/// Time after which a call no longer waits for one attempt to connect alone, but tries another endpoint beside it.
pub(crate) const PATIENCE: Duration = Duration::from_millis(250);

/// One address of a service. Everything in it is for calls that look for a stream; a call that has one holds its
/// connection.
pub(crate) struct Endpoint {
    number: NonZeroU32,
    address: SocketAddr,
    target: Arc<Target>,
    group: Arc<Group>,
    calls: AtomicUsize,
    /// True while the endpoint says that it does not serve.
    is_out_of_service: AtomicBool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    connections: Vec<Arc<Connection>>,
    /// Start of the attempt to connect that is under way.
    connecting: Option<Instant>,
    failed: Option<Failed>,
    outliers: Outliers,
    /// The task that watches the health.
    health: Option<AbortHandle>,
}

/// The attempts to connect that failed since the last that did not.
struct Failed {
    in_row: u32,
    at: Instant,
    error: Arc<str>,
}

/// Permission to open a connection for a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Connect {
    /// None is opened.
    No,
    /// One is opened, unless the last attempt failed a moment ago.
    IfDue,
    /// One is opened, unless an attempt has failed since the call came: there is no other endpoint left.
    Now,
}

/// Result of looking for a stream.
#[derive(Debug)]
pub(crate) enum Reservation {
    Reserved(Arc<Connection>),
    /// The streams of all connections are in use.
    Full,
    /// A connection is being opened.
    Connecting,
    /// A connection has been in opening for longer than [`PATIENCE`].
    Slow,
    /// No connection can be opened, for this reason.
    Failed(Arc<str>),
    /// There is no connection, and none was to be opened.
    Closed,
}

impl Endpoint {
    pub(crate) fn new(address: SocketAddr, target: Arc<Target>, group: Arc<Group>, joins: bool) -> Arc<Self> {
        let outliers = if joins { Outliers::joining(Instant::now()) } else { Outliers::default() };
        let state = Mutex::new(State { outliers, ..State::default() });
        let number = group.number();
        let (calls, is_out_of_service) = (AtomicUsize::new(0), AtomicBool::new(false));
        Arc::new(Self { number, address, target, group, calls, is_out_of_service, state })
    }

    pub(crate) fn is(&self, address: SocketAddr, target: &Arc<Target>) -> bool {
        self.address == address && self.is_at(target)
    }

    pub(crate) fn is_at(&self, target: &Arc<Target>) -> bool {
        Arc::ptr_eq(&self.target, target)
    }

    /// Returns the number of the endpoint, of which no other of the group has the same.
    pub(crate) fn number(&self) -> NonZeroU32 {
        self.number
    }

    pub(crate) fn target(&self) -> &Target {
        &self.target
    }

    fn settings(&self) -> &Settings {
        &self.group.settings
    }

    /// Returns the calls under way, divided by the share of the calls that the endpoint is to take.
    pub(crate) fn load(&self, now: Instant) -> f64 {
        let calls = u32::try_from(self.calls.load(Ordering::Relaxed)).unwrap_or(u32::MAX);
        f64::from(calls.saturating_add(1)) / self.state().outliers.share(&self.group.settings, now)
    }

    /// Returns true if calls are to go to other endpoints, while there are any: this one is ejected, or says that it does
    /// not serve.
    pub(crate) fn is_avoided(&self, now: Instant) -> bool {
        self.is_out_of_service.load(Ordering::Relaxed) || self.is_ejected(now)
    }

    fn is_ejected(&self, now: Instant) -> bool {
        let mut state = self.state();
        let was = state.outliers.was_ejected();
        let is = state.outliers.is_ejected(now);
        if was && !is {
            state.doubt_connections();
            drop(state);
            self.group.returned();
            self.tell(Event::Returned);
        }
        is
    }

    /// Reserves a stream for a call that has looked for one since `since`. Opens a connection where that is needed and
    /// permitted.
    pub(crate) fn reserve(self: &Arc<Self>, since: Instant, connect: Connect) -> Reservation {
        let now = Instant::now();
        let mut state = self.state();
        state.connections.retain(|connection| connection.is_open());
        let by_use = |it: &&Arc<Connection>| (it.is_suspect(), it.streams());
        let reserved = state.connections.iter().min_by_key(by_use).filter(|it| it.take_stream()).cloned();
        let is_enough = match &reserved {
            Some(connection) => !connection.is_suspect() && !connection.is_old(),
            None => state.connections.len() >= self.group.settings.max_connections_per_endpoint,
        };
        let has_any = !state.connections.is_empty();
        let connect = if has_any && connect == Connect::No { Connect::IfDue } else { connect };
        if !is_enough && connect != Connect::No {
            self.begin_connecting(&mut state, connect, since, now);
        }
        let is_opening = state.connecting.is_some_and(|it| now.saturating_duration_since(it) < PATIENCE);
        if let Some(connection) = reserved.as_ref().filter(|it| is_opening && it.is_suspect()) {
            connection.return_stream();
            return Reservation::Connecting;
        }
        match (reserved, state.connecting, &state.failed) {
            (Some(connection), _, _) => Reservation::Reserved(connection),
            _ if has_any => Reservation::Full,
            _ if is_opening => Reservation::Connecting,
            (_, Some(_), _) => Reservation::Slow,
            (_, None, Some(failed)) => Reservation::Failed(failed.error.clone()),
            (_, None, None) => Reservation::Closed,
        }
    }

    /// Opens a connection beside one that is suspected to be dead, unless there is one already: each call that the dead
    /// one held asks for it.
    pub(crate) fn replace(self: &Arc<Self>) {
        let now = Instant::now();
        let mut state = self.state();
        if !state.connections.iter().any(|it| it.is_open() && !it.is_suspect()) {
            self.begin_connecting(&mut state, Connect::IfDue, now, now);
        }
    }

    fn begin_connecting(self: &Arc<Self>, state: &mut State, connect: Connect, since: Instant, now: Instant) {
        if state.may_connect(connect, since, now) {
            state.connecting = Some(now);
            tokio::spawn(self.clone().connect());
        }
    }

    async fn connect(self: Arc<Self>) {
        let opened = tokio::time::timeout(self.group.settings.connect_timeout, self.open()).await;
        let opened =
            opened.unwrap_or_else(|_| Err(io::Error::new(io::ErrorKind::TimedOut, "no answer in time")));
        let mut state = self.state();
        state.connecting = None;
        let event = match opened {
            Ok(connection) => {
                state.failed = None;
                // Calls under way hold their connections, which end when the last of them does.
                state.connections.retain(|it| !it.is_old() && !it.is_suspect());
                state.connections.push(connection);
                if self.settings().health_checks && state.health.as_ref().is_none_or(AbortHandle::is_finished)
                {
                    state.health = Some(health::begin(&self));
                }
                Event::Connected
            }
            Err(error) => {
                let in_row = state.failed.as_ref().map_or(0, |failed| failed.in_row) + 1;
                let error: Arc<str> = format!("{} ({}): {error}", self.target.address(), self.address).into();
                state.failed = Some(Failed { in_row, at: Instant::now(), error: error.clone() });
                self.group.resolution.hasten();
                Event::ConnectFailed(error)
            }
        };
        drop(state);
        self.tell(event);
        self.group.changed.notify_waiters();
    }

    async fn open(&self) -> io::Result<Arc<Connection>> {
        let (io, group) = (self.open_io().await?, self.group.clone());
        Connection::open(io, self.settings(), move || group.changed.notify_waiters()).await
    }

    async fn open_io(&self) -> io::Result<Box<dyn Io>> {
        self.target.secured(self.group.network.connect(self.address).await?).await
    }

    pub(crate) fn call_started(&self) {
        self.calls.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn call_ended(&self) {
        self.calls.fetch_sub(1, Ordering::Relaxed);
        self.group.changed.notify_one();
    }

    pub(crate) fn outcome(&self, outcome: Outcome) {
        let Group { settings, .. } = &*self.group;
        let ejected = self.state().outliers.outcome(outcome, settings, Instant::now(), || self.group.eject());
        if let Some(length) = ejected {
            self.tell(Event::Ejected(length));
        }
    }

    fn tell(&self, event: Event) {
        self.group.observer.event(self.address, event);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Checked for Endpoint {
    fn is_connected(&self) -> bool {
        self.state().connections.iter().any(|connection| connection.is_open())
    }

    async fn open_lasting(&self) -> io::Result<Lasting> {
        let opened = async { Lasting::open(self.open_io().await?, &self.target, self.settings()).await };
        let opened = tokio::time::timeout(self.settings().connect_timeout, opened).await;
        opened.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }

    fn health(&self, serves: Option<bool>) {
        let is_out = serves == Some(false);
        let was_out = self.is_out_of_service.swap(is_out, Ordering::Relaxed);
        if was_out && !is_out {
            let mut state = self.state();
            state.outliers.returns(Instant::now());
            state.doubt_connections();
        }
        match serves {
            Some(true) if was_out => self.tell(Event::Serving),
            Some(false) if !was_out => self.tell(Event::NotServing),
            _ => {}
        }
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        let state = self.state();
        if state.outliers.was_ejected() {
            self.group.returned();
        }
        if let Some(health) = &state.health {
            health.abort();
        }
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Endpoint").field("address", &self.address).finish_non_exhaustive()
    }
}

impl State {
    /// Suspects all connections of an endpoint that returns: while nothing was sent to it, they may have died unnoticed.
    fn doubt_connections(&self) {
        self.connections.iter().for_each(|connection| connection.doubt());
    }

    /// Returns true if an attempt to connect may begin for a call that came at `since`: one at a time, none for a call
    /// that has seen one fail, and less often the more have failed.
    fn may_connect(&self, connect: Connect, since: Instant, now: Instant) -> bool {
        let is_due = self.failed.as_ref().is_none_or(|failed| {
            let backoff = (FIRST_BACKOFF * 2_u32.saturating_pow(failed.in_row - 1)).min(MAX_BACKOFF);
            failed.at < since && (connect == Connect::Now || now >= failed.at + backoff)
        });
        self.connecting.is_none() && is_due
    }
}
