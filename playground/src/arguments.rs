//! The command line.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

use clap::{Parser, Subcommand};
use playground::Bff;

/// The whole shop on one machine
#[derive(Parser)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// Address to open the ports on: one of this machine alone, or 0.0.0.0 for other machines as well
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST), value_parser = host)]
    pub(crate) host: IpAddr,
    /// Port of the page
    #[arg(long, default_value_t = 4000)]
    pub(crate) page: u16,
    /// Port of the phone app's BFF
    #[arg(long, default_value_t = 4001)]
    pub(crate) mobile: u16,
    /// Port of the web shop's BFF
    #[arg(long, default_value_t = 4002)]
    pub(crate) web: u16,
    /// Port of the devices' BFF
    #[arg(long, default_value_t = 4003)]
    pub(crate) iot: u16,
    /// Port of the identity provider, where anybody may sign in as any demo user
    #[arg(long, default_value_t = 4004)]
    pub(crate) provider: u16,
    /// Port of the domain's services
    #[arg(long, default_value_t = 50051)]
    pub(crate) domain: u16,
    /// File that keeps the domain's data; without it the data is in memory. `cargo run -p domain-stubs -- import
    /// CATALOGUE.jsonl --data FILE` adds products of yours to it
    #[arg(long, value_name = "FILE")]
    pub(crate) data: Option<PathBuf>,
    /// Serve N products computed from their numbers instead of those of the data
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(i32::MAX)))]
    pub(crate) synthetic: Option<u32>,
    /// Serve shop.admin.v1.AdminService on the domain's port: every client that reaches it can break services and
    /// read the principals of their calls
    #[arg(long)]
    pub(crate) admin: bool,
    /// Show another BFF on the page as well, by its address, such as `http://127.0.0.1:8080`; may be given several times. It
    /// tells its operations and plans itself: in development, with the feature `review`
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) bff: Vec<Bff>,
    /// Serve the plain page, without building the one with `GraphiQL`
    #[arg(long)]
    pub(crate) plain: bool,
    /// Log filter
    #[arg(long, default_value = "access=info,playground=info,warn", value_name = "FILTER")]
    pub(crate) log: String,
}

/// Reads an address at which this machine reaches its own parts without TLS, as the BFFs reach the identity provider.
fn host(text: &str) -> Result<IpAddr, String> {
    let host: IpAddr = text.parse().map_err(|_| "it is no IP address".to_owned())?;
    if host.is_loopback() || host.is_unspecified() {
        return Ok(host);
    }
    Err("write 0.0.0.0 to be reached by other machines: the parts of the shop speak to each other by addresses of this \
         machine alone"
        .to_owned())
}

#[derive(Subcommand)]
pub(crate) enum Command {
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
