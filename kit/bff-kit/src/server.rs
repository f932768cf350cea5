//! The server of a BFF as one future: accepts connections, answers requests, and drains when told to stop.

mod credentials;
mod endpoint_events;
mod observer;
mod stages;
mod tls;
mod upstreams;

use std::fmt::Debug;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use connections::{Acceptor, Door, Limits, Phase, Timers};
use endpoints::Network;
use fetch::{SampledLog, Services};
use futures_util::FutureExt as _;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::any_client::AnyClient;
use crate::config::{Config, ConfigError, Mode, Stores};
use crate::http::{HttpEdge, MAX_HEADER_BYTES, Rejections};
use crate::reload::Reload;
use crate::sign_in::SignInSetup;
use gateway::{Gateway, Replays, detached};
use identity::{Clock, SignIn};
use registry::DocumentPolicy;
use registry::ManifestFolder;
use telemetry::{Admin, Health, Metrics, list};

use endpoint_events::EndpointEvents;
use observer::Observed;
use tls::Certificate;

#[cfg(feature = "review")]
pub(crate) use credentials::credentials;
#[cfg(feature = "review")]
pub(crate) use stages::{GatewaySetup, gateway};

/// Interval between two upkeep runs, which fold recorded samples into the histograms.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

/// A BFF that is ready to serve.
#[derive(Debug)]
pub struct Server {
    config: Config,
    clock: Clock,
    health: Arc<Health>,
    reload: Reload,
}

/// Address of the peer that opened a connection.
pub trait PeerAddress: Debug {
    /// Returns the IP address that identifies the client; `None` for transports without addresses.
    fn ip(&self) -> Option<IpAddr>;
}

impl PeerAddress for SocketAddr {
    fn ip(&self) -> Option<IpAddr> {
        Some(Self::ip(self))
    }
}

#[cfg(unix)]
impl PeerAddress for tokio::net::unix::SocketAddr {
    fn ip(&self) -> Option<IpAddr> {
        None
    }
}

impl Server {
    /// Creates a server with this configuration and the system clock.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let health = Health::new(Arc::new(Metrics::new()), config.server.ready_needs_services);
        Self { config, clock: Clock::default(), health, reload: Reload::new() }
    }

    /// Replaces the clock of the server.
    #[must_use]
    pub fn with_clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    /// Returns the health, readiness and metrics routes, to be served on an address of their own.
    #[must_use]
    pub fn admin(&self) -> Admin {
        Admin::of(&self.health)
    }

    /// Returns a handle that makes the server check its files again.
    #[must_use]
    pub fn reload(&self) -> Reload {
        self.reload.clone()
    }

    /// Serves the client until `shutdown` is ready, then sends clients elsewhere for a while, accepts no more
    /// connections, lets running requests finish and returns. The future starts no threads; dropping it ends every task
    /// that it has started.
    pub async fn serve(
        self,
        client: AnyClient,
        mut listener: impl Listener<Addr: PeerAddress>,
        network: impl Network,
        shutdown: impl Future<Output = ()> + Send,
    ) -> Result<(), ConfigError> {
        self.config.check_for(&client)?;
        let Self { config, clock, health, reload } = self;
        let metrics = health.metrics().clone();
        let services = upstreams::upstreams(&config.upstream, config.cache.value_bytes)?;
        let certificate = config.server.tls.as_ref().map(Certificate::new).transpose()?.map(Arc::new);
        let log = Arc::new(SampledLog::default());
        let observer: Arc<dyn endpoints::Observer> =
            Arc::new(EndpointEvents { log: log.clone(), metrics: metrics.clone() });
        let network: Arc<dyn Network> = Arc::new(network);
        let services = Services::new(&services, &network, &observer);
        let (detached, runs) = detached();
        let Stores { store, buckets } = config.store.open()?;
        let rate_limits = config.rate_limits(&client, buckets.as_ref())?;
        let replays = Replays::new(store.clone(), config.replay_time(), detached, log.clone());
        let setup = SignInSetup::new(client.name, client.key_prefix, &config, &clock, &store);
        let sign_in: Arc<dyn SignIn> = (client.sign_in)(&setup)?.into();
        let credentials = credentials::credentials(&config, &client, sign_in.brings_tokens())?;
        let key_set = credentials.key_set();
        let setup = stages::GatewaySetup {
            clock,
            log: log.clone(),
            health: health.clone(),
            replays,
            rate_limits,
            credentials,
        };
        let gateway = stages::gateway(client, &config, &services, setup);
        if let [problem, ..] = &*gateway.preparer().declaration_problems() {
            return Err(ConfigError::new(client.name, problem.clone()));
        }
        let manifests = manifests(client, &config, &gateway)?;
        let (documents, preparer) = (gateway.documents().clone(), gateway.preparer().clone());
        let counts = gateway.counts();
        let (phase, phases) = watch::channel(Phase::Serving);
        let routes = HttpEdge::new(client, gateway, sign_in.clone(), health.clone(), log.clone(), &config)
            .routes(key_set);
        let acceptor = certificate.clone().map(|it| Box::new(move || it.acceptor()) as Acceptor);
        let observer = Arc::new(Observed(Rejections::new(log, metrics.clone())));
        let door = Door::new(limits(&config), routes, acceptor, observer, phases);
        let unread = door.unread();
        health.start((client.policies)().services(), {
            let unread = unread.clone();
            move |metrics| {
                counts(metrics);
                metrics.kept(&list::UNREAD_BYTES, None, unread.bytes() as u64);
            }
        });
        let address = listener.local_addr().map(|address| format!("{address:?}")).unwrap_or_default();
        tracing::info!(client = client.name, address, mode = ?config.mode, "{} listens on {address}", client.name);

        let mut beside = JoinSet::new();
        if let Some(folder) = manifests {
            let looks = reload.looks(Duration::from_millis(config.operations.reload_ms));
            beside.spawn(
                folder.watch(looks.stream(), preparer, move |loaded| documents.replace(client.name, loaded)),
            );
        }
        if let Some(certificate) = certificate {
            beside.spawn(certificate.watch(reload.looks(tls::LOOK_EVERY), metrics.clone()));
        }
        beside.spawn(async move { sign_in.maintain().await });
        beside.spawn(unread.hold());
        beside.spawn(upkeep(metrics));

        let mut running = JoinSet::new();
        running.spawn(runs.carry_out());
        let mut connections = JoinSet::new();
        let mut ending = pin!(async {
            shutdown.await;
            health.drain();
            phase.send_replace(Phase::Draining);
            tokio::time::sleep(config.stop_delay()).await;
        });
        loop {
            tokio::select! {
                () = &mut ending => break,
                (io, address) = listener.accept() => door.open(io, address.ip(), &mut connections),
                Some(_finished) = connections.join_next() => {}
            }
        }
        // Connections that the kernel has accepted already are served as well.
        while let Some((io, address)) = listener.accept().now_or_never() {
            door.open(io, address.ip(), &mut connections);
        }
        drop(listener);
        phase.send_replace(Phase::Stopping);
        let drain = Duration::from_millis(config.server.drain_timeout_ms);
        let all = async {
            while connections.join_next().await.is_some() {}
            // No more runs can come: the routes were the last that could start one.
            drop(door);
            while running.join_next().await.is_some() {}
        };
        if tokio::time::timeout(drain, all).await.is_err() {
            health.cut_off();
            tracing::warn!(drain_timeout_ms = config.server.drain_timeout_ms, "requests were cut off");
        }
        Ok(())
    }
}

/// Returns the bounds of the configuration.
fn limits(config: &Config) -> Limits {
    let server = &config.server;
    let milliseconds = Duration::from_millis;
    Limits {
        timers: Timers {
            header: milliseconds(server.header_timeout_ms),
            idle: milliseconds(server.idle_timeout_ms),
            write: milliseconds(server.write_timeout_ms),
        },
        connections: server.max_connections,
        connections_per_address: server.max_connections_per_address,
        requests: server.max_requests,
        requests_per_address: server.max_requests_per_address,
        unread_bytes: server.max_unread_bytes,
        // Past its own bound the edge rejects with a GraphQL error; past this one hyper rejects in its own way.
        head_bytes: 2 * MAX_HEADER_BYTES,
        trusted: config.trusted_proxies(),
    }
}

/// Folds recorded samples into the histograms at intervals, for as long as it is polled, so that they do not pile up.
async fn upkeep(metrics: Arc<Metrics>) {
    let mut again = tokio::time::interval(UPKEEP_EVERY);
    loop {
        again.tick().await;
        metrics.upkeep();
    }
}

/// Loads the registered operations from the configured folder; `None` if no folder is set. A server does not start with
/// only a part of them. A production server that accepts only registered operations does not start without any: it
/// would reject every request and still look healthy.
fn manifests(
    client: AnyClient,
    config: &Config,
    gateway: &Gateway,
) -> Result<Option<ManifestFolder>, ConfigError> {
    let needs_some = config.mode == Mode::Production
        && config.document_policy(client.operations) == DocumentPolicy::Registered;
    let none = |problem: &str| {
        let problem = format!("{problem}, and by operations.policy `registered` no other operation runs");
        ConfigError::new("operations.folder", problem)
    };
    let Some(path) = &config.operations.folder else {
        return if needs_some { Err(none("is not set")) } else { Ok(None) };
    };
    let mut folder = ManifestFolder::new(path);
    let released = folder.load(gateway.preparer()).map_err(|problems| {
        let problems: Vec<_> = problems.iter().map(ToString::to_string).collect();
        ConfigError::new("operations.folder", problems.join("; "))
    })?;
    if needs_some && released.is_empty() {
        return Err(none(&format!("`{}` holds no registered operation", path.display())));
    }
    gateway.documents().replace(client.name, Ok(released));
    Ok(Some(folder))
}

/// Prepares the connections to the services, for one request that is made without a server.
#[cfg(feature = "review")]
pub(crate) fn services(config: &Config) -> Result<Services, ConfigError> {
    let (network, observer): (Arc<dyn Network>, Arc<dyn endpoints::Observer>) =
        (Arc::new(endpoints::Tcp), Arc::new(()));
    Ok(Services::new(&upstreams::upstreams(&config.upstream, 0)?, &network, &observer))
}
