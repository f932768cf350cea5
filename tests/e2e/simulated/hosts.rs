//! The hosts of a simulation: a BFF, three replicas of each of two services, and one host for the other services.

use std::collections::BTreeMap;
use std::future::pending;

use bff_kit::host::config::{Config, ServiceConfig};
use bff_kit::host::{Clock, Server};
use domain_stubs::{Domain, Options, Service, Services};
use tokio::sync::watch;
use turmoil::Sim;

use super::network::{Listener, Network, PORT};
use crate::support::{named, options};

/// The host of the BFF.
pub(super) const BFF: &str = "bff";

/// The host of all services without replicas. Nothing ever happens to it.
const STEADY: &str = "steady";

/// The services with replicas.
const REPLICATED: [Service; 2] = [Service::Carts, Service::Catalog];

/// Number of replicas of each of them.
const REPLICAS: usize = 3;

/// The services of a simulation. All replicas have one store, as if it were their database.
pub(super) struct Hosts {
    pub(super) domain: Domain,
    /// The number of restarts of each replica.
    restarts: BTreeMap<String, watch::Sender<u32>>,
}

impl Hosts {
    pub(super) fn start(sim: &mut Sim<'static>, seed: u64) -> Self {
        let options = Options { inline: true, fault_seed: seed, ..options(None) };
        let clock = Clock::fixed(options.clock.now());
        let domain = Domain::open(options).unwrap();
        let restarts = REPLICATED.iter().flat_map(|service| {
            let domain = domain.clone();
            (0..REPLICAS).map(move |at| (replica(*service, at), *service, domain.clone()))
        });
        let restarts = restarts
            .map(|(name, service, domain)| {
                let (restart, restarts) = watch::channel(0);
                let services: Services = [service].into_iter().collect();
                sim.host(name.as_str(), move || serve(domain.clone(), services.clone(), restarts.clone()));
                (name, restart)
            })
            .collect();
        let (never, steady) = (watch::channel(0), domain.clone());
        let restarts_of_steady = never.1;
        sim.host(STEADY, move || serve(steady.clone(), Services::all(), restarts_of_steady.clone()));
        sim.host(BFF, move || {
            let config = config();
            let client = named(bff_web::client(), &config);
            let server = Server::new(config).with_clock(clock.clone());
            async move { Ok(server.serve(client, Listener::bind().await?, Network, pending()).await?) }
        });
        Self { domain, restarts }
    }

    /// The hosts that faults may strike.
    pub(super) fn replicas(&self) -> Vec<String> {
        self.restarts.keys().cloned().collect()
    }

    /// Stops a replica as SIGTERM does, and starts it again once its requests have ended.
    pub(super) fn restart(&self, replica: &str) {
        self.restarts[replica].send_modify(|count| *count += 1);
    }
}

fn replica(service: Service, at: usize) -> String {
    format!("{}-{at}", service.name())
}

/// Serves until the host crashes, with a new listener after each restart.
async fn serve(domain: Domain, services: Services, mut restarts: watch::Receiver<u32>) -> turmoil::Result {
    loop {
        restarts.mark_unchanged();
        let mut restarted = restarts.clone();
        let stop = async move {
            if restarted.changed().await.is_err() {
                pending::<()>().await;
            }
        };
        domain.serve_on(Listener::bind().await?, services.clone(), stop).await?;
    }
}

fn config() -> Config {
    let mut config = Config::development();
    config.server.public_origins = vec![format!("http://{BFF}")];
    // Every request is to reach the services.
    config.cache.value_bytes = 0;
    config.upstream.default = format!("http://{STEADY}:{PORT}");
    for service in REPLICATED {
        let addresses = (0..REPLICAS).map(|at| format!("http://{}:{PORT}", replica(service, at)));
        let address = Some(addresses.collect::<Vec<_>>().join(", "));
        let service_config = ServiceConfig { address, ..ServiceConfig::default() };
        config.upstream.services.insert(service.full_name().to_owned(), service_config);
    }
    config
}
