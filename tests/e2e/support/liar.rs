//! A proxy between the BFFs and the domain that changes the responses of the services.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use bytes::{BufMut as _, Bytes, BytesMut};
use http::{Request, Response, Uri};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use prost_reflect::prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, FieldDescriptor, Kind, ReflectMessage as _, Value};
use tokio::net::TcpListener;

/// Changes a message; called for the message and for each within it.
pub(crate) type Lie = fn(&mut DynamicMessage);

/// The lie that is told; `None` while responses pass unchanged.
#[derive(Clone, Default)]
pub(crate) struct Lies(Arc<Mutex<Option<Lie>>>);

#[derive(Clone)]
struct Liar {
    lies: Lies,
    pool: DescriptorPool,
    domain: SocketAddr,
    http: Client<HttpConnector, Full<Bytes>>,
}

impl Lies {
    pub(crate) fn tell(&self, lie: Option<Lie>) {
        *self.0.lock().unwrap() = lie;
    }

    /// Serves the domain's responses, changed by the current lie.
    pub(crate) async fn serve(self, listener: TcpListener, domain: SocketAddr) {
        let http = Client::builder(TokioExecutor::new()).http2_only(true).build_http();
        let pool = DescriptorPool::decode(proto::DESCRIPTORS).unwrap();
        let app = Router::new().fallback(answer).with_state(Liar { lies: self, pool, domain, http });
        axum::serve(listener, app).await.unwrap();
    }
}

async fn answer(State(liar): State<Liar>, request: Request<Body>) -> Response<Body> {
    let (mut head, body) = request.into_parts();
    let rpc = head.uri.path().trim_start_matches('/').to_owned();
    head.uri = Uri::try_from(format!("http://{}/{rpc}", liar.domain)).unwrap();
    head.version = http::Version::HTTP_2;
    let body = body.collect().await.unwrap().to_bytes();
    let response = liar.http.request(Request::from_parts(head, Full::new(body))).await.unwrap();
    let (head, body) = response.into_parts();
    let body = body.collect().await.unwrap();
    let trailers = body.trailers().cloned();
    let frames = lied(&liar, &rpc, body.to_bytes());
    let body = Full::new(frames).with_trailers(std::future::ready(trailers.map(Ok)));
    Response::from_parts(head, Body::new(body))
}

/// The one message of a response with the lie in it; an empty response stays empty.
fn lied(liar: &Liar, rpc: &str, frame: Bytes) -> Bytes {
    let lie = *liar.lies.0.lock().unwrap();
    let (Some(lie), false) = (lie, frame.is_empty()) else { return frame };
    let (service, method) = rpc.split_once('/').unwrap();
    let service = liar.pool.get_service_by_name(service).unwrap();
    let method = service.methods().find(|it| it.name() == method).unwrap();
    let mut message = DynamicMessage::decode(method.output(), frame.slice(5..)).unwrap();
    each(&mut message, lie);
    let message = message.encode_to_vec();
    let mut frame = BytesMut::from(&[0_u8][..]);
    frame.put_u32(u32::try_from(message.len()).unwrap());
    frame.put_slice(&message);
    frame.freeze()
}

/// Applies a lie to a message and those within it. The keys and errors of a batch result stay as they are, because
/// batch results are matched by key.
fn each(message: &mut DynamicMessage, lie: Lie) {
    lie(message);
    let within = |field: &FieldDescriptor| {
        matches!(field.kind(), Kind::Message(_)) && field.name() != "query" && field.name() != "error"
    };
    let fields: Vec<_> = message.descriptor().fields().filter(within).collect();
    for field in fields {
        if !message.has_field(&field) {
            continue;
        }
        match message.get_field_mut(&field) {
            Value::Message(inner) => each(inner, lie),
            Value::List(items) => {
                for item in items {
                    if let Value::Message(inner) = item {
                        each(inner, lie);
                    }
                }
            }
            _ => {}
        }
    }
}
