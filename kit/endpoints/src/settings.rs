//! Settings of the connections to a service.

use std::time::Duration;

/// Settings of the connections to the endpoints of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Maximum time to open a connection: TCP, TLS, and the first frame of the peer.
    pub connect_timeout: Duration,
    /// Interval of pings on a connection on which calls wait and no byte arrives; `None` for no pings. An idle
    /// connection is never pinged: stock servers end connections for that.
    pub ping_interval: Option<Duration>,
    /// Maximum time for the answer to a ping, after which the connection is dead.
    pub ping_timeout: Duration,
    /// Age, give or take a tenth, at which a connection is replaced, so that calls reach endpoints that joined behind
    /// a balancer; `None` to keep connections for as long as they work.
    pub max_connection_age: Option<Duration>,
    /// Maximum number of connections to one endpoint. All but the first are opened only while the streams of the
    /// others are used up.
    pub max_connections_per_endpoint: usize,
    /// Interval at which a host name in use is resolved again.
    pub resolve_interval: Duration,
    /// True to ask each endpoint for its health (`grpc.health.v1.Health/Watch`), and to avoid one that says it does not
    /// serve. Endpoints that know no such service are taken to serve.
    pub health_checks: bool,
    /// Number of calls in a row that must fail before an endpoint is ejected; 0 to eject none.
    pub eject_after: u32,
    /// Time for which an endpoint is ejected, times the number of ejections in a row.
    pub ejection: Duration,
    /// Time over which the share of calls grows to its whole for an endpoint that joins or returns.
    pub slow_start: Duration,
}

impl Settings {
    /// The settings of a service of which nothing is known.
    pub const DEFAULT: Self = Self {
        connect_timeout: Duration::from_secs(2),
        ping_interval: Some(Duration::from_secs(20)),
        ping_timeout: Duration::from_secs(5),
        max_connection_age: Some(Duration::from_mins(5)),
        max_connections_per_endpoint: 4,
        resolve_interval: Duration::from_secs(10),
        health_checks: true,
        eject_after: 5,
        ejection: Duration::from_secs(5),
        slow_start: Duration::from_secs(10),
    };
}

impl Default for Settings {
    fn default() -> Self {
        Self::DEFAULT
    }
}
