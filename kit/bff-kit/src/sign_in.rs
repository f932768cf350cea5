//! The sign-ins of the kit, made of the settings of a server.

use std::sync::Arc;

use identity::{
    AccessTokenSettings, AccessTokenSignIn, ApiKeySignIn, Clock, DpopSettings, HttpKeySource, Jwks,
    JwksSettings, KeyFile, KeyPrefix, KeyRing, NoSignIn, OidcError, OidcSettings, OidcSignIn,
    SessionSettings, Sessions, SignIn, trusted_roots,
};
use store::Store;

use crate::config::{Config, ConfigError, Mode, Secret};

/// A sign-in, as a server holds it.
pub type AnySignIn = Box<dyn SignIn>;

/// The settings of a server, of which its client makes its sign-in.
#[derive(Clone, Copy, Debug)]
pub struct SignInSetup<'a> {
    client: &'static str,
    key_prefix: Option<&'static str>,
    config: &'a Config,
    clock: &'a Clock,
    store: &'a Arc<dyn Store>,
}

impl<'a> SignInSetup<'a> {
    pub(crate) const fn new(
        client: &'static str,
        key_prefix: Option<&'static str>,
        config: &'a Config,
        clock: &'a Clock,
        store: &'a Arc<dyn Store>,
    ) -> Self {
        Self { client, key_prefix, config, clock, store }
    }

    /// Returns the users of the server.
    #[must_use]
    pub const fn mode(&self) -> Mode {
        self.config.mode
    }

    /// Returns the clock with which times in credentials are compared.
    #[must_use]
    pub const fn clock(&self) -> &Clock {
        self.clock
    }

    /// Returns the store that all replicas of the server share.
    #[must_use]
    pub const fn store(&self) -> &Arc<dyn Store> {
        self.store
    }

    /// Returns the sign-in with access tokens of the issuer in `sign_in.issuer`. Without that setting, nobody can sign in
    /// at a server in development. With `sign_in.dpop`, tokens must be bound to a key.
    ///
    /// # Errors
    /// A setting is missing or cannot be used.
    pub fn access_tokens(&self) -> Result<AnySignIn, ConfigError> {
        let settings = &self.config.sign_in;
        let Some(issuer) = &settings.issuer else {
            return self.nobody("sign_in.issuer", "the issuer of the access tokens");
        };
        let jwks = settings.jwks.as_deref();
        let jwks = jwks.ok_or_else(|| missing("sign_in.jwks"))?;
        let source = HttpKeySource::new(jwks, self.roots()?);
        let source = source.map_err(|error| ConfigError::new("sign_in.jwks", error.to_string()))?;
        let audience = settings.audience.as_deref().unwrap_or(self.client);
        let tokens = AccessTokenSettings::new(issuer, audience);
        let jwks = Jwks::new(source, JwksSettings::default());
        let sign_in = AccessTokenSignIn::new(tokens, jwks, self.clock.clone());
        Ok(match &settings.dpop {
            Some(origin) => Box::new(sign_in.with_dpop(DpopSettings::new(origin), self.store.clone())),
            None => Box::new(sign_in),
        })
    }

    /// Returns the sign-in of browsers at the OIDC provider in `sign_in.issuer`, with sessions in the store. Without that
    /// setting, nobody can sign in at a server in development.
    ///
    /// # Errors
    /// A setting is missing or cannot be used.
    pub fn browser_sessions(&self) -> Result<AnySignIn, ConfigError> {
        self.browsers(false)
    }

    /// Returns the sign-in of browsers, of which those without an account can be known as visitors.
    ///
    /// # Errors
    /// A setting is missing or cannot be used.
    pub fn browser_sessions_and_visitors(&self) -> Result<AnySignIn, ConfigError> {
        self.browsers(true)
    }

    fn browsers(&self, visitors: bool) -> Result<AnySignIn, ConfigError> {
        let Config { sign_in: settings, server, .. } = self.config;
        let Some(issuer) = &settings.issuer else {
            return self.nobody("sign_in.issuer", "the OIDC provider at which users sign in");
        };
        let callback = settings.callback.as_ref().ok_or_else(|| missing("sign_in.callback"))?;
        let own = callback.strip_suffix(CALLBACK).ok_or_else(|| {
            ConfigError::new("sign_in.callback", format!("`{callback}` does not end in `{CALLBACK}`"))
        })?;
        let client_id = settings.client_id.as_deref().unwrap_or(self.client);
        let mut oidc = OidcSettings::new(issuer, client_id, callback, own);
        oidc.client_secret = settings.client_secret.as_ref().map(|secret| Secret::expose(secret).into());
        oidc.scopes.clone_from(&settings.scopes);
        let pages = server.public_origins.iter().chain(&server.allowed_origins);
        oidc.return_origins.extend(pages.filter(|origin| is_of_pages(origin)).cloned());
        oidc.after_logout.clone_from(&settings.after_logout);
        oidc.visitors = visitors;
        oidc.needs_tokens = self.config.credential.token_endpoint.is_some();
        let sessions = Sessions::new(self.store.clone(), SessionSettings::default(), self.clock.clone());
        let sign_in = OidcSignIn::new(oidc, sessions, self.roots()?).map_err(|error| {
            let key = if error == OidcError::Scope { "sign_in.scopes" } else { "sign_in" };
            ConfigError::new(key, error.to_string())
        })?;
        Ok(Box::new(sign_in))
    }

    /// Returns the sign-in with the API keys of the file in `sign_in.keys`. Without that setting, nobody can sign in at a
    /// server in development.
    ///
    /// # Errors
    /// The setting is missing, or the file cannot be used.
    pub fn api_keys(&self) -> Result<AnySignIn, ConfigError> {
        let Some(file) = key_file(self.key_prefix, self.config)? else {
            return self.nobody("sign_in.keys", "the file of the API keys");
        };
        let keys =
            KeyRing::open(file).map_err(|error| ConfigError::new("sign_in.keys", error.to_string()))?;
        Ok(Box::new(ApiKeySignIn::new(Arc::new(keys), self.clock.clone())))
    }

    fn roots(&self) -> Result<rustls::RootCertStore, ConfigError> {
        let roots = trusted_roots(self.config.sign_in.ca.as_deref());
        roots.map_err(|error| ConfigError::new("sign_in.ca", error.to_string()))
    }

    fn nobody(&self, key: &str, what: &str) -> Result<AnySignIn, ConfigError> {
        match self.config.mode {
            Mode::Development => Ok(Box::new(NoSignIn)),
            Mode::Production => Err(ConfigError::new(key, format!("must be set in production, to {what}"))),
        }
    }
}

/// Path of the route to which the provider sends browsers back.
const CALLBACK: &str = "/auth/callback";

/// Returns true for an origin whose pages a browser trusts with a session: over TLS, or of this machine.
fn is_of_pages(origin: &str) -> bool {
    let of_this_machine = ["http://localhost", "http://127.0.0.1", "http://[::1]"];
    let is_it =
        |it: &str| origin.strip_prefix(it).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'));
    origin.starts_with("https://") || of_this_machine.into_iter().any(is_it)
}

fn missing(key: &str) -> ConfigError {
    ConfigError::new(key, "must be set beside sign_in.issuer")
}

/// Returns the file of a client's API keys; `None` if none is set.
pub(crate) fn key_file(
    prefix: Option<&'static str>,
    config: &Config,
) -> Result<Option<KeyFile>, ConfigError> {
    let Some(path) = &config.sign_in.keys else { return Ok(None) };
    let prefix = prefix.and_then(KeyPrefix::new);
    let prefix = prefix.ok_or_else(|| ConfigError::new("sign_in.keys", "this client has no API keys"))?;
    Ok(Some(KeyFile::new(path, prefix)))
}
