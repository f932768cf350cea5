//! Settings of a sign-in with OIDC.

use std::time::Duration;

use crate::jwks::JwksSettings;
use crate::secret::SecretString;

/// The provider at which users sign in, and this server as its client.
#[derive(Clone, Debug)]
pub struct OidcSettings {
    /// Issuer (`iss`), under which the provider publishes its metadata; compared character by character.
    pub issuer: String,
    /// Identifier of this server at the provider.
    pub client_id: String,
    /// Secret of this server at the provider; `None` for a public client.
    pub client_secret: Option<SecretString>,
    /// URL of `/auth/callback` as browsers reach it, which the provider has registered.
    pub redirect_uri: String,
    /// Scopes that are asked for beside `openid`, such as `offline_access`, without which some providers give no refresh
    /// token.
    pub scopes: Vec<String>,
    /// Origins to which a browser may return after a login. A `return_to` that is a path is one of the first.
    pub return_origins: Vec<String>,
    /// URL to which the provider sends a browser after a logout, which it has registered; `None` to stay there.
    pub after_logout: Option<String>,
    /// True if visitors without an account are known by an id of their browser.
    pub visitors: bool,
    /// True if a session is of use only while the access token behind it is good, since it is exchanged for credentials.
    pub needs_tokens: bool,
    /// Times at which the metadata and keys of the provider are loaded.
    pub keys: JwksSettings,
    /// Time that a request to the provider may take.
    pub timeout: Duration,
    /// Shortest time between two attempts to refresh the tokens of a session while the provider cannot be reached.
    pub cool_down: Duration,
}

impl OidcSettings {
    /// Creates the settings of a public client that asks for `openid` alone and knows no visitors, with browsers that return
    /// to `origin`, 5 s for a request to the provider, and 30 s between attempts to refresh.
    pub fn new(
        issuer: impl Into<String>,
        client_id: impl Into<String>,
        redirect_uri: impl Into<String>,
        origin: impl Into<String>,
    ) -> Self {
        Self {
            issuer: issuer.into(),
            client_id: client_id.into(),
            client_secret: None,
            redirect_uri: redirect_uri.into(),
            scopes: Vec::new(),
            return_origins: vec![origin.into()],
            after_logout: None,
            visitors: false,
            needs_tokens: false,
            keys: JwksSettings::default(),
            timeout: Duration::from_secs(5),
            cool_down: Duration::from_secs(30),
        }
    }
}
