//! Malformed responses, which break the rules of gRPC or the limits of clients.

use bytes::{BufMut as _, Bytes, BytesMut};
use futures_util::stream;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use http_body::Frame;
use http_body_util::{BodyExt as _, Full, StreamBody};
use proto::admin::OddAnswer;
use tonic::{Code, Status, body::Body};

/// Bytes of a message that is too large for clients with the default limit of 4 MiB.
const TOO_LARGE: usize = 5 * 1024 * 1024;

/// Bytes of a status message that no client accepts.
const LONG_STATUS: usize = 200_000;

pub(super) fn response(odd: OddAnswer) -> Response<Body> {
    match odd {
        OddAnswer::HttpUnavailable => page(StatusCode::SERVICE_UNAVAILABLE),
        OddAnswer::HttpUnauthorized => page(StatusCode::UNAUTHORIZED),
        OddAnswer::Unspecified | OddAnswer::HttpOk => page(StatusCode::OK),
        // Field 1 with a wire type that does not exist.
        OddAnswer::Unreadable => grpc([Ok(message(&[0x0f; 8])), Ok(ended(Code::Ok))]),
        OddAnswer::TooLarge => grpc([Ok(message(&vec![0; TOO_LARGE])), Ok(ended(Code::Ok))]),
        OddAnswer::CutOff => grpc([Ok(half_a_message())]),
        OddAnswer::Reset => grpc([Ok(half_a_message()), Err(Status::internal("reset on purpose"))]),
        OddAnswer::LongStatus => {
            let mut long = ended(Code::Internal);
            if let Some(trailers) = long.trailers_mut() {
                let text = HeaderValue::try_from("x".repeat(LONG_STATUS));
                trailers.insert("grpc-message", text.expect("letters are a header's value"));
            }
            grpc([Ok(long)])
        }
        OddAnswer::Empty => grpc([Ok(ended(Code::Ok))]),
    }
}

fn page(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::new(Full::from("<html><h1>On purpose</h1></html>")));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
    response
}

fn grpc<const N: usize>(frames: [Result<Frame<Bytes>, Status>; N]) -> Response<Body> {
    let body = StreamBody::new(stream::iter(frames)).boxed_unsync();
    let mut response = Response::new(Body::new(body));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    response
}

fn message(bytes: &[u8]) -> Frame<Bytes> {
    let mut framed = BytesMut::with_capacity(bytes.len() + 5);
    framed.put_u8(0);
    framed.put_u32(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
    framed.put_slice(bytes);
    Frame::data(framed.freeze())
}

fn half_a_message() -> Frame<Bytes> {
    let whole = message(&[0; 64]).into_data().unwrap_or_default();
    Frame::data(whole.slice(..whole.len() / 2))
}

fn ended(code: Code) -> Frame<Bytes> {
    Frame::trailers(HeaderMap::from_iter([("grpc-status".parse().expect("a name"), i32::from(code).into())]))
}
