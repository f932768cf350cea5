//! The certificate authorities that are trusted to vouch for an issuer.

use std::path::Path;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::http_source::HttpKeySourceError;

/// Returns the certificates of a PEM file, or those of the system if no file is named. Fails if there are none, or if
/// one in the file cannot be used.
pub fn trusted_roots(file: Option<&Path>) -> Result<RootCertStore, HttpKeySourceError> {
    let mut roots = RootCertStore::empty();
    let Some(file) = file else {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let problem = "this system has no root certificates of its own";
        return if roots.is_empty() { Err(HttpKeySourceError::new(problem)) } else { Ok(roots) };
    };
    let wrong =
        |error: &dyn std::fmt::Display| HttpKeySourceError::new(format!("{}: {error}", file.display()));
    for certificate in CertificateDer::pem_file_iter(file).map_err(|error| wrong(&error))? {
        let certificate = certificate.map_err(|error| wrong(&error))?;
        roots.add(certificate).map_err(|error| wrong(&error))?;
    }
    if roots.is_empty() { Err(wrong(&"holds no certificate")) } else { Ok(roots) }
}
