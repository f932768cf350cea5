//! Parts and addresses of the shop.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use bff_kit::host::config::LogConfig;

use crate::page::Bff;

/// Addresses and data of the shop.
#[derive(Clone, Debug)]
pub struct Options {
    /// Address on which all ports are opened.
    pub host: IpAddr,
    /// Port of the page; 0 for any free port, as for all ports below.
    pub page: u16,
    /// Port of the phone app's BFF.
    pub mobile: u16,
    /// Port of the web shop's BFF.
    pub web: u16,
    /// Port of the devices' BFF.
    pub iot: u16,
    /// Port of the development identity provider.
    pub provider: u16,
    /// Port of the domain's services.
    pub domain: u16,
    /// File of the domain's data; the data is in memory if `None`.
    pub data: Option<PathBuf>,
    /// Number of products computed from their numbers, in place of the products of the data.
    pub synthetic: Option<u32>,
    /// True if the domain's admin service is served on the domain's port, to every client that reaches it.
    pub admin: bool,
    /// Folder that holds the contracts of each client; without it no operation is registered, and the page has no
    /// examples.
    pub contracts: Option<PathBuf>,
    /// Folder of the page's sources, which are built in the background with Node; without it, or if the build fails, a
    /// plain page is served.
    pub page_sources: Option<PathBuf>,
    /// BFFs that are none of the shop, and that the page shows as well.
    pub others: Vec<Bff>,
    /// Log filter and format of the BFFs.
    pub log: LogConfig,
}

/// Addresses of all parts of the shop.
#[derive(Clone, Copy, Debug)]
pub struct Addresses {
    /// The page.
    pub page: SocketAddr,
    /// The phone app's BFF.
    pub mobile: SocketAddr,
    /// The web shop's BFF.
    pub web: SocketAddr,
    /// The devices' BFF.
    pub iot: SocketAddr,
    /// The development identity provider.
    pub provider: SocketAddr,
    /// The domain's services.
    pub domain: SocketAddr,
}
