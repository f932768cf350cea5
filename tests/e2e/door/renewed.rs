//! Certificates and manifests that change while a server runs.

use bff_kit::AnyClient;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bff_kit::host::config::{Config, TlsConfig};
use bytes::Bytes;
use http::{Request, header};
use http_body_util::Full;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tempfile::TempDir;
use tokio::io::DuplexStream;
use tokio::time::sleep;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::support::{Connection, Pipe, Plain};

/// A certificate and its key, as the files hold them.
struct Issued {
    certificate: CertificateDer<'static>,
    pem: String,
    key: String,
}

fn issue() -> Issued {
    let certified = rcgen::generate_simple_self_signed(vec!["bff".to_owned()]).unwrap();
    Issued {
        certificate: certified.cert.der().clone(),
        pem: certified.cert.pem(),
        key: certified.signing_key.serialize_pem(),
    }
}

/// A folder with a certificate, and a server that presents it.
struct Served {
    folder: TempDir,
    roots: RootCertStore,
    pipe: Pipe,
}

impl Served {
    fn with(issued: &[&Issued]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut roots = RootCertStore::empty();
        for issued in issued {
            roots.add(issued.certificate.clone()).unwrap();
        }
        let (certificate, key) = (folder.path().join("bff.pem"), folder.path().join("bff.key"));
        let (first_certificate, first_key) = (certificate.clone(), key.clone());
        std::fs::write(&certificate, &issued[0].pem).unwrap();
        std::fs::write(&key, &issued[0].key).unwrap();
        let configure = move |config: &mut Config| {
            config.server.tls = Some(TlsConfig { certificate: first_certificate, key: first_key });
        };
        Self { folder, roots, pipe: Pipe::with(AnyClient::of::<Plain>(), configure, std::future::pending()) }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A new connection, and the certificate the server presented on it.
    async fn connect(&self) -> (TlsStream<DuplexStream>, CertificateDer<'static>) {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(self.roots.clone())
            .with_no_client_auth();
        let name = ServerName::try_from("bff").unwrap();
        let io = self.pipe.connect().unwrap();
        let stream = TlsConnector::from(Arc::new(config)).connect(name, io).await.unwrap();
        let shown = stream.get_ref().1.peer_certificates().unwrap()[0].clone().into_owned();
        (stream, shown)
    }

    async fn shown(&self) -> CertificateDer<'static> {
        self.connect().await.1
    }
}

fn request() -> Request<Full<Bytes>> {
    let request = Request::get("/graphql?query=%7B__typename%7D").header(header::HOST, "bff");
    request.body(Full::default()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_renewed_certificate_is_shown_to_new_connections_and_old_ones_go_on() {
    let (first, second) = (issue(), issue());
    let served = Served::with(&[&first, &second]);
    let (stream, shown) = served.connect().await;
    assert_eq!(shown, first.certificate);
    let mut old = Connection::over(stream).await;
    old.send(request()).await.whole();

    // The two files are written one after the other: until both are there, nothing changes.
    std::fs::write(served.file("bff.pem"), &second.pem).unwrap();
    sleep(Duration::from_secs(11)).await;
    assert_eq!(served.shown().await, first.certificate);
    std::fs::write(served.file("bff.key"), &second.key).unwrap();
    sleep(Duration::from_secs(11)).await;
    assert_eq!(served.shown().await, second.certificate);
    old.send(request()).await.whole();

    // A missing file changes nothing.
    std::fs::remove_file(served.file("bff.key")).unwrap();
    sleep(Duration::from_secs(11)).await;
    assert_eq!(served.shown().await, second.certificate);
    let request = Request::get("/metrics").header(header::HOST, "bff").body(Full::default()).unwrap();
    let metrics = old.send(request).await.text;
    for line in ["{result=\"taken\"} 1", "{result=\"refused\"} 2"] {
        assert!(metrics.contains(&format!("bff_certificate_loads_total{line}\n")), "{metrics}");
    }
}
