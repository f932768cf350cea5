//! Measures the phone's BFF beside the floor and other GraphQL servers, one at a time, over the same services.
//!
//! Next: `servers.rs` lists the servers, `check.rs` compares their answers, `measure.rs` measures them.

mod check;
mod children;
mod load;
mod measure;
mod programs;
mod report;
mod servers;
mod usage;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use bench::operations::Operation;
use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};

use children::{Side, Starter, free_address};
use measure::{Measured, Plan};
use programs::Programs;
use servers::{Server, Surroundings};

/// Measures the phone's BFF beside hand-written endpoints and other GraphQL servers
#[derive(Parser)]
#[command(name = "bench-peers")]
struct Arguments {
    /// Time of one cell of the table, in seconds
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
    /// Rounds, of which medians are shown
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Servers to measure beside the floor, by a part of their names
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Operations to measure, by their names
    #[arg(long, value_name = "NAME")]
    operation: Vec<String>,
    /// Time that every call of a service takes at least, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 0)]
    delay: u64,
    /// Make each request ask for something else
    #[arg(long)]
    vary: bool,
    /// Setting of the BFF, such as `log.filter=error`
    #[arg(long, value_name = "KEY=VALUE")]
    bff_set: Vec<String>,
    /// Write all measurements of all rounds to this file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write the tables to this file
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
    /// Keep what the servers write in this folder
    #[arg(long, value_name = "FOLDER")]
    logs: Option<PathBuf>,
    /// Check that all servers do the same, and measure nothing
    #[arg(long)]
    check: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // Whichever ends first: what is dropped then kills the servers.
    let result = tokio::select! {
        result = run(&arguments) => result,
        stopped = stopped() => stopped,
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nbench-peers: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Fails as soon as this process is told to stop.
async fn stopped() -> anyhow::Result<()> {
    let (mut interrupt, mut terminate, mut hangup) =
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?, signal(SignalKind::hangup())?);
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        _ = hangup.recv() => {}
    }
    anyhow::bail!("stopped")
}

async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let bench = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = bench.parent().context("the folder `bench` has a parent")?;
    let mut servers = Server::wanted(&arguments.only);
    let programs = Programs::build(bench, root, servers.iter().any(Server::is_on_node)).await?;
    servers.retain(|it| !it.is_on_node() || programs.node.is_some());
    let operations = Operation::load(&root.join("schema/mobile/manifests"))?;
    let contracts = Contracts::write(&operations)?;
    let operations = measure::wanted(operations, &arguments.operation);
    anyhow::ensure!(!operations.is_empty(), "there is no operation of that name");
    if let Some(folder) = &arguments.logs {
        std::fs::create_dir_all(folder)?;
    }
    let starter = Starter::new(arguments.logs.as_deref());
    starter.pin_this()?;
    let (services, issuer) = (free_address()?, free_address()?);
    let words = [
        ("--grpc", services.to_string()),
        ("--http", issuer.to_string()),
        ("--delay", arguments.delay.to_string()),
    ];
    let words: Vec<_> = words.into_iter().flat_map(|(name, value)| [name.to_owned(), value]).collect();
    let domain = starter.start(Side::Load, "domain", &programs.of("domain")?, &words)?;
    let tokens = tokens(issuer).await?;
    let around = Surroundings {
        programs: &programs,
        starter: &starter,
        services,
        issuer,
        contracts: &contracts.0,
        settings: &arguments.bff_set,
        operations: &operations,
        tokens: &tokens,
    };
    println!("All servers answer the same?");
    check::check(&servers, &around).await?;
    if arguments.check {
        return Ok(());
    }
    let plan = Plan {
        time: Duration::from_secs_f64(arguments.seconds),
        rounds: arguments.rounds,
        vary: arguments.vary,
    };
    let measured = measure::measure(&servers, &around, plan).await?;
    drop(domain);
    report(arguments, &measured)
}

fn report(arguments: &Arguments, measured: &[Measured]) -> anyhow::Result<()> {
    let what = format!(
        "Medians of {} rounds of {} s a cell; services that take {} ms; {}.\n",
        arguments.rounds,
        arguments.seconds,
        arguments.delay,
        if arguments.vary {
            "each request asks for something else"
        } else {
            "each connection repeats its request"
        },
    );
    let text = format!("{what}{}{}", report::summary(measured), report::table(measured));
    println!("\n{text}");
    if let Some(file) = &arguments.markdown {
        std::fs::write(file, &text).with_context(|| format!("cannot write {}", file.display()))?;
    }
    if let Some(file) = &arguments.json {
        let json = serde_json::to_string_pretty(measured)?;
        std::fs::write(file, json).with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(())
}

/// Returns an access token of each user, once the identity provider answers.
async fn tokens(issuer: std::net::SocketAddr) -> anyhow::Result<Vec<String>> {
    let mut tries = 0;
    while let Err(error) = bench::http::get(issuer, "/counts").await {
        tries += 1;
        anyhow::ensure!(tries < 200, "the services do not start: {error}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let mut tokens = Vec::new();
    for user in 0..bench::USERS {
        let path = format!("/token?user={}", bench::user_id(user));
        tokens.push(String::from_utf8(bench::http::get(issuer, &path).await?)?);
    }
    Ok(tokens)
}

/// A folder with the manifest of the measured operations, which is deleted in the end.
struct Contracts(PathBuf);

impl Contracts {
    fn write(operations: &[Operation]) -> anyhow::Result<Self> {
        let folder = std::env::temp_dir().join(format!("bench-peers-{}", std::process::id()));
        let contracts = Self(folder);
        Operation::register(operations, &contracts.0)?;
        Ok(contracts)
    }
}

impl Drop for Contracts {
    fn drop(&mut self) {
        let _is_gone = std::fs::remove_dir_all(&self.0);
    }
}
