//! The credentials that services are shown, made of the settings of a server.

use std::path::Path;
use std::time::Duration;

use gateway::Credentials;
use identity::{CredentialSigner, ExchangeError, ExchangeSettings, TokenExchange, trusted_roots};

use super::pem;
use crate::config::{Config, ConfigError, Secret};

const PRIVATE_KEY: &str = "credential.private_key";
const PUBLISHED_KEYS: &str = "credential.published_keys";
const TOKEN_ENDPOINT: &str = "credential.token_endpoint";

/// Time that an exchange may take. A request waits no longer for it than for the call.
const EXCHANGE_TIMEOUT: Duration = Duration::from_secs(2);

/// Makes the credentials of the BFF of this name. `brings_tokens` is true if each of its principals has a token to exchange.
pub(crate) fn credentials(
    config: &Config,
    name: &'static str,
    brings_tokens: bool,
) -> Result<Credentials, ConfigError> {
    let audience = config.credential.audience.as_deref();
    if audience == Some(config.sign_in.audience.as_deref().unwrap_or(name)) {
        let problem =
            "must not be that of the tokens of clients: a service could sign in with what it is shown";
        return Err(ConfigError::new("credential.audience", problem));
    }
    let signer = signer(config, name)?;
    let Some(endpoint) = &config.credential.token_endpoint else {
        // The checks of the configuration let none by without a key.
        let signer = signer.ok_or_else(|| ConfigError::new("credential.key", "must be set"))?;
        return Ok(Credentials::new(name, signer, audience));
    };
    let exchange = exchange(config, name, endpoint)?;
    let exchange = match signer {
        Some(signer) => exchange.with_signer(signer),
        None if brings_tokens => exchange,
        None => {
            let problem = "must be set beside credential.token_endpoint: not every principal of this client has a \
                           token to exchange";
            return Err(ConfigError::new(PRIVATE_KEY, problem));
        }
    };
    Ok(Credentials::new(name, exchange, audience))
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
