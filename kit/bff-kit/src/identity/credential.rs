//! The internal credential: how the services know which BFF asks, and for whom.

use std::fmt;

use jiff::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;
use tonic::metadata::{Ascii, MetadataValue};

use super::Principal;
use crate::error::Error;

/// The key BFFs sign with, and the domain's stubs verify with, where none is configured. Refused in production.
pub const DEVELOPMENT_CREDENTIAL_KEY: &str = "shop-development-credential-key-not-for-production";

/// How long a credential is good for, in seconds: longer than any request, too short to be worth stealing.
const LIFETIME_S: i64 = 60;

/// Signs short-lived credentials: JSON Web Tokens (RFC 7519) with `iss` the BFF, `aud` the shop, and `sub` and
/// `actor` the caller, if any. No token of a client ever goes into one.
#[derive(Clone)]
pub struct CredentialKey {
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
    /// A key shared with the services, for the BFF named `issuer`.
    #[must_use]
    pub fn new(secret: &str, issuer: &'static str) -> Self {
        Self { key: EncodingKey::from_secret(secret.as_bytes()), issuer }
    }

    /// The `authorization` of calls made for `caller`, good from now on by the machine's clock, which is what the
    /// services compare it with.
    pub(crate) fn sign(&self, caller: &Principal) -> Result<MetadataValue<Ascii>, Error> {
        let (sub, actor) = match caller {
            Principal::Anonymous => (None, None),
            Principal::User(id) => (Some(&**id), Some("user")),
            Principal::Device(id) => (Some(&**id), Some("device")),
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
