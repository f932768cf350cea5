//! The shop: its domain, its BFFs and its page, in one process.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context as _;
use axum::serve::ListenerExt as _;
use bff_kit::AnyClient;
use bff_kit::host::config::{Config, LogConfig};
use bff_kit::host::{Server, Tcp};
use domain_stubs::credential::Permissions;
use domain_stubs::{Domain, Services};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::credentials::Credentials;
use crate::options::{Addresses, Options};
use crate::page;

/// The shop before it serves: every port is bound, no request is accepted.
#[derive(Debug)]
pub struct Shop {
    addresses: Addresses,
    page: TcpListener,
    mobile: TcpListener,
    web: TcpListener,
    iot: TcpListener,
    provider: TcpListener,
    domain: TcpListener,
    credentials: Arc<Credentials>,
    domain_services: Domain,
    sources: page::Sources,
    log: LogConfig,
}

impl Shop {
    /// Binds the ports and opens the data, so that every error is known before anything runs.
    pub async fn open(options: Options) -> anyhow::Result<Self> {
        let bind = async |what: &str, port: u16| {
            let address = SocketAddr::new(options.host, port);
            let listener = TcpListener::bind(address).await;
            listener.with_context(|| format!("cannot listen on {address} for the {what}"))
        };
        let (page, mobile) = (bind("page", options.page).await?, bind("mobile BFF", options.mobile).await?);
        let (web, iot) = (bind("web BFF", options.web).await?, bind("IoT BFF", options.iot).await?);
        let provider = bind("identity provider", options.provider).await?;
        let domain = bind("domain", options.domain).await?;
        let addresses = Addresses {
            page: page.local_addr()?,
            mobile: mobile.local_addr()?,
            web: web.local_addr()?,
            iot: iot.local_addr()?,
            provider: provider.local_addr()?,
            domain: domain.local_addr()?,
        };
        let credentials = Arc::new(Credentials::new(addresses.provider, addresses.web)?);
        let permissions = options.contracts.as_deref().map(Permissions::read).transpose()?;
        let data = domain_stubs::Options {
            permissions,
            key_sets: credentials.key_sets(),
            data: options.data,
            synthetic: options.synthetic,
            admin: options.admin,
            ..domain_stubs::Options::default()
        };
        let domain_services = tokio::task::spawn_blocking(|| Domain::open(data)).await??;
        let sources =
            page::Sources { web: options.page_sources, contracts: options.contracts, others: options.others };
        let log = options.log;
        Ok(Self {
            addresses,
            page,
            mobile,
            web,
            iot,
            provider,
            domain,
            credentials,
            domain_services,
            sources,
            log,
        })
    }

    /// Addresses of all parts of the shop.
    #[must_use]
    pub fn addresses(&self) -> Addresses {
        self.addresses
    }

    /// The page on which a browser signs in at the web shop.
    #[must_use]
    pub fn login(&self) -> String {
        self.credentials.login()
    }

    /// Serves until `shutdown` is ready, then lets running requests finish: first those of the BFFs, then those of the
    /// services behind them. Once it serves, `opened` gets the headers by which requests of the phone app, the web shop
    /// and a device sign in, in this order.
    pub async fn serve(
        self,
        opened: impl FnOnce(&[(&'static str, String); 3]) -> anyhow::Result<()> + Send,
        shutdown: impl Future<Output = ()> + Send,
    ) -> anyhow::Result<()> {
        let (config, addresses, credentials) = (self.config(), self.addresses, self.credentials);
        let (stop_domain, domain_stopped) = watch::channel(());
        let domain = {
            let (services, listener) = (self.domain_services.clone(), self.domain);
            async move { services.serve(listener, Services::all(), closed(domain_stopped)).await }
        };
        let domain = tokio::spawn(domain);
        let provider = {
            let (credentials, listener) = (credentials.clone(), self.provider);
            let stopped = closed(stop_domain.subscribe());
            async move { credentials.provider.serve(listener, stopped).await }
        };
        let provider = tokio::spawn(provider);

        let (stop, stopped) = watch::channel(());
        let mut servers = JoinSet::new();
        servers.spawn(bff(bff_mobile::client(), config.clone(), self.mobile, stopped.clone()));
        servers.spawn(bff(bff_web::client(), config.clone(), self.web, stopped.clone()));
        servers.spawn(bff(bff_iot::client(), config, self.iot, stopped.clone()));
        servers.spawn(page::serve(
            addresses,
            self.sources,
            credentials.clone(),
            self.domain_services,
            self.page,
            closed(stopped),
        ));

        let run = async {
            let browser = credentials.browser(addresses.web).await?;
            opened(&[credentials.phone(), browser, credentials.device()])?;
            shutdown.await;
            anyhow::Ok(())
        };
        tokio::select! {
            ended = run => ended?,
            // A server that ends before the shutdown has failed, and stops the others.
            Some(failed) = servers.join_next() => failed??,
        }
        drop(stop);
        while let Some(server) = servers.join_next().await {
            server??;
        }
        drop(stop_domain);
        provider.await??;
        Ok(domain.await??)
    }

    fn config(&self) -> Config {
        let mut config = Config::development();
        let Addresses { page, domain, .. } = self.addresses;
        config.upstream.default = format!("http://{domain}");
        config.server.allowed_origins =
            vec![format!("http://{page}"), format!("http://localhost:{}", page.port())];
        config.sign_in = self.credentials.sign_in();
        config.credential.token_endpoint = Some(self.credentials.token_endpoint());
        config.log = self.log.clone();
        config.operations.folder.clone_from(&self.sources.contracts);
        config
    }
}

async fn bff(
    client: AnyClient,
    config: Config,
    listener: TcpListener,
    stopped: watch::Receiver<()>,
) -> anyhow::Result<()> {
    let mut config = config;
    let contracts = config.operations.folder;
    config.operations.folder = contracts.map(|contracts| contracts.join(client.short_name()));
    let listener = listener.tap_io(|io| {
        // A socket that rejects the option still works, only slower.
        let _set = io.set_nodelay(true);
    });
    Ok(Server::new(config).serve(client, listener, Tcp, closed(stopped)).await?)
}

/// Completes when the sender is dropped.
async fn closed(mut receiver: watch::Receiver<()>) {
    while receiver.changed().await.is_ok() {}
}
