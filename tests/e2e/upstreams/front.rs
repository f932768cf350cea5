//! A TLS terminator in front of the domain, like a sidecar or a load balancer.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::io::{AsyncRead, AsyncWrite, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::authority::{Authority, Certified, read};

/// Parameters of a front's handshake.
pub(super) struct Handshake {
    pub(super) identity: Certified,
    /// The authority of the clients that are let in; `None` if all are.
    pub(super) clients: Option<Authority>,
    pub(super) protocol: &'static [u8],
}

/// The protocol that a connection agreed on, or the reason why its handshake failed.
pub(super) type Agreed = Result<Vec<u8>, String>;

/// A TLS listener in front of a plain one.
pub(super) struct Front {
    pub(super) address: SocketAddr,
    seen: Arc<Mutex<Vec<Agreed>>>,
    _serving: JoinSet<()>,
}

impl Handshake {
    pub(super) fn of(identity: Certified) -> Self {
        Self { identity, clients: None, protocol: b"h2" }
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .unwrap();
        let builder = match &self.clients {
            None => builder.with_no_client_auth(),
            Some(clients) => {
                let mut roots = RootCertStore::empty();
                roots.add_parsable_certificates(read(&clients.ca()));
                let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
                builder.with_client_cert_verifier(verifier.build().unwrap())
            }
        };
        let mut config =
            builder.with_single_cert(self.identity.chain(), self.identity.private_key()).unwrap();
        config.alpn_protocols = vec![self.protocol.to_vec()];
        TlsAcceptor::from(Arc::new(config))
    }
}

impl Front {
    pub(super) async fn open(handshake: &Handshake, domain: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (acceptor, seen) = (handshake.acceptor(), Arc::new(Mutex::new(Vec::new())));
        let mut serving = JoinSet::new();
        let kept = seen.clone();
        serving.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (io, _) = listener.accept().await.unwrap();
                let (acceptor, seen) = (acceptor.clone(), seen.clone());
                connections.spawn(async move {
                    match acceptor.accept(io).await {
                        Ok(mut stream) => {
                            let protocol = stream.get_ref().1.alpn_protocol().unwrap_or_default().to_vec();
                            seen.lock().unwrap().push(Ok(protocol));
                            pass_on(&mut stream, domain).await;
                        }
                        Err(error) => seen.lock().unwrap().push(Err(error.to_string())),
                    }
                });
            }
        });
        Self { address, seen: kept, _serving: serving }
    }

    /// All connections so far whose handshake has ended.
    pub(super) fn seen(&self) -> Vec<Agreed> {
        self.seen.lock().unwrap().clone()
    }
}

/// Passes bytes on in both directions until both ends are done.
pub(super) async fn pass_on(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), domain: SocketAddr) {
    let mut domain = TcpStream::connect(domain).await.unwrap();
    // The end of a connection and its loss count as the same here.
    let _end = copy_bidirectional(stream, &mut domain).await;
}
