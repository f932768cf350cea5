//! The sources of the credentials that services are shown, made of the settings of a server.

use std::path::Path;
use std::time::Duration;

use identity::{
    CredentialSigner, CredentialSource, ExchangeError, ExchangeSettings, TokenExchange, trusted_roots,
};

use crate::config::{Config, ConfigError, MIN_KEY_BYTES, Mode, Secret};
use crate::pem;

const PRIVATE_KEY: &str = "credential.private_key";
const PUBLISHED_KEYS: &str = "credential.published_keys";
const TOKEN_ENDPOINT: &str = "credential.token_endpoint";

/// Time that an exchange may take. A request waits no longer for it than for the call.
const EXCHANGE_TIMEOUT: Duration = Duration::from_secs(2);

/// The source of the credentials of a client.
pub type AnyCredentialSource = Box<dyn CredentialSource>;

/// The settings of a server from which the source of its credentials is made.
#[derive(Debug)]
pub struct CredentialSetup<'a> {
    config: &'a Config,
    name: &'static str,
    brings_tokens: bool,
}

impl<'a> CredentialSetup<'a> {
    /// `brings_tokens` is true if each principal of the client has a token to exchange.
    pub(crate) const fn new(config: &'a Config, name: &'static str, brings_tokens: bool) -> Self {
        Self { config, name, brings_tokens }
    }

    /// Returns the users of the server.
    #[must_use]
    pub const fn mode(&self) -> Mode {
        self.config.mode
    }

    /// Returns the source that the section `credential` describes: tokens that this server signs, or that a provider gives in
    /// exchange for those of clients.
    ///
    /// # Errors
    /// A setting is missing or cannot be used.
    pub fn configured(&self) -> Result<AnyCredentialSource, ConfigError> {
        let Self { config, name, brings_tokens } = *self;
        let signer = signer(config, name)?;
        let Some(endpoint) = &config.credential.token_endpoint else {
            let signer = signer.ok_or_else(|| {
                let problem = format!(
                    "must be set in production, to a key of your own of {MIN_KEY_BYTES} bytes at least, or \
                     credential.private_key to a file, or credential.token_endpoint (for a first look, set mode to \
                     development)"
                );
                ConfigError::new("credential.key", problem)
            })?;
            return Ok(Box::new(signer));
        };
        let exchange = exchange(config, name, endpoint)?;
        match signer {
            Some(signer) => Ok(Box::new(exchange.with_signer(signer))),
            None if brings_tokens => Ok(Box::new(exchange)),
            None => {
                let problem = "must be set beside credential.token_endpoint: not every principal of this client \
                               has a token to exchange";
                Err(ConfigError::new(PRIVATE_KEY, problem))
            }
        }
    }
}

/// Makes the signer; `None` if there is no key to sign with.
fn signer(config: &Config, name: &'static str) -> Result<Option<CredentialSigner>, ConfigError> {
    let Some(path) = &config.credential.private_key else {
        return Ok(config.credential_key().map(|key| CredentialSigner::shared(key, name)));
    };
    let unusable = |key: &'static str, path: &Path| {
        let path = path.to_owned();
        move |error| ConfigError::new(key, format!("`{}` {error}", path.display()))
    };
    let key = pem::private_key(PRIVATE_KEY, path)?;
    let mut signer =
        CredentialSigner::private(key.secret_der(), name).map_err(unusable(PRIVATE_KEY, path))?;
    for path in &config.credential.published_keys {
        let key = pem::private_key(PUBLISHED_KEYS, path)?;
        signer = signer.publishing(key.secret_der()).map_err(unusable(PUBLISHED_KEYS, path))?;
    }
    Ok(Some(signer))
}

fn exchange(config: &Config, name: &str, endpoint: &str) -> Result<TokenExchange, ConfigError> {
    let sign_in = &config.sign_in;
    let secret = sign_in.client_secret.as_ref().ok_or_else(|| {
        let problem = "must be set beside credential.token_endpoint: the provider gives credentials to this server alone";
        ConfigError::new("sign_in.client_secret", problem)
    })?;
    let settings = ExchangeSettings {
        token_endpoint: endpoint.to_owned(),
        client_id: sign_in.client_id.clone().unwrap_or_else(|| name.to_owned()),
        client_secret: Secret::expose(secret).into(),
        timeout: EXCHANGE_TIMEOUT,
    };
    let roots = trusted_roots(sign_in.ca.as_deref());
    let roots = roots.map_err(|error| ConfigError::new("sign_in.ca", error.to_string()))?;
    TokenExchange::new(settings, roots).map_err(|error| match error {
        ExchangeError::TokenEndpoint(_) => ConfigError::new(TOKEN_ENDPOINT, format!("`{endpoint}`: {error}")),
        _ => ConfigError::new(TOKEN_ENDPOINT, error.to_string()),
    })
}
