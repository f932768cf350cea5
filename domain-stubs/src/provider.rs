//! The identity provider of the shop, for development and tests: it signs in whoever asks, as whichever demo user they
//! choose, and shows no mercy to protocol errors.
//!
//! It speaks OIDC and OAuth 2: discovery, code flow with PKCE, refresh with rotation, token exchange, client
//! credentials, revocation and logout. Codes, grants and sessions are kept in memory, a limited number of each. This is
//! not production code: the secrets of its clients are public by default, and it accepts no connection from another
//! machine unless it is told to.
//!
//! ```
//! use domain_stubs::provider::{Provider, ProviderOptions};
//! use tokio::net::TcpListener;
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let listener = TcpListener::bind("127.0.0.1:0").await?;
//! let issuer = format!("http://{}", listener.local_addr()?);
//! let provider = Provider::new(ProviderOptions { issuer, ..ProviderOptions::default() })?;
//!
//! // A token for the BFF of the phone app, without a browser.
//! let token = provider.phone_token("user-ada-lindqvist", "openid orders:read");
//! assert_eq!(token.split('.').count(), 3);
//!
//! // Serves discovery, keys and all flows until the future is ready: here, at once.
//! provider.serve(listener, async {}).await?;
//! # Ok(())
//! # }
//! ```

mod authority;
mod bounded;
mod claims;
mod client;
mod codes;
mod endpoints;
mod error;
mod grants;
mod keys;
mod options;
mod parameters;
mod random;
mod scopes;
mod server;
mod sessions;
mod users;

use std::{fmt, future::Future, io, sync::Arc};

use axum::serve::Listener;

use self::{
    authority::{Authority, NewToken},
    scopes::Scopes,
};
pub use self::{
    client::{Client, DEVELOPMENT_CLIENT_SECRET, PHONE, PHONE_REDIRECT_URI, WEB_REDIRECT_URI},
    options::{ProviderError, ProviderOptions},
};

/// The identity provider. Cheap to clone; clones share keys and state.
#[derive(Clone)]
pub struct Provider(Arc<Authority>);

impl Provider {
    /// Creates a provider with a new key.
    pub fn new(options: ProviderOptions) -> Result<Self, ProviderError> {
        Ok(Self(Arc::new(Authority::new(options)?)))
    }

    /// The issuer of its tokens (`iss`).
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// Signs an access token of the phone app for any user, as a sign-in would return it. The scopes are separated by
    /// spaces. The token cannot be refreshed or revoked; it lives for
    /// [`phone_token_lifetime`](ProviderOptions::phone_token_lifetime).
    ///
    /// # Panics
    /// If the scopes are malformed (RFC 6749, section 3.3).
    #[must_use]
    pub fn phone_token(&self, user: &str, scopes: &str) -> String {
        self.token_of_phone(user, scopes, None)
    }

    /// Signs such a token that is bound to a key of the phone (RFC 9449, section 6.1), by the thumbprint of that key
    /// (RFC 7638).
    ///
    /// # Panics
    /// If the scopes are malformed (RFC 6749, section 3.3).
    #[must_use]
    pub fn bound_phone_token(&self, user: &str, scopes: &str, thumbprint: &str) -> String {
        self.token_of_phone(user, scopes, Some(thumbprint))
    }

    fn token_of_phone(&self, user: &str, scopes: &str, bound_to: Option<&str>) -> String {
        let scopes = Scopes::parse(scopes).expect("scopes are printable ASCII without quotes");
        self.0.sign(&NewToken {
            subject: user,
            client: PHONE,
            audience: "bff-mobile",
            scopes: &scopes,
            actor: None,
            grant: None,
            bound_to,
            lifetime: self.0.phone_token_lifetime,
        })
    }

    /// Signs a user in as if they had been chosen on the page that this URL of the authorization endpoint opens. Returns
    /// the URL to which the browser then goes, with a code; `None` if it stays at the provider, since the request is not
    /// a good one or there is no such user.
    #[must_use]
    pub fn choose(&self, authorization: &str, user: &str) -> Option<String> {
        endpoints::authorize::choose(&self.0, authorization, user)
    }

    /// Signs with a new key from now on. The key that signed until now stays in the key set until the next rotation, or
    /// until [`retire_key`](Self::retire_key).
    pub fn rotate_key(&self) {
        self.0.keys.rotate();
    }

    /// Takes the key that signed before the last rotation out of the key set. Its tokens are no longer accepted.
    pub fn retire_key(&self) {
        self.0.keys.retire();
    }

    /// The key set (RFC 7517) as `/jwks` returns it, in JSON.
    #[must_use]
    pub fn jwks(&self) -> String {
        self.0.keys.jwks().to_string()
    }

    /// Serves connections of any kind until `shutdown` is ready and every connection has ended. One provider may be
    /// served several times.
    ///
    /// # Errors
    /// `PermissionDenied` for a listener at an IP address that other machines can reach, unless
    /// [`allow_remote`](ProviderOptions::allow_remote) is set.
    pub async fn serve<L: Listener<Addr: fmt::Debug>>(
        &self,
        listener: L,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        server::serve(Arc::clone(&self.0), listener, shutdown).await
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider").field("issuer", &self.0.issuer).finish_non_exhaustive()
    }
}
