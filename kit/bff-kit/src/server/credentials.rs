//! The signer of the credentials that services are shown, made of the settings of a server.

use identity::CredentialSigner;

use super::pem;
use crate::config::{Config, ConfigError};

/// Audience of the credentials (`aud`).
const AUDIENCE: &str = "shop";

const PRIVATE_KEY: &str = "credential.private_key";

/// Makes the signer of the BFF of this name.
pub(crate) fn signer(config: &Config, issuer: &'static str) -> Result<CredentialSigner, ConfigError> {
    let Some(path) = &config.credential.private_key else {
        return Ok(CredentialSigner::shared(config.credential_key(), issuer, AUDIENCE));
    };
    let key = pem::private_key(PRIVATE_KEY, path)?;
    CredentialSigner::private(key.secret_der(), issuer, AUDIENCE)
        .map_err(|error| ConfigError::new(PRIVATE_KEY, format!("`{}` {error}", path.display())))
}
