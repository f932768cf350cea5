//! TLS below a channel.

use std::error::Error;
use std::io;
use std::sync::Arc;

use hyper::rt::{Read, Write};
use hyper_util::rt::TokioIo;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// The only protocol offered in the handshake (ALPN, RFC 7301): gRPC stands on HTTP/2.
const HTTP_2: &[u8] = b"h2";

/// Which services are believed and what is shown to them: TLS 1.2 and 1.3. Cheap to clone; connections of one resume
/// the sessions of each other.
#[derive(Clone, Debug)]
pub struct Tls(Arc<ClientConfig>);

/// A certificate, followed by those it is signed with, and its private key.
pub type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

impl Tls {
    /// Believes services whose certificates lead to one of `roots`; shows `identity` to those that ask for one. An error
    /// when the key is not that of the certificate, or either is of a kind that cannot be used.
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

    /// Whether both are the same one.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Shakes hands with the service of that name.
    pub(crate) async fn shake_hands<I: Read + Write + Unpin>(
        self,
        name: ServerName<'static>,
        io: I,
    ) -> Result<TokioIo<TlsStream<TokioIo<I>>>, Box<dyn Error + Send + Sync>> {
        let stream = TlsConnector::from(self.0).connect(name, TokioIo::new(io)).await?;
        // One that has no opinion might as well speak HTTP/1.1, and would take the calls for nonsense.
        if stream.get_ref().1.alpn_protocol() != Some(HTTP_2) {
            return Err(io::Error::other("the service did not agree to HTTP/2 in the TLS handshake").into());
        }
        Ok(TokioIo::new(stream))
    }
}
