//! Identifies the principal of a request by the credential that its client presents.
//!
//! A [`SignIn`] reads the head of a request and answers with its [`Principal`], or with a [`Challenge`] if it presents a
//! credential that is not accepted. A request without a credential is anonymous. [`AccessTokenSignIn`] accepts JSON Web
//! Tokens of an issuer whose keys [`Jwks`] loads, where it is so set up only with a proof of the key that they are bound
//! to; [`ApiKeySignIn`] accepts keys whose hashes are in a [`KeyFile`]. [`Sessions`] of browsers live in a
//! [`Store`](store::Store) that replicas share; [`OidcSignIn`] begins them with a login at an identity provider.
//!
//! No credential of a client goes any further: a [`CredentialSource`] gives those that services are shown, either
//! [signed](CredentialSigner) by the server or [exchanged](TokenExchange) at the provider.
//!
//! ```
//! use std::sync::Arc;
//!
//! use http::{HeaderMap, Method, Uri};
//! use identity::{
//!     ApiKeySignIn, ExposeSecret as _, KeyFile, KeyOrder, KeyPrefix, KeyRing, RequestHead, Scopes, SignIn as _,
//!     Clock,
//! };
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("keys.json");
//! let clock = Clock::default();
//! let file = KeyFile::new(path, KeyPrefix::new("shopd").ok_or("a prefix is lower case")?);
//! let scopes = Scopes::parse("stock:read").ok_or("a scope has no quotes")?;
//! let order = KeyOrder { device: "shelf-3".to_owned(), label: String::new(), scopes, expires: None };
//! let issued = file.issue(order, clock.now())?;
//!
//! let sign_in = ApiKeySignIn::new(Arc::new(KeyRing::open(file)?), clock);
//! let mut headers = HeaderMap::new();
//! headers.insert("x-api-key", issued.key.expose_secret().parse()?);
//! let (method, uri) = (Method::POST, Uri::from_static("/graphql"));
//! let principal = sign_in.sign_in(RequestHead::new(&method, &uri, &headers)).await;
//! assert!(principal.is_ok_and(|it| it.kind() == "device" && it.scopes().has("stock:read")));
//!
//! headers.insert("x-api-key", "shopd_made_up".parse()?);
//! let challenge = sign_in.sign_in(RequestHead::new(&method, &uri, &headers)).await.unwrap_err();
//! assert_eq!(challenge.status(), 401);
//! # Ok(())
//! # }
//! ```
//!
//! A server runs [`SignIn::maintain`] beside its requests: it loads keys and looks for changes of files. Times in
//! credentials are compared with a [`Clock`], intervals follow tokio's clock, so that tests run on a paused one.
//!
//! Next: `tests/access_token/bad.rs` lists the tokens that are rejected, `tests/access_token/dpop/bad.rs` the proofs; `tests/access_token/keys.rs` shows the keys of
//! an issuer through rotation and outage, `tests/api_key/changes.rs` those of devices. `tests/oidc/login.rs` follows a browser through a login.

mod access_token;
mod algorithm;
mod api_key;
mod authorization;
mod challenge;
mod claims;
mod client_secret;
mod clock;
mod credential;
mod http_client;
mod jwks;
mod jwt;
mod no_sign_in;
mod oidc;
mod principal;
mod scopes;
mod secret;
mod session;
mod sign_in;

pub use access_token::{AccessTokenSettings, AccessTokenSignIn, DpopSettings};
pub use algorithm::Algorithm;
pub use api_key::{
    ApiKeySignIn, IssuedKey, KeyFile, KeyFileError, KeyOrder, KeyPrefix, KeyReport, KeyRing, KeyState,
};
pub use challenge::{Challenge, ChallengeKind};
pub use claims::Claims;
pub use clock::Clock;
pub use credential::{
    Credential, CredentialKeyError, CredentialSigner, CredentialSource, ExchangeError, ExchangeSettings,
    NoCredential, TokenExchange,
};
pub use jwks::{
    HttpKeySource, HttpKeySourceError, Jwks, JwksSettings, KeySource, KeySourceError, trusted_roots,
};
pub use no_sign_in::NoSignIn;
pub use oidc::{OidcError, OidcSettings, OidcSignIn};
pub use principal::{Actor, Principal};
pub use scopes::Scopes;
pub use secret::{ExposeSecret, SecretString};
pub use session::{Session, SessionError, SessionHandle, SessionId, SessionSettings, Sessions};
pub use sign_in::{RequestHead, SignIn, SignedIn, SigningIn, signed_in};
