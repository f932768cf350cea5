//! Certificates and keys in PEM files (RFC 7468), and the configuration errors for unusable ones.

use std::path::Path;

use rustls::pki_types::pem::{Error as PemError, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::config::ConfigError;

/// Reads the certificates of a file; fails if there are none.
pub(super) fn certificates(key: &str, path: &Path) -> Result<Vec<CertificateDer<'static>>, ConfigError> {
    let certificates = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| unreadable(key, path, &error))?;
    if certificates.is_empty() {
        return Err(unreadable(key, path, &PemError::NoItemsFound));
    }
    Ok(certificates)
}

/// Reads the first private key of a file.
pub(super) fn private_key(key: &str, path: &Path) -> Result<PrivateKeyDer<'static>, ConfigError> {
    PrivateKeyDer::from_pem_file(path).map_err(|error| unreadable(key, path, &error))
}

/// Builds the error for a certificate and a private key, set by these configuration keys, that TLS cannot use.
pub(super) fn unusable(certificate: &str, key: &str, error: &rustls::Error) -> ConfigError {
    match error {
        rustls::Error::InconsistentKeys(_) => ConfigError::new(key, "does not fit the certificate"),
        error => ConfigError::new(certificate, format!("cannot be used: {error}")),
    }
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
