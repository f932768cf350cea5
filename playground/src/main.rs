//! `cargo up`: starts the whole shop and tells what runs where.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::process::ExitCode;

use bff_kit::config::{LogConfig, LogFormat};
use bff_kit::{EXIT_USAGE, stop_signal};
use clap::Parser;
use playground::{Addresses, Options, Shop};

/// The whole shop on one machine
#[derive(Parser)]
struct Arguments {
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
    /// File to keep the domain's data in; in memory when left out
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    /// What to log
    #[arg(long, default_value = "access=info,warn", value_name = "FILTER")]
    log: String,
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _shown = error.print();
            return if error.use_stderr() { ExitCode::from(EXIT_USAGE) } else { ExitCode::SUCCESS };
        }
    };
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let Arguments { host, page, mobile, web, iot, domain, data, log } = arguments;
    let log = LogConfig { filter: log, format: LogFormat::Text };
    bff_kit::log::start(&log)?;
    let shop = Shop::open(Options { host, page, mobile, web, iot, domain, data, log }).await?;
    announce(shop.addresses());
    shop.serve(stop_signal()).await
}

#[expect(clippy::print_stdout, reason = "what runs where is what the command is asked for")]
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

#[expect(clippy::print_stderr, reason = "the one line a failed start leaves behind")]
fn complain(error: &anyhow::Error) {
    eprintln!("playground: {error:#}");
}
