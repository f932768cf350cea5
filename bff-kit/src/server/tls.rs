//! TLS, where a certificate is configured.

use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::{Error as PemError, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use crate::config::{ConfigError, TlsConfig};

const CERTIFICATE: &str = "server.tls.certificate";
const KEY: &str = "server.tls.key";

/// What speaks TLS on accepted connections: versions 1.2 and 1.3, then HTTP/2 or HTTP/1.1 as the client prefers.
pub(super) fn acceptor(config: &TlsConfig) -> Result<TlsAcceptor, ConfigError> {
    let certificates = CertificateDer::pem_file_iter(&config.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| unreadable(CERTIFICATE, &config.certificate, &error))?;
    if certificates.is_empty() {
        return Err(unreadable(CERTIFICATE, &config.certificate, &PemError::NoItemsFound));
    }
    let key =
        PrivateKeyDer::from_pem_file(&config.key).map_err(|error| unreadable(KEY, &config.key, &error))?;
    let mut tls = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(certificates, key))
        .map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => ConfigError::new(KEY, "does not fit the certificate"),
            error => ConfigError::new(CERTIFICATE, format!("cannot be used: {error}")),
        })?;
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(tls)))
}

fn unreadable(key: &str, path: &Path, error: &PemError) -> ConfigError {
    let path = path.display();
    let problem = match error {
        PemError::Io(error) => format!("`{path}` cannot be read: {error}"),
        PemError::NoItemsFound => format!("`{path}` holds none in PEM"),
        error => format!("`{path}` is not PEM: {error}"),
    };
    ConfigError::new(key, problem)
}
