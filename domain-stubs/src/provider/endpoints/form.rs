//! The form of a request to an endpoint that clients call themselves.

use axum::{
    extract::{FromRequest, Request},
    http::{HeaderMap, header},
    response::Response,
};
use bytes::Bytes;

use super::reply;
use crate::provider::{
    error::{Code, Error},
    parameters::Parameters,
};

/// The head and the body of a request that posts a form.
pub(super) struct Form {
    pub(super) headers: HeaderMap,
    body: Bytes,
}

impl Form {
    pub(super) fn parameters(&self) -> Result<Parameters<'_>, Error> {
        Parameters::read(&self.body)
    }
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let headers = request.headers().clone();
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(reply::error(Code::InvalidRequest.because("the body is not a form")));
        }
        match Bytes::from_request(request, state).await {
            Ok(body) => Ok(Self { headers, body }),
            Err(_) => Err(reply::error(Code::InvalidRequest.because("the body is too long or was cut off"))),
        }
    }
}
