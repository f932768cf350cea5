//! The one place that opens channels.

use std::collections::BTreeMap;
use std::time::Duration;

use hyper_util::client::legacy::connect::HttpConnector;
use tonic::transport::{Channel, Endpoint, Uri};
use tower::{Service, ServiceExt as _};

/// Where the services are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upstreams {
    /// Address of every service that is not named in `services`, such as `"http://127.0.0.1:50051"`.
    pub default: String,
    /// Addresses by full service name, such as `"shop.reviews.v1.ReviewService"`.
    pub services: BTreeMap<String, String>,
    /// Longest answer to one call, in bytes.
    pub max_answer_bytes: usize,
}

/// An address that is not a URI with a scheme and an authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadAddress {
    /// The service it was given for; none for the default.
    pub service: Option<String>,
    /// The address.
    pub address: String,
}

/// Open channels to the services, one for each address. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Channels {
    default: Channel,
    services: BTreeMap<String, Channel>,
    max_answer_bytes: usize,
}

/// What opens the connections below a channel: TCP in production, anything with two ends in tests.
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

impl Channels {
    /// Prepares a channel for each address. None is connected before its first call, so that a server starts
    /// while a service is down.
    pub fn open(upstreams: &Upstreams, connector: &impl Connector) -> Result<Self, BadAddress> {
        let mut by_address = BTreeMap::new();
        let mut open = |service: Option<&str>, address: &str| -> Result<Channel, BadAddress> {
            if let Some(channel) = by_address.get(address) {
                return Ok(Channel::clone(channel));
            }
            let bad = || BadAddress { service: service.map(str::to_owned), address: address.to_owned() };
            let channel = connect(address, connector.clone()).ok_or_else(bad)?;
            by_address.insert(address.to_owned(), channel.clone());
            Ok(channel)
        };
        let default = open(None, &upstreams.default)?;
        let services = upstreams
            .services
            .iter()
            .map(|(service, address)| Ok((service.clone(), open(Some(service), address)?)))
            .collect::<Result<_, _>>()?;
        Ok(Self { default, services, max_answer_bytes: upstreams.max_answer_bytes })
    }

    pub(crate) fn of(&self, service: &str) -> Channel {
        self.services.get(service).unwrap_or(&self.default).clone()
    }

    pub(crate) fn max_answer_bytes(&self) -> usize {
        self.max_answer_bytes
    }
}

/// The connector for services reached over TCP.
#[must_use]
pub fn tcp() -> HttpConnector {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    connector.enforce_http(false);
    connector
}

/// Larger windows than the default 64 kB, because a page of full products is larger; keep-alive, because a
/// load balancer drops silent connections without a word.
fn connect(address: &str, connector: impl Connector) -> Option<Channel> {
    let uri: Uri = address.parse().ok()?;
    uri.scheme()?;
    uri.authority()?;
    let endpoint = Endpoint::from(uri)
        .connect_timeout(Duration::from_secs(2))
        .initial_stream_window_size(1 << 20)
        .initial_connection_window_size(4 << 20)
        .http2_keep_alive_interval(Duration::from_secs(20))
        .keep_alive_timeout(Duration::from_secs(5))
        .keep_alive_while_idle(true);
    #[expect(clippy::disallowed_methods, reason = "this is the one place that opens channels")]
    Some(endpoint.connect_with_connector_lazy(connector.map_err(Into::into)))
}
