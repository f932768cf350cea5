//! Addresses of the services, and TLS on the way to them.

use std::path::Path;

use endpoints::{Address, Identity, Target, Tls};
use fetch::Upstreams;
use rustls::RootCertStore;

use crate::config::{ConfigError, ServiceConfig, UpstreamConfig, addresses};
use crate::pem;

/// A file, with the configuration key that names it.
#[derive(Clone, Copy, PartialEq, Eq)]
struct File<'a> {
    section: &'a str,
    name: &'static str,
    path: &'a Path,
}

impl File<'_> {
    fn key(&self) -> String {
        format!("{}.{}", self.section, self.name)
    }
}

/// The files that TLS with a service needs.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Files<'a> {
    ca: Option<File<'a>>,
    client_certificate: Option<File<'a>>,
    client_key: Option<File<'a>>,
}

/// Reads the addresses and certificates of the services.
pub(super) fn upstreams(config: &UpstreamConfig, cache_bytes: u64) -> Result<Upstreams, ConfigError> {
    let all = ServiceConfig {
        address: Some(config.default.clone()),
        ca: config.ca.clone(),
        client_certificate: config.client_certificate.clone(),
        client_key: config.client_key.clone(),
        ..ServiceConfig::default()
    };
    let files = Files::of("upstream", &all);
    let default = parsed("upstream.default", &config.default)?;
    let mut built = Vec::new();
    let section = |service: &String| format!("upstream.services.{service}");
    let services: Vec<_> = config.services.iter().map(|(it, own)| (it, section(it), own)).collect();
    let mut open = |addresses: Vec<Address>, files| {
        let target = |address| Target::new(address, || tls(&mut built, files));
        addresses.into_iter().map(target).collect::<Result<Vec<_>, _>>()
    };
    let mut upstreams = Upstreams {
        default: open(default.clone(), files)?,
        services: [].into(),
        settings: config.connections(),
        max_calls: config.max_calls_per_service,
        breaker_min_calls: config.breaker_min_calls,
        cache_bytes,
        max_answer_bytes: config.max_answer_bytes,
    };
    let mut speaks_tls = default.iter().any(Address::is_tls);
    for (service, section, own) in &services {
        let addresses = match &own.address {
            Some(own) => parsed(&format!("{section}.address"), own)?,
            None => default.clone(),
        };
        let own = Files::of(section, own);
        let any_tls = addresses.iter().any(Address::is_tls);
        idle(own, any_tls)?;
        speaks_tls |= any_tls;
        upstreams.services.insert((*service).clone(), open(addresses, own.or(files))?);
    }
    idle(files, speaks_tls)?;
    Ok(upstreams)
}

fn parsed(key: &str, text: &str) -> Result<Vec<Address>, ConfigError> {
    addresses(text).map_err(|bad| ConfigError::new(key, bad.to_string()))
}

/// Fails for files that nothing would use: an operator who names one expects protected connections.
fn idle(files: Files<'_>, speaks_tls: bool) -> Result<(), ConfigError> {
    match files.ca.or(files.client_certificate).or(files.client_key) {
        Some(file) if !speaks_tls => {
            Err(ConfigError::new(file.key(), "has no effect: the address is `http`, which is plain text"))
        }
        _ => Ok(()),
    }
}

/// Returns TLS with these files. Equal sets of files are read once.
fn tls<'a>(built: &mut Vec<(Files<'a>, Tls)>, files: Files<'a>) -> Result<Tls, ConfigError> {
    if let Some((_, tls)) = built.iter().find(|(known, _)| *known == files) {
        return Ok(tls.clone());
    }
    let tls = files.tls()?;
    built.push((files, tls.clone()));
    Ok(tls)
}

impl<'a> Files<'a> {
    fn of(section: &'a str, config: &'a ServiceConfig) -> Self {
        let file = |name, path: &'a Option<_>| path.as_deref().map(|path| File { section, name, path });
        Self {
            ca: file("ca", &config.ca),
            client_certificate: file("client_certificate", &config.client_certificate),
            client_key: file("client_key", &config.client_key),
        }
    }

    /// Fills absent files from `others`. A certificate and its key always come from the same set.
    fn or(self, others: Self) -> Self {
        let shows_own = self.client_certificate.is_some() || self.client_key.is_some();
        let identity = if shows_own { self } else { others };
        Self { ca: self.ca.or(others.ca), ..identity }
    }

    fn tls(&self) -> Result<Tls, ConfigError> {
        let identity = self.identity()?;
        let key = |file: Option<File<'_>>| file.map(|file| file.key()).unwrap_or_default();
        Tls::new(self.roots()?, identity)
            .map_err(|error| pem::unusable(&key(self.client_certificate), &key(self.client_key), &error))
    }

    fn roots(&self) -> Result<RootCertStore, ConfigError> {
        let mut roots = RootCertStore::empty();
        let Some(ca) = &self.ca else {
            let of_system = rustls_native_certs::load_native_certs();
            roots.add_parsable_certificates(of_system.certs);
            if roots.is_empty() {
                let problem = "is not set, and this system has no root certificates of its own";
                return Err(ConfigError::new("upstream.ca", problem));
            }
            return Ok(roots);
        };
        for certificate in pem::certificates(&ca.key(), ca.path)? {
            roots
                .add(certificate)
                .map_err(|error| ConfigError::new(ca.key(), format!("cannot be used: {error}")))?;
        }
        Ok(roots)
    }

    fn identity(&self) -> Result<Option<Identity>, ConfigError> {
        let lacks = |file: File<'_>, other: &str| {
            let problem = format!("is not set, but {} is: each needs the other", file.key());
            ConfigError::new(format!("{}.{other}", file.section), problem)
        };
        match (self.client_certificate, self.client_key) {
            (None, None) => Ok(None),
            (Some(certificate), None) => Err(lacks(certificate, "client_key")),
            (None, Some(key)) => Err(lacks(key, "client_certificate")),
            (Some(certificate), Some(key)) => Ok(Some((
                pem::certificates(&certificate.key(), certificate.path)?,
                pem::private_key(&key.key(), key.path)?,
            ))),
        }
    }
}
