//! TLS with clients, if a certificate is configured.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use rustls::ServerConfig;
use rustls::crypto::ring;
use sha2::{Digest as _, Sha256};
use tokio_rustls::TlsAcceptor;

use crate::config::{ConfigError, TlsConfig};
use crate::pem;
use crate::reload::Looks;
use telemetry::{Metrics, Reloaded};

const CERTIFICATE: &str = "server.tls.certificate";
const KEY: &str = "server.tls.key";

/// Interval between two checks of the files for a renewed certificate.
pub(super) const LOOK_EVERY: Duration = Duration::from_secs(10);

/// TLS on accepted connections: versions 1.2 and 1.3, then HTTP/2 or HTTP/1.1 as the client prefers. A connection is
/// shown the certificate that was loaded last when the connection was opened.
#[derive(Debug)]
pub(super) struct Certificate {
    files: TlsConfig,
    current: RwLock<Arc<ServerConfig>>,
    /// Hash of the files at the start; `None` if they could not be read.
    first: Option<Content>,
}

/// A hash of both files.
type Content = [u8; 32];

impl Certificate {
    pub(super) fn new(files: &TlsConfig) -> Result<Self, ConfigError> {
        // Hashed before the files are loaded, so that a change in between is found by the next check.
        let first = content(files);
        Ok(Self { files: files.clone(), current: RwLock::new(Arc::new(load(files)?)), first })
    }

    /// Returns the TLS acceptor for one connection.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(self.current.read().unwrap_or_else(PoisonError::into_inner).clone())
    }

    /// Checks the files at intervals, for as long as it is polled. Unusable files change nothing, since a certificate
    /// and its key are written one after the other.
    pub(super) async fn watch(self: Arc<Self>, mut looks: Looks, metrics: Arc<Metrics>) {
        let mut seen = self.first;
        loop {
            let requested = looks.next().await;
            let files = self.files.clone();
            let looking = tokio::task::spawn_blocking(move || {
                let content = content(&files);
                let loaded = (requested || content != seen).then(|| load(&files));
                (content, loaded)
            });
            let Ok((content, loaded)) = looking.await else { return };
            seen = content;
            match loaded {
                None => {}
                Some(Ok(renewed)) => {
                    *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(renewed);
                    metrics.certificate(Reloaded::Taken);
                    tracing::info!("the certificate was read again: new connections are shown it");
                }
                Some(Err(error)) => {
                    metrics.certificate(Reloaded::Rejected);
                    let cause = error.to_string();
                    tracing::error!(cause, "the certificate cannot be used, and stays the one it was");
                }
            }
        }
    }
}

fn content(files: &TlsConfig) -> Option<Content> {
    let both = Sha256::new().chain_update(std::fs::read(&files.certificate).ok()?);
    Some(both.chain_update(std::fs::read(&files.key).ok()?).finalize().into())
}

fn load(files: &TlsConfig) -> Result<ServerConfig, ConfigError> {
    let certificates = pem::certificates(CERTIFICATE, &files.certificate)?;
    let key = pem::private_key(KEY, &files.key)?;
    let mut tls = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(certificates, key))
        .map_err(|error| pem::unusable(CERTIFICATE, KEY, &error))?;
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(tls)
}
