//! The internal credential, which tells services the calling BFF and its principal.

use std::fmt;

use jiff::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;
use tonic::metadata::{Ascii, MetadataValue};

use identity::{Actor, Principal};
use resolver::Error;

/// Key with which BFFs sign, and the domain's stubs verify, if none is configured. Not accepted in production.
pub(crate) const DEVELOPMENT_CREDENTIAL_KEY: &str = "shop-development-credential-key-not-for-production";

/// Lifetime of a credential, in seconds: longer than any request, too short to be worth stealing.
const LIFETIME_S: i64 = 60;

/// Signs short-lived credentials: JSON Web Tokens (RFC 7519) with `iss` the BFF, `aud` the shop, and `sub` and `actor`
/// the principal, if any. No token of a client ever goes into one.
#[derive(Clone)]
pub(crate) struct CredentialKey {
    key: EncodingKey,
    issuer: &'static str,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    aud: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    actor: Option<&'a str>,
    iat: i64,
    exp: i64,
}

impl CredentialKey {
    /// Creates a key from a secret shared with the services, for the BFF named `issuer`.
    #[must_use]
    pub(crate) fn new(secret: &str, issuer: &'static str) -> Self {
        Self { key: EncodingKey::from_secret(secret.as_bytes()), issuer }
    }

    /// Returns the name of the BFF.
    pub(crate) const fn issuer(&self) -> &'static str {
        self.issuer
    }

    /// Signs the `authorization` of calls made for `principal`, valid from now on by the system clock, with which the
    /// services compare it.
    pub(crate) fn sign(&self, principal: &Principal) -> Result<MetadataValue<Ascii>, Error> {
        let (sub, actor) = match principal.actor() {
            Actor::Anonymous => (None, None),
            Actor::User(id) => (Some(&**id), Some("user")),
            Actor::Device(id) => (Some(&**id), Some("device")),
        };
        let iat = Timestamp::now().as_second();
        let claims = Claims { iss: self.issuer, aud: "shop", sub, actor, iat, exp: iat + LIFETIME_S };
        let token = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.key)
            .map_err(|error| Error::internal(format!("the credential could not be signed: {error}")))?;
        format!("Bearer {token}").parse().map_err(|_| Error::internal("the credential is not a header value"))
    }
}

impl fmt::Debug for CredentialKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("CredentialKey").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}
