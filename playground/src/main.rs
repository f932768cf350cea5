//! `cargo up`: starts the whole shop and prints its addresses. Further commands compare all clients.

use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bff_kit::host::config::{LogConfig, LogFormat};
use bff_kit::host::{EXIT_USAGE, stop_signal};
use clap::{Parser, Subcommand};
use playground::{Addresses, Options, Shop, changes, compare};

/// The whole shop on one machine
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// Address to open the ports on
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    host: IpAddr,
    /// Port of the page
    #[arg(long, default_value_t = 4000)]
    page: u16,
    /// Port of the phone app's BFF
    #[arg(long, default_value_t = 4001)]
    mobile: u16,
    /// Port of the web shop's BFF
    #[arg(long, default_value_t = 4002)]
    web: u16,
    /// Port of the devices' BFF
    #[arg(long, default_value_t = 4003)]
    iot: u16,
    /// Port of the domain's services
    #[arg(long, default_value_t = 50051)]
    domain: u16,
    /// File that keeps the domain's data; without it the data is in memory. `cargo run -p domain-stubs -- import
    /// CATALOGUE.jsonl --data FILE` adds products of yours to it
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    /// Serve N products computed from their numbers instead of those of the data
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(i32::MAX)))]
    synthetic: Option<u32>,
    /// Serve shop.admin.v1.AdminService on the domain's port: every client that reaches it can break services and
    /// read the principals of their calls
    #[arg(long)]
    admin: bool,
    /// Serve the plain page, without building the one with `GraphiQL`
    #[arg(long)]
    plain: bool,
    /// Log filter
    #[arg(long, default_value = "access=info,playground=info,warn", value_name = "FILTER")]
    log: String,
}

#[derive(Subcommand)]
enum Command {
    /// Show how each client reads a type, such as `Product`
    Compare {
        /// Name of the type
        type_name: String,
    },
    /// Show the changes in the plans of all clients
    Diff {
        /// Revision that git knows, such as `main`, or a folder with a subfolder for each client
        old: String,
        /// Format the changes for a pull request
        #[arg(long)]
        markdown: bool,
    },
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _shown = error.print();
            return if error.use_stderr() { ExitCode::from(EXIT_USAGE) } else { ExitCode::SUCCESS };
        }
    };
    let result = match &arguments.command {
        Some(Command::Compare { type_name }) => match compare(type_name) {
            Some(text) => print(&text),
            None => Err(anyhow::anyhow!("no client has a type {type_name}")),
        },
        Some(Command::Diff { old, markdown }) => changes(old, *markdown).and_then(|text| print(&text)),
        None => run(arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let Arguments { command: _, host, page, mobile, web, iot, domain, data, synthetic, admin, plain, log } =
        arguments;
    let log = LogConfig { filter: log, format: LogFormat::Text };
    bff_kit::host::log::start(&log)?;
    let contracts = folder("schema");
    let page_sources = if plain { None } else { folder("playground/web") };
    let options = Options {
        host,
        page,
        mobile,
        web,
        iot,
        domain,
        data,
        synthetic,
        admin,
        contracts,
        page_sources,
        log,
    };
    let shop = Shop::open(options).await?;
    announce(shop.addresses());
    shop.serve(stop_signal()).await
}

/// Returns a folder of the workspace: below the current directory or, if it is not there, below the workspace that
/// this program was built from. `None` if neither exists.
fn folder(name: &str) -> Option<PathBuf> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    [PathBuf::from(name), workspace.join(name)].into_iter().find(|folder| folder.is_dir())
}

#[expect(clippy::print_stdout, reason = "the addresses are the output of the command")]
fn announce(addresses: Addresses) {
    let Addresses { page, mobile, web, iot, domain } = addresses;
    println!(
        "\n  The shop is open.\n\n  \
         page     http://{page}\n  \
         mobile   http://{mobile}/graphql\n  \
         web      http://{web}/graphql\n  \
         iot      http://{iot}/graphql\n  \
         domain   {domain} (gRPC)\n\n  \
         Ctrl-C closes it.\n"
    );
}

fn print(text: &str) -> anyhow::Result<()> {
    std::io::stdout().lock().write_all(text.as_bytes())?;
    Ok(())
}

#[expect(clippy::print_stderr, reason = "the one line that a failed command prints")]
fn complain(error: &anyhow::Error) {
    eprintln!("playground: {error:#}");
}
