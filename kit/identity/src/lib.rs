//! Who sends a request: the credentials of clients, and the principal that each names.
//!
//! A [`SignIn`] reads the head of a request and answers with its [`Principal`], or with a [`Challenge`] if it presents a
//! credential that is not accepted. A request without a credential is anonymous.

mod access_token;
mod algorithm;
mod authorization;
mod challenge;
mod claims;
mod clock;
mod jwks;
mod principal;
mod scopes;
mod secret;
mod sign_in;

pub use access_token::{AccessTokenSettings, AccessTokenSignIn};
pub use algorithm::Algorithm;
pub use challenge::{Challenge, ChallengeKind};
pub use claims::Claims;
pub use clock::WallClock;
pub use jwks::{
    HttpKeySource, HttpKeySourceError, Jwks, JwksSettings, KeySource, KeySourceError, trusted_roots,
};
pub use principal::{Principal, Who};
pub use scopes::Scopes;
pub use secret::{ExposeSecret, SecretString};
pub use sign_in::{RequestHead, SignIn, SignedIn, SigningIn, signed_in};
