//! TLS below a channel.

use std::io;
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio_rustls::TlsConnector;

use crate::network::Io;

/// The only protocol offered in the handshake (ALPN, RFC 7301): gRPC requires HTTP/2.
const HTTP_2: &[u8] = b"h2";

/// TLS 1.2 and 1.3 for channels: the trusted roots, and the identity of this client. Cheap to clone; connections of one
/// configuration resume each other's sessions.
#[derive(Clone, Debug)]
pub struct Tls(Arc<ClientConfig>);

/// A certificate, followed by the certificates it is signed with, and its private key.
pub type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

impl Tls {
    /// Trusts services whose certificates lead to one of `roots`, and presents `identity` to services that request a
    /// certificate. Returns an error if the key does not belong to the certificate, or if either is of a kind that
    /// cannot be used.
    pub fn new(roots: RootCertStore, identity: Option<Identity>) -> Result<Self, rustls::Error> {
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots);
        let mut config = match identity {
            Some((certificates, key)) => builder.with_client_auth_cert(certificates, key)?,
            None => builder.with_no_client_auth(),
        };
        config.alpn_protocols = vec![HTTP_2.to_vec()];
        Ok(Self(Arc::new(config)))
    }

    /// Returns true if both share one configuration.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Performs the TLS handshake with the service of that name.
    pub(crate) async fn shake_hands(
        &self,
        name: ServerName<'static>,
        io: Box<dyn Io>,
    ) -> io::Result<Box<dyn Io>> {
        let stream = TlsConnector::from(self.0.clone()).connect(name, io).await?;
        // A service that selects no protocol might speak HTTP/1.1, and could not read the calls.
        if stream.get_ref().1.alpn_protocol() != Some(HTTP_2) {
            return Err(io::Error::other("the service did not agree to HTTP/2 in the TLS handshake"));
        }
        Ok(Box::new(stream))
    }
}
