//! Settings of calls to the services.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use endpoints::{Address, BadAddress, Settings};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use settings::Secret;

/// Settings of calls to the services.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct UpstreamConfig {
    /// Address of every service that has none of its own: `http://HOST:PORT` in plain text, `https://HOST:PORT` over
    /// TLS. Several addresses are separated by commas; a host name stands for all addresses that it resolves to.
    #[schemars(extend("format" = "URL"))]
    pub default: String,
    /// PEM file of the root certificates that the services' certificates must lead to; those of the system when absent.
    #[schemars(extend("format" = "path"))]
    pub ca: Option<PathBuf>,
    /// PEM file of the certificate that is shown to services that request one, followed by those it is signed
    /// with; none is shown when absent.
    #[schemars(extend("format" = "path"))]
    pub client_certificate: Option<PathBuf>,
    /// PEM file of the private key of that certificate.
    #[schemars(extend("format" = "path"))]
    pub client_key: Option<PathBuf>,
    /// Settings that differ for single services, by full name, such as `"shop.reviews.v1.ReviewService"`.
    pub services: BTreeMap<String, ServiceConfig>,
    /// Longest time to open a connection, in milliseconds: TCP, TLS and the first frame of the service.
    #[schemars(range(min = 1))]
    pub connect_timeout_ms: u64,
    /// Time between pings on a connection on which calls wait and no byte arrives, in milliseconds; 0 for no pings. An
    /// idle connection is never pinged, since stock servers end connections for that.
    pub ping_interval_ms: u64,
    /// Age at which a connection is replaced, give or take a tenth, in milliseconds; 0 for never. Behind a balancer of
    /// connections, replicas that join get calls after this time.
    pub max_connection_age_ms: u64,
    /// Connections to one address at most. All but the first are opened while the streams of the others are used up.
    #[schemars(range(min = 1))]
    pub max_connections_per_address: usize,
    /// Time between two resolutions of a host name in use, in milliseconds.
    #[schemars(range(min = 1))]
    pub resolve_interval_ms: u64,
    /// Health checks: each address is asked for the health of its server (`grpc.health.v1.Health/Watch`), and avoided while
    /// it says that it does not serve. Servers without that service are taken to serve.
    pub health_checks: bool,
    /// Calls in a row that fail at one of several addresses before calls avoid it for a while; 0 for never.
    pub eject_after: u32,
    /// Calls to one service at a time. Further calls wait for their turn, within their own time.
    #[schemars(range(min = 1))]
    pub max_calls_per_service: usize,
    /// Calls of an RPC in ten seconds by which its breaker judges: when half of so many or more failed, or four fifths were
    /// slow, further calls fail at once for some seconds. 0 for never.
    pub breaker_min_calls: u32,
    /// Longest answer to one call, in bytes. A longer one is a fault of its service.
    #[schemars(range(min = 1))]
    pub max_answer_bytes: usize,
    /// Read masks on calls. Turn them off for services that do not honour them.
    pub read_masks: bool,
    /// Calls that need no more of an object than its key are made beside the one that answers the object, instead of
    /// behind it. Turn it off to see what that saves; the answers are the same.
    pub hoisting: bool,
}

impl Default for UpstreamConfig {
    fn default() -> Self {
        Self {
            default: "http://127.0.0.1:50051".to_owned(),
            ca: None,
            client_certificate: None,
            client_key: None,
            services: BTreeMap::new(),
            connect_timeout_ms: 2_000,
            ping_interval_ms: 20_000,
            max_connection_age_ms: 300_000,
            max_connections_per_address: 4,
            resolve_interval_ms: 10_000,
            health_checks: true,
            eject_after: 5,
            max_calls_per_service: 400,
            breaker_min_calls: 20,
            max_answer_bytes: 4 * 1024 * 1024,
            read_masks: true,
            hoisting: true,
        }
    }
}

impl UpstreamConfig {
    /// Returns the settings of connections to services.
    pub(crate) fn connections(&self) -> Settings {
        let milliseconds = |time: u64| (time > 0).then(|| Duration::from_millis(time));
        Settings {
            connect_timeout: Duration::from_millis(self.connect_timeout_ms),
            ping_interval: milliseconds(self.ping_interval_ms),
            max_connection_age: milliseconds(self.max_connection_age_ms),
            max_connections_per_endpoint: self.max_connections_per_address,
            resolve_interval: Duration::from_millis(self.resolve_interval_ms),
            health_checks: self.health_checks,
            eject_after: self.eject_after,
            ..Settings::DEFAULT
        }
    }
}

/// Returns the addresses of a setting that holds one, or several separated by commas.
pub(crate) fn addresses(text: &str) -> Result<Vec<Address>, BadAddress> {
    text.split(',').map(|address| address.trim().parse()).collect()
}

/// Settings that differ for one service. Absent settings are as for all services.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServiceConfig {
    /// Address of this service, or several separated by commas; that of all services when absent. A text in place of the
    /// section sets this.
    #[schemars(extend("format" = "URL"))]
    pub address: Option<String>,
    /// PEM file of the root certificates that this service's certificate must lead to; as for all services when absent.
    #[schemars(extend("format" = "path"))]
    pub ca: Option<PathBuf>,
    /// PEM file of the certificate that is shown to this service; as for all services when absent.
    #[schemars(extend("format" = "path"))]
    pub client_certificate: Option<PathBuf>,
    /// PEM file of the private key of that certificate.
    #[schemars(extend("format" = "path"))]
    pub client_key: Option<PathBuf>,
    /// Metadata that calls to this service carry, such as an API key: `NAME: VALUE`, one a line.
    pub metadata: Option<Secret>,
    /// The credential of the section `credential`, shown to this service as to all others unless this is `false`.
    pub credential: bool,
}

impl Default for ServiceConfig {
    fn default() -> Self {
        Self {
            address: None,
            metadata: None,
            credential: true,
            ca: None,
            client_certificate: None,
            client_key: None,
        }
    }
}
