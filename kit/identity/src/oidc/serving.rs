//! The sign-in as a server uses it: for each request, and by its routes.

use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Either};
use http::header::{AUTHORIZATION, COOKIE};
use http::{HeaderName, HeaderValue};

use super::cookie;
use super::routes;
use super::sign_in::{OidcSignIn, rejected};
use super::visitor::Visitor;
use crate::authorization;
use crate::principal::Principal;
use crate::sign_in::{RequestHead, SignIn, SignedIn, SigningIn, signed_in};

impl SignIn for OidcSignIn {
    fn sign_in<'a>(&'a self, request: RequestHead<'a>) -> SigningIn<'a> {
        let is_bearer = |value: &HeaderValue| {
            value.to_str().is_ok_and(|value| authorization::of_scheme(value, "Bearer").is_some())
        };
        if request.headers.get_all(AUTHORIZATION).iter().any(is_bearer) {
            return signed_in(Err(rejected("a token is no credential of a browser")));
        }
        match cookie::session(request.headers) {
            Ok(None) => signed_in(self.visitor(request)),
            Ok(Some(id)) => {
                let later = async move { self.principal(self.refreshed(&id).await?) };
                Either::Right(later.boxed())
            }
            Err(reason) => signed_in(Err(rejected(reason))),
        }
    }

    fn reads(&self) -> Vec<HeaderName> {
        vec![COOKIE, AUTHORIZATION]
    }

    fn brings_tokens(&self) -> bool {
        !self.has_visitors
    }

    fn maintain(&self) -> BoxFuture<'_, ()> {
        self.provider.maintain().boxed()
    }

    /// Returns the routes under `/auth`: `login`, `callback`, `me`, `logout`, `sessions`, `visit` where visitors are known,
    /// and `backchannel-logout`. The last one is called by the provider, which sends none of a browser's headers: its credential is the logout token.
    fn routes(self: Arc<Self>) -> axum::Router {
        routes::all(self)
    }
}

impl OidcSignIn {
    /// Returns the principal of a request without a session.
    fn visitor(&self, request: RequestHead<'_>) -> SignedIn {
        if !self.has_visitors {
            return Ok(Principal::anonymous());
        }
        let visitor = Visitor::of(request.headers).map_err(rejected)?;
        Ok(visitor.map_or_else(Principal::anonymous, |visitor| Principal::of_visitor(visitor.name())))
    }
}
