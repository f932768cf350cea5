//! The sign-ins of the kit, made of the settings of a server.

use std::sync::Arc;

use identity::{
    AccessTokenSettings, AccessTokenSignIn, ApiKeySignIn, Clock, HttpKeySource, Jwks, JwksSettings, KeyFile,
    KeyPrefix, KeyRing, SignIn, trusted_roots,
};

use crate::config::{Config, ConfigError, Mode};
use crate::development::Development;

/// A sign-in, as a server holds it.
pub type AnySignIn = Box<dyn SignIn>;

/// The settings of a server, of which its client makes its sign-in.
#[derive(Clone, Copy, Debug)]
pub struct SignInSetup<'a> {
    client: &'static str,
    key_prefix: Option<&'static str>,
    config: &'a Config,
    clock: &'a Clock,
}

impl<'a> SignInSetup<'a> {
    pub(crate) const fn new(
        client: &'static str,
        key_prefix: Option<&'static str>,
        config: &'a Config,
        clock: &'a Clock,
    ) -> Self {
        Self { client, key_prefix, config, clock }
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

    /// Returns the sign-in with access tokens of the issuer in `sign_in.issuer`. Without that setting, a server in
    /// development trusts the header `x-user-id`.
    ///
    /// # Errors
    /// A setting is missing or cannot be used.
    pub fn access_tokens(&self) -> Result<AnySignIn, ConfigError> {
        let settings = &self.config.sign_in;
        let Some(issuer) = &settings.issuer else {
            return self.in_development(
                Development::user,
                "sign_in.issuer",
                "the issuer of the access tokens",
            );
        };
        let jwks = settings.jwks.as_deref();
        let jwks =
            jwks.ok_or_else(|| ConfigError::new("sign_in.jwks", "must be set beside sign_in.issuer"))?;
        let roots = trusted_roots(settings.ca.as_deref());
        let roots = roots.map_err(|error| ConfigError::new("sign_in.ca", error.to_string()))?;
        let source = HttpKeySource::new(jwks, roots);
        let source = source.map_err(|error| ConfigError::new("sign_in.jwks", error.to_string()))?;
        let audience = settings.audience.as_deref().unwrap_or(self.client);
        let tokens = AccessTokenSettings::new(issuer, audience);
        Ok(Box::new(AccessTokenSignIn::new(
            tokens,
            Jwks::new(source, JwksSettings::default()),
            self.clock.clone(),
        )))
    }

    /// Returns the sign-in with the API keys of the file in `sign_in.keys`. Without that setting, a server in development
    /// trusts the header `x-device-id`.
    ///
    /// # Errors
    /// The setting is missing, or the file cannot be used.
    pub fn api_keys(&self) -> Result<AnySignIn, ConfigError> {
        let Some(file) = key_file(self.key_prefix, self.config)? else {
            return self.in_development(Development::device, "sign_in.keys", "the file of the API keys");
        };
        let keys =
            KeyRing::open(file).map_err(|error| ConfigError::new("sign_in.keys", error.to_string()))?;
        Ok(Box::new(ApiKeySignIn::new(Arc::new(keys), self.clock.clone())))
    }

    fn in_development(
        &self,
        sign_in: fn(Mode) -> Development,
        key: &str,
        what: &str,
    ) -> Result<AnySignIn, ConfigError> {
        match self.config.mode {
            Mode::Development => Ok(Box::new(sign_in(Mode::Development))),
            Mode::Production => Err(ConfigError::new(key, format!("must be set in production, to {what}"))),
        }
    }
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
