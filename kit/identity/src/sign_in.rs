//! The way in which a client signs in.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Either, Ready, ready};
use http::{HeaderMap, HeaderName, Method, Uri};

use crate::challenge::Challenge;
use crate::principal::Principal;

/// The way in which a client signs in. Every client has its own.
pub trait SignIn: Send + Sync {
    /// Returns the principal that the credential of a request names, anonymous if it presents none; a challenge if it
    /// presents one that is not accepted, or several.
    fn sign_in<'a>(&'a self, request: RequestHead<'a>) -> SigningIn<'a>;

    /// Returns the headers that `sign_in` reads. Private answers depend on them, so that a browser shows no principal
    /// an answer that it kept for another.
    fn reads(&self) -> Vec<HeaderName>;

    /// Returns true if each principal but nobody has a token that the identity provider exchanges
    /// ([`Principal::subject_token`]).
    fn brings_tokens(&self) -> bool {
        false
    }

    /// Runs the work that the sign-in does beside requests, such as loading keys. A server polls it for as long as it
    /// serves, and starts it before the first request.
    fn maintain(&self) -> BoxFuture<'_, ()> {
        std::future::pending().boxed()
    }

    /// Returns the routes that the sign-in brings, such as those of a login; none unless it says otherwise. A server
    /// serves them at its root, behind its checks of the host, of the origin and, for whatever changes something, of the
    /// header that a page of another site cannot send.
    fn routes(self: Arc<Self>) -> axum::Router {
        axum::Router::new()
    }
}

/// Future of a sign-in: there at once, without an allocation, or later.
pub type SigningIn<'a> = Either<Ready<SignedIn>, BoxFuture<'a, SignedIn>>;

/// Result of a sign-in.
pub type SignedIn = Result<Principal, Challenge>;

/// Returns the future of a result that is already there.
pub fn signed_in<'a>(result: SignedIn) -> SigningIn<'a> {
    Either::Left(ready(result))
}

/// The head of a request and its peer, as a sign-in sees them.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct RequestHead<'a> {
    /// Method of the request.
    pub method: &'a Method,
    /// Target of the request.
    pub uri: &'a Uri,
    /// Headers of the request.
    pub headers: &'a HeaderMap,
    /// Address of the client; `None` if it is not known.
    pub peer: Option<IpAddr>,
}

impl<'a> RequestHead<'a> {
    /// Creates the head of a request whose peer is not known.
    #[must_use]
    pub const fn new(method: &'a Method, uri: &'a Uri, headers: &'a HeaderMap) -> Self {
        Self { method, uri, headers, peer: None }
    }

    /// Returns the head with the address of the client.
    #[must_use]
    pub const fn from_peer(self, peer: IpAddr) -> Self {
        Self { peer: Some(peer), ..self }
    }
}

/// Prints no header and no address: either may be a secret.
impl fmt::Debug for RequestHead<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("RequestHead").field("method", self.method).finish_non_exhaustive()
    }
}
