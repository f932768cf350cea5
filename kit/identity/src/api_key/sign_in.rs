//! Sign-in with an API key.

use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::HeaderName;
use http::header::AUTHORIZATION;

use super::ring::KeyRing;
use crate::authorization;
use crate::challenge::Challenge;
use crate::clock::Clock;
use crate::principal::Principal;
use crate::sign_in::{RequestHead, SignIn, SigningIn, signed_in};

const X_API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// Sign-in with an API key, in `authorization: ApiKey …` or in `x-api-key`. A request with neither is anonymous; one with
/// both, or with any other credential, is rejected.
#[derive(Debug)]
pub struct ApiKeySignIn {
    keys: Arc<KeyRing>,
    clock: Clock,
}

impl ApiKeySignIn {
    /// Creates the sign-in with these keys.
    #[must_use]
    pub const fn new(keys: Arc<KeyRing>, clock: Clock) -> Self {
        Self { keys, clock }
    }

    fn principal(&self, request: RequestHead<'_>) -> Result<Principal, &'static str> {
        let authorization = authorization::only(request.headers, &AUTHORIZATION)?;
        let key = match (authorization, authorization::only(request.headers, &X_API_KEY)?) {
            (None, None) => return Ok(Principal::anonymous()),
            (Some(value), None) => {
                authorization::of_scheme(value, "ApiKey").ok_or("the credential is not an API key")?
            }
            (None, Some(key)) => key,
            (Some(_), Some(_)) => return Err("the request has two credentials"),
        };
        self.keys.principal(key, self.clock.now())
    }
}

impl SignIn for ApiKeySignIn {
    fn sign_in<'a>(&'a self, request: RequestHead<'a>) -> SigningIn<'a> {
        let rejected = |reason| Challenge::rejected("ApiKey error=\"invalid_key\"", reason);
        signed_in(self.principal(request).map_err(rejected))
    }

    fn reads(&self) -> Vec<HeaderName> {
        vec![AUTHORIZATION, X_API_KEY]
    }

    fn maintain(&self) -> BoxFuture<'_, ()> {
        self.keys.watch().boxed()
    }
}
