//! TLS to clients, where a certificate is configured.

use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::ring;
use tokio_rustls::TlsAcceptor;

use super::pem;
use crate::config::{ConfigError, TlsConfig};

const CERTIFICATE: &str = "server.tls.certificate";
const KEY: &str = "server.tls.key";

/// What speaks TLS on accepted connections: versions 1.2 and 1.3, then HTTP/2 or HTTP/1.1 as the client prefers.
pub(super) fn acceptor(config: &TlsConfig) -> Result<TlsAcceptor, ConfigError> {
    let certificates = pem::certificates(CERTIFICATE, &config.certificate)?;
    let key = pem::private_key(KEY, &config.key)?;
    let mut tls = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(certificates, key))
        .map_err(|error| pem::unusable(CERTIFICATE, KEY, &error))?;
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(tls)))
}
