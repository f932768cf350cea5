//! Serves the domain of the shop on one port, or imports a foreign catalogue into it.

use std::{
    collections::BTreeMap,
    io::{IsTerminal as _, Write as _, stderr, stdout},
    net::SocketAddr,
    path::PathBuf,
    process::ExitCode,
};

use anyhow::{Context as _, bail};
use clap::{
    ArgAction, CommandFactory as _, Parser, Subcommand,
    builder::{BoolishValueParser, NonEmptyStringValueParser},
    error::ErrorKind,
};
use domain_stubs::{
    Domain, Options, Service, Services,
    credential::{DEVELOPMENT_CREDENTIAL_KEY, ISSUERS, KeySet, MIN_KEY_BYTES, Permissions},
    import::import,
    provider::{Provider, ProviderOptions},
};
use jiff::Timestamp;
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
    sync::watch,
};
use tracing_subscriber::EnvFilter;

/// The domain services of the shop over an embedded store, for development and tests.
///
/// Without a command it serves them.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,

    #[command(flatten)]
    serve: Serve,
}

#[derive(Debug, Subcommand)]
enum Command {
    Import(Import),
}

/// Imports the products of a foreign catalogue, and updates those that were imported before.
///
/// Each line of the catalogue is a JSON object with sku, name, brand, category, description and
/// price, which has currency and amount. Invalid lines are reported and skipped, and make the exit
/// code 1.
#[derive(Debug, clap::Args)]
struct Import {
    /// The catalogue, in UTF-8.
    #[arg(value_name = "FILE.jsonl")]
    catalogue: PathBuf,

    /// File of the data, created and seeded if it does not exist.
    #[arg(long, env = "SHOP_DATA", value_name = "FILE")]
    data: PathBuf,

    /// Time that all times of a new shop are relative to, such as 2026-01-31T12:00:00Z; now when
    /// left out.
    #[arg(long, env = "SHOP_SEED_TIME", value_name = "TIME")]
    seed_time: Option<Timestamp>,
}

#[derive(Debug, clap::Args)]
struct Serve {
    /// Address to listen on; port 0 takes any free one.
    #[arg(long, env = "SHOP_LISTEN", default_value = "127.0.0.1:50051")]
    listen: SocketAddr,

    /// File of the data, created and seeded if it does not exist; in memory when left out.
    #[arg(long, env = "SHOP_DATA", value_name = "FILE")]
    data: Option<PathBuf>,

    /// Number of products, computed from their numbers, to serve instead of those of the data.
    ///
    /// They are called synthetic-1, synthetic-2 and so on, take neither memory nor time to start, and can be read but
    /// not bought. A search finds them by the words of the shop's own products they are made after, and by the ten
    /// digits at the end of their names.
    #[arg(long, env = "SHOP_SYNTHETIC", value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(i32::MAX)))]
    synthetic: Option<u32>,

    /// Services to serve; all of them when left out.
    ///
    /// Several processes share a shop when they are given the same data. A stream reports the
    /// changes made by its own process alone: carts, inventory, orders and notifications belong
    /// together.
    #[arg(long, env = "SHOP_SERVICES", value_delimiter = ',', value_name = "NAME,...")]
    services: Vec<Service>,

    /// Key that credentials are signed with, of 32 bytes at least.
    #[arg(long, env = "SHOP_CREDENTIAL_KEY", hide_env_values = true, hide_default_value = true,
        default_value = DEVELOPMENT_CREDENTIAL_KEY)]
    credential_key: String,

    /// Files of the key sets with which the credentials of a BFF are verified, in the place of the shared key, and those
    /// that an identity provider gives BFFs.
    #[arg(long, env = "SHOP_KEY_SETS", value_delimiter = ',', value_name = "ISSUER=FILE,...", value_parser = key_set)]
    key_sets: Vec<(String, PathBuf)>,

    /// BFFs whose calls are accepted: the issuers of their credentials.
    #[arg(long, env = "SHOP_ISSUERS", value_delimiter = ',', value_name = "NAME,...", default_values = ISSUERS,
        value_parser = NonEmptyStringValueParser::new())]
    issuers: Vec<String>,

    /// Folder of the contracts, such as `schema`, whose access.json say which RPCs each BFF may call; all when left out.
    #[arg(long, env = "SHOP_ACCESS", value_name = "FOLDER")]
    access: Option<PathBuf>,

    /// Serve shop.admin.v1.AdminService as well, on the same address and without requiring a
    /// credential.
    ///
    /// Every client that reaches the address can then break every service, change stock and orders,
    /// notify users, and read which users and devices made which calls. Without this flag none can.
    #[arg(long, env = "SHOP_ADMIN", action = ArgAction::SetTrue, value_parser = BoolishValueParser::new())]
    admin: bool,

    /// Time that all times of a new shop are relative to, such as 2026-01-31T12:00:00Z; now when
    /// left out.
    #[arg(long, env = "SHOP_SEED_TIME", value_name = "TIME")]
    seed_time: Option<Timestamp>,

    #[command(flatten)]
    provider: ProviderArguments,

    /// Filter of the log, such as "info" or "warn".
    #[arg(long, env = "SHOP_LOG", default_value = "info", value_name = "FILTER")]
    log: EnvFilter,
}

#[derive(Debug, clap::Args)]
struct ProviderArguments {
    /// Serve the development identity provider as well, on this address; port 0 takes any free one.
    ///
    /// Every client that reaches the address can sign in as any user. It must be one of this machine.
    #[arg(long, env = "SHOP_PROVIDER", value_name = "ADDRESS")]
    provider: Option<SocketAddr>,

    /// Origin under which clients reach the identity provider; http and its address when left out.
    #[arg(long, env = "SHOP_PROVIDER_ISSUER", value_name = "ORIGIN", requires = "provider")]
    provider_issuer: Option<String>,

    /// Let the identity provider listen on an address that other machines reach.
    #[arg(long, env = "SHOP_PROVIDER_REMOTE", action = ArgAction::SetTrue, value_parser = BoolishValueParser::new())]
    provider_remote: bool,
}

/// Exit code for a command line that cannot be used (`EX_USAGE` of `sysexits.h`).
const EX_USAGE: u8 = 64;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse().and_then(checked) {
        Ok(arguments) => arguments,
        Err(error) => {
            let code = if error.use_stderr() { EX_USAGE } else { 0 };
            // There is nowhere left to report to when this fails.
            error.print().ok();
            return ExitCode::from(code);
        }
    };
    let done = match arguments.command {
        Some(Command::Import(arguments)) => take_over(&arguments),
        None => serve(arguments.serve).map(|()| ExitCode::SUCCESS),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("domain-stubs: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Rejects a key that is too short. A value parser would not do: clap prints the values it rejects.
fn checked(arguments: Arguments) -> Result<Arguments, clap::Error> {
    if arguments.command.is_some() || arguments.serve.credential_key.len() >= MIN_KEY_BYTES {
        return Ok(arguments);
    }
    let problem = format!("--credential-key (SHOP_CREDENTIAL_KEY) has fewer than {MIN_KEY_BYTES} bytes");
    Err(Arguments::command().error(ErrorKind::ValueValidation, problem))
}

/// Imports a catalogue, and reports the result.
fn take_over(arguments: &Import) -> anyhow::Result<ExitCode> {
    let Import { catalogue, data, seed_time } = arguments;
    let import = import(catalogue, data, seed_time.unwrap_or_else(Timestamp::now))?;
    for line in &import.refused {
        eprintln!("{}:{}: {}", catalogue.display(), line.number, line.reason);
    }
    let (imported, rejected) = (import.imported, import.refused.len());
    writeln!(stdout(), "{imported} products imported, {rejected} lines rejected")
        .context("cannot tell the result")?;
    Ok(if rejected == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

#[tokio::main]
async fn serve(arguments: Serve) -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_env_filter(arguments.log)
        .with_writer(stderr)
        .with_ansi(stderr().is_terminal())
        .init();
    let defaults = Options::default();
    let domain = Domain::open(Options {
        data: arguments.data,
        seed_time: arguments.seed_time.unwrap_or(defaults.seed_time),
        credential_key: arguments.credential_key,
        key_sets: read_key_sets(arguments.key_sets)?,
        issuers: arguments.issuers,
        permissions: arguments.access.as_deref().map(Permissions::read).transpose()?,
        synthetic: arguments.synthetic,
        admin: arguments.admin,
        ..defaults
    })?;
    let services = if arguments.services.is_empty() {
        Services::all()
    } else {
        arguments.services.into_iter().collect()
    };

    let listen = arguments.listen;
    let listener = TcpListener::bind(listen).await.with_context(|| format!("cannot listen on {listen}"))?;
    let address = listener.local_addr().context("cannot tell which port was taken")?;
    let mut signals = Signals::listen().context("cannot listen for signals")?;
    let provider = arguments.provider.open().await?;
    tracing::info!(%address, "listening on {address}");

    let (stop, stopped) = watch::channel(());
    let stopped = || {
        let mut stopped = stopped.clone();
        async move { while stopped.changed().await.is_ok() {} }
    };
    let domain = domain.serve(listener, services, stopped());
    let served = async {
        match provider {
            Some((provider, listener)) => {
                tokio::try_join!(domain, provider.serve(listener, stopped())).map(|_| ())
            }
            None => domain.await,
        }
    };
    let signalled = async {
        signals.next().await;
        tracing::info!("stopping when every call has ended; a second signal stops at once");
        drop(stop);
        signals.next().await;
    };
    tokio::select! {
        served = served => served.context("cannot serve"),
        () = signalled => bail!("stopped before every call had ended"),
    }
}

impl ProviderArguments {
    /// Opens the identity provider and its socket, if it is to be served.
    async fn open(self) -> anyhow::Result<Option<(Provider, TcpListener)>> {
        let Some(listen) = self.provider else { return Ok(None) };
        let listener = TcpListener::bind(listen).await;
        let listener =
            listener.with_context(|| format!("cannot listen on {listen} for the identity provider"))?;
        let address = listener.local_addr().context("cannot tell which port was taken")?;
        let issuer = self.provider_issuer.unwrap_or_else(|| format!("http://{address}"));
        let options =
            ProviderOptions { issuer, allow_remote: self.provider_remote, ..ProviderOptions::default() };
        let provider = Provider::new(options)?;
        tracing::info!(%address, issuer = provider.issuer(), "identity provider at {address}");
        Ok(Some((provider, listener)))
    }
}

/// The signals that stop a process gracefully.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn listen() -> std::io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Reads `bff-web=keys.json`.
fn key_set(text: &str) -> Result<(String, PathBuf), &'static str> {
    let (issuer, file) = text.split_once('=').ok_or("write it like `bff-web=keys.json`")?;
    Ok((issuer.to_owned(), file.into()))
}

fn read_key_sets(files: Vec<(String, PathBuf)>) -> anyhow::Result<BTreeMap<String, KeySet>> {
    let read = |(issuer, file): (String, PathBuf)| {
        let text =
            std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        Ok((issuer, KeySet::of(&text)))
    };
    files.into_iter().map(read).collect()
}
