//! A certificate of a server, and clients that trust it.

use std::sync::Arc;

use bff_kit::host::config::TlsConfig;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tempfile::TempDir;
use tokio::io::DuplexStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::support::Pipe;

/// A self-signed certificate in a folder, which is removed when this is dropped.
pub(super) struct Identity {
    pub(super) folder: TempDir,
    pub(super) roots: RootCertStore,
}

impl Identity {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let certified = rcgen::generate_simple_self_signed(vec!["bff".to_owned()]).unwrap();
        std::fs::write(folder.path().join("certificate.pem"), certified.cert.pem()).unwrap();
        std::fs::write(folder.path().join("key.pem"), certified.signing_key.serialize_pem()).unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(certified.cert.der().clone()).unwrap();
        Self { folder, roots }
    }

    pub(super) fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn config(&self) -> TlsConfig {
        TlsConfig { certificate: self.path("certificate.pem"), key: self.path("key.pem") }
    }

    pub(super) fn pipe(&self) -> Pipe {
        Pipe::with(
            bff_iot::client(),
            |config| config.server.tls = Some(self.config()),
            std::future::pending(),
        )
    }

    pub(super) async fn connect(&self, pipe: &Pipe, protocol: &[u8]) -> TlsStream<DuplexStream> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(self.roots.clone())
            .with_no_client_auth();
        config.alpn_protocols = vec![protocol.to_vec()];
        let name = ServerName::try_from("bff").unwrap();
        let stream =
            TlsConnector::from(Arc::new(config)).connect(name, pipe.connect().unwrap()).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(protocol));
        stream
    }
}
