//! A BFF as one future: it listens, answers and, when told to, finishes what it has begun.

mod connection;
mod pem;
mod tls;
mod upstreams;

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::serve::Listener;
use fetch::{Channels, Connector};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::client::{Client, DocumentPolicy};
use crate::clock::Clock;
use crate::config::{Config, ConfigError, Mode};
use crate::gateway::Gateway;
use crate::http::Edge;
use crate::registry::ManifestFolder;

use connection::Timers;

/// A BFF that is ready to serve.
#[derive(Clone, Debug)]
pub struct Server {
    config: Config,
    clock: Clock,
}

impl Server {
    /// A server with this configuration and the machine's clock.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self { config, clock: Clock::default() }
    }

    /// The same server with another idea of what time it is.
    #[must_use]
    pub fn with_clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    /// Serves `C` until `shutdown` is ready; then takes no more connections, lets running requests finish and
    /// returns. It starts no thread, and dropping it ends all it has begun.
    pub async fn serve<C: Client>(
        self,
        mut listener: impl Listener<Addr: std::fmt::Debug>,
        connector: impl Connector,
        shutdown: impl Future<Output = ()> + Send,
    ) -> Result<(), ConfigError> {
        self.config.check_for::<C>()?;
        let channels = channels(&self.config, &connector)?;
        let tls = self.config.server.tls.as_ref().map(tls::acceptor).transpose()?;
        let draining = Arc::new(AtomicBool::new(false));
        let gateway = Gateway::<C>::new(&self.config, channels, self.clock);
        let manifests = manifests(&self.config, &gateway)?;
        let (documents, planner) = (gateway.documents().clone(), gateway.planner().clone());
        let routes = Edge::new(gateway, draining.clone(), &self.config).routes();
        let timers = Timers::of(&self.config.server);
        let address = listener.local_addr().map(|address| format!("{address:?}")).unwrap_or_default();
        tracing::info!(client = C::NAME, address, mode = ?self.config.mode, "{} listens on {address}", C::NAME);
        let (stop, stopped) = watch::channel(());
        let mut connections = JoinSet::new();
        let stop_delay = Duration::from_millis(self.config.server.stop_delay_ms);
        let mut ending = pin!(async {
            shutdown.await;
            draining.store(true, Ordering::Relaxed);
            tokio::time::sleep(stop_delay).await;
        });
        let mut beside = JoinSet::new();
        if let Some(folder) = manifests {
            let every = Duration::from_millis(self.config.operations.reload_ms);
            beside.spawn(folder.watch(every, planner, move |loaded| documents.replace(C::NAME, loaded)));
        }
        loop {
            tokio::select! {
                () = &mut ending => break,
                (io, _peer) = listener.accept() => {
                    let (tls, routes, stopped) = (tls.clone(), routes.clone(), stopped.clone());
                    connections.spawn(connection::open(io, tls, routes, timers, stopped));
                }
                Some(_finished) = connections.join_next() => {}
            }
        }
        drop(listener);
        drop(stop);
        let drain = Duration::from_millis(self.config.server.drain_timeout_ms);
        let all = async { while connections.join_next().await.is_some() {} };
        if tokio::time::timeout(drain, all).await.is_err() {
            tracing::warn!(drain_timeout_ms = self.config.server.drain_timeout_ms, "requests were cut off");
        }
        Ok(())
    }
}

/// Takes the registered operations of the folder that is configured. A server does not start with a part of them, and
/// one for real users not without any where it takes no others: it would turn everybody away, and look healthy.
fn manifests<C: Client>(
    config: &Config,
    gateway: &Gateway<C>,
) -> Result<Option<ManifestFolder>, ConfigError> {
    let needs_some =
        config.mode == Mode::Production && config.document_policy(C::DOCUMENTS) == DocumentPolicy::Registered;
    let none = |problem: &str| {
        let problem = format!("{problem}, and by operations.policy `registered` no other operation runs");
        ConfigError::new("operations.folder", problem)
    };
    let Some(path) = &config.operations.folder else {
        return if needs_some { Err(none("is not set")) } else { Ok(None) };
    };
    let mut folder = ManifestFolder::new(path);
    let released = folder.load(gateway.planner()).map_err(|problems| {
        let problems: Vec<_> = problems.iter().map(ToString::to_string).collect();
        ConfigError::new("operations.folder", problems.join("; "))
    })?;
    if needs_some && released.is_empty() {
        return Err(none(&format!("`{}` holds no registered operation", path.display())));
    }
    gateway.documents().replace(C::NAME, Ok(released));
    Ok(Some(folder))
}

/// Opens the channels to the services. Nothing is connected before it is needed.
pub(crate) fn channels(config: &Config, connector: &impl Connector) -> Result<Channels, ConfigError> {
    Ok(Channels::open(&upstreams::upstreams(&config.upstream)?, connector))
}
