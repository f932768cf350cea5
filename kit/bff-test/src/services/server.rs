//! gRPC over HTTP/2 for messages that are known at run time alone.

use std::collections::HashMap;
use std::future::{pending, ready};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::serve::Listener;
use bytes::{BufMut as _, Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, Request, Response, header};
use http_body_util::{BodyExt as _, Full};
use prost_reflect::DynamicMessage;
use prost_reflect::prost::Message as _;
use tonic::Code;
use tonic_types::{ErrorDetails, StatusExt as _};

use super::{Break, Call, Services, response};

/// Bytes before the message of a gRPC frame: the flag of compression, and the length.
const FRAME_HEAD: usize = 5;

const UNIMPLEMENTED: i32 = 12;

/// Reason of every error (`google.rpc.ErrorInfo`).
const REASON: &str = "AS_THE_TEST_WANTS";

/// Serves connections for as long as it is polled.
pub(super) async fn serve<L: Listener<Addr: std::fmt::Debug>>(services: Services, listener: L) {
    let app = Router::new().fallback(answer).with_state(services);
    // Fails for no reason of its own: connections that break end alone.
    drop(axum::serve(listener, app).await);
}

async fn answer(State(services): State<Services>, request: Request<Body>) -> Response<Body> {
    let (head, body) = request.into_parts();
    let rpc = head.uri.path().trim_start_matches('/').to_owned();
    let Some(method) = services.method(&rpc) else { return told(None, UNIMPLEMENTED) };
    let Ok(body) = body.collect().await else { return told(None, UNIMPLEMENTED) };
    let body = body.to_bytes();
    let message = body.get(FRAME_HEAD..).and_then(|it| DynamicMessage::decode(method.input(), it).ok());
    let Some(message) = message else { return told(None, UNIMPLEMENTED) };
    let call = Call::new(&method, services.key_field(&method).as_ref(), head.headers, message);
    services.log().push(call.clone());
    let broken = services.switches().broken.get(&rpc).copied();
    match broken {
        Some(Break::Status(code)) => return told(None, code),
        Some(Break::Silent) => return pending().await,
        // A field of a wire type that does not exist.
        Some(Break::Unreadable) => return told(Some(Bytes::from_static(&[0x0f, 0xff])), 0),
        Some(Break::Keys(_)) | None => {}
    }
    let failing = match broken {
        Some(Break::Keys(code)) => Some(code),
        _ => None,
    };
    let response = response::of(&services, &method, &call, failing);
    told(Some(response.encode_to_vec().into()), 0)
}

/// Returns a response of a message, if there is one, and a status.
fn told(message: Option<Bytes>, code: i32) -> Response<Body> {
    let frame = message.map_or_else(Bytes::new, |message| {
        let mut frame = BytesMut::from(&[0_u8][..]);
        frame.put_u32(u32::try_from(message.len()).unwrap_or(u32::MAX));
        frame.put_slice(&message);
        frame.freeze()
    });
    // Written by the library, with a reason in its details: services decline for one.
    let details = ErrorDetails::with_error_info(REASON, "services.example", HashMap::new());
    let status = tonic::Status::with_error_details(Code::from_i32(code), "", details);
    let mut trailers = HeaderMap::new();
    if code == 0 || status.add_header(&mut trailers).is_err() {
        trailers.insert(tonic::Status::GRPC_STATUS, HeaderValue::from(code));
    }
    let body = Body::new(Full::new(frame).with_trailers(ready(Some(Ok(trailers)))));
    let mut response = Response::new(body);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    response
}
