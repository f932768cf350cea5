//! The one place that opens channels.

use std::collections::BTreeMap;
use std::time::Duration;

use hyper_util::client::legacy::connect::HttpConnector;
use tonic::transport::{Channel, Endpoint, Uri};
use tower::{Service, ServiceExt as _};

use crate::{Address, Tls};

/// The upstreams of all services.
#[derive(Clone, Debug)]
pub struct Upstreams {
    /// Upstream of every service that is not named in `services`.
    pub default: Upstream,
    /// Upstreams of single services, by full name, such as `"shop.reviews.v1.ReviewService"`.
    pub services: BTreeMap<String, Upstream>,
    /// Maximum size of the response to one call, in bytes.
    pub max_answer_bytes: usize,
}

/// Address of a service, and the TLS to call it over.
#[derive(Clone, Debug)]
pub struct Upstream {
    address: Address,
    /// `Some` exactly if the address requires TLS, so that no such address is called in plain text by oversight.
    tls: Option<Tls>,
}

/// Open channels to the services, one for each address. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Channels {
    default: Channel,
    services: BTreeMap<String, Channel>,
    max_answer_bytes: usize,
}

/// Opens the connections below a channel: TCP in production, any duplex stream in tests.
pub trait Connector:
    Service<
        Uri,
        Response: hyper::rt::Read + hyper::rt::Write + Send + Unpin,
        Error: Into<Box<dyn std::error::Error + Send + Sync>> + Send,
        Future: Send,
    > + Clone
    + Send
    + 'static
{
}

impl<C> Connector for C where
    C: Service<
            Uri,
            Response: hyper::rt::Read + hyper::rt::Write + Send + Unpin,
            Error: Into<Box<dyn std::error::Error + Send + Sync>> + Send,
            Future: Send,
        > + Clone
        + Send
        + 'static
{
}

impl Upstream {
    /// Creates the upstream at this address. `tls` is called only for an `https` address, and its errors are returned.
    pub fn new<E>(address: Address, tls: impl FnOnce() -> Result<Tls, E>) -> Result<Self, E> {
        let tls = address.is_tls().then(tls).transpose()?;
        Ok(Self { address, tls })
    }

    /// Returns true if one channel can serve both upstreams.
    fn is(&self, other: &Self) -> bool {
        let same_tls = match (&self.tls, &other.tls) {
            (Some(tls), Some(other)) => tls.is(other),
            (tls, other) => tls.is_none() && other.is_none(),
        };
        self.address == other.address && same_tls
    }
}

impl Channels {
    /// Prepares a channel for each address. A channel connects at its first call and not before, so that a server
    /// starts while a service is down.
    #[must_use]
    pub fn open(upstreams: &Upstreams, connector: &impl Connector) -> Self {
        let mut opened: Vec<(&Upstream, Channel)> = Vec::new();
        let mut open = |upstream| {
            if let Some((_, channel)) = opened.iter().find(|(known, _)| known.is(upstream)) {
                return channel.clone();
            }
            let channel = connect(upstream, connector.clone());
            opened.push((upstream, channel.clone()));
            channel
        };
        let default = open(&upstreams.default);
        let services =
            upstreams.services.iter().map(|(service, upstream)| (service.clone(), open(upstream))).collect();
        Self { default, services, max_answer_bytes: upstreams.max_answer_bytes }
    }

    pub(crate) fn of(&self, service: &str) -> Channel {
        self.services.get(service).unwrap_or(&self.default).clone()
    }

    pub(crate) fn max_answer_bytes(&self) -> usize {
        self.max_answer_bytes
    }
}

/// Returns the connector for services reached over TCP.
#[must_use]
pub fn tcp() -> HttpConnector {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    connector.enforce_http(false);
    connector
}

/// Prepares a channel. Its windows are larger than the default 64 kB, because a page of full products is larger; it
/// uses keep-alive, because a load balancer drops silent connections without notice.
fn connect(upstream: &Upstream, connector: impl Connector) -> Channel {
    let endpoint = Endpoint::from(upstream.address.uri().clone())
        .connect_timeout(Duration::from_secs(2))
        .initial_stream_window_size(1 << 20)
        .initial_connection_window_size(4 << 20)
        .http2_keep_alive_interval(Duration::from_secs(20))
        .keep_alive_timeout(Duration::from_secs(5))
        .keep_alive_while_idle(true);
    let connector = connector.map_err(Into::into);
    #[expect(clippy::disallowed_methods, reason = "this is the one place that opens channels")]
    match upstream.tls.clone() {
        None => endpoint.connect_with_connector_lazy(connector),
        Some(tls) => {
            let name = upstream.address.host().clone();
            let secured = connector.and_then(move |io| tls.shake_hands(name, io));
            endpoint.connect_with_connector_lazy(secured)
        }
    }
}
