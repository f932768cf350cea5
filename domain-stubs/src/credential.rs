//! The internal credential: who calls the domain, and in whose name. A BFF signs it for each call.

use std::fmt;

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::{Deserialize, Serialize};

use crate::{clock::Clock, refusal::Refusal};

/// Signs and verifies credentials where nothing needs protection. Everybody can read it here.
pub const DEVELOPMENT_CREDENTIAL_KEY: &str = "shop-development-credential-key-not-for-production";

/// Shortest key that the program takes, in bytes: as long as what HMAC-SHA-256 makes of it (RFC 7518 §3.2).
pub const MIN_KEY_BYTES: usize = 32;

/// The audience (`aud`) of every credential.
pub const AUDIENCE: &str = "shop";

/// Seconds a credential is accepted after its end, because clocks differ.
const LEEWAY_SECONDS: i64 = 5;

/// What a credential states: the claims of a JWT (RFC 7519), signed with HS256.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The BFF that calls, such as "bff-mobile".
    pub iss: String,
    /// Always [`AUDIENCE`].
    pub aud: String,
    /// The user or device in whose name it calls; absent when it calls in nobody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    /// What the subject is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<Actor>,
    /// When it was issued, in seconds since 1970.
    pub iat: i64,
    /// When it ends, in seconds since 1970.
    pub exp: i64,
}

/// What a subject is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Actor {
    /// A person with an account.
    User,
    /// A device of the shop.
    Device,
}

/// Who makes a call, as its verified credential states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The BFF that calls, such as "bff-mobile".
    pub issuer: String,
    /// The user or device in whose name it calls.
    pub subject: Option<String>,
    /// What the subject is.
    pub actor: Option<Actor>,
}

impl Caller {
    /// The acting user; `None` for devices and for calls in nobody's name.
    #[must_use]
    pub fn user(&self) -> Option<&str> {
        self.subject.as_deref().filter(|_| self.actor == Some(Actor::User))
    }

    /// The acting device; `None` for users and for calls in nobody's name.
    #[must_use]
    pub fn device(&self) -> Option<&str> {
        self.subject.as_deref().filter(|_| self.actor == Some(Actor::Device))
    }

    /// The acting user of a request, which must have one.
    pub(crate) fn acting_user(extensions: &tonic::Extensions) -> Result<String, Refusal> {
        let user = Self::of(extensions)?.user();
        let nobody = || Refusal::unauthenticated("USER_REQUIRED", "this is done in the name of a user");
        user.map(str::to_owned).ok_or_else(nobody)
    }

    /// The caller of a request that came through the verification.
    pub(crate) fn of(extensions: &tonic::Extensions) -> Result<&Self, Refusal> {
        extensions.get().ok_or_else(|| Refusal::internal(&"a service is not behind the verification"))
    }
}

/// Verifies credentials with one key.
pub(crate) struct Verifier {
    key: DecodingKey,
    validation: Validation,
    clock: Clock,
}

impl Verifier {
    pub(crate) fn new(key: &str, clock: Clock) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["aud", "exp", "iss"]);
        // The library asks the machine's clock; `verify` asks ours.
        validation.validate_exp = false;
        Self { key: DecodingKey::from_secret(key.as_bytes()), validation, clock }
    }

    /// Reads and verifies `authorization: Bearer <JWT>`.
    pub(crate) fn verify(&self, headers: &http::HeaderMap) -> Result<Caller, Refusal> {
        let header = headers.get(http::header::AUTHORIZATION).ok_or_else(|| {
            Refusal::unauthenticated("CREDENTIAL_MISSING", "the call carries no credential")
        })?;
        let token =
            header.to_str().ok().and_then(|value| value.strip_prefix("Bearer ")).ok_or_else(|| {
                Refusal::unauthenticated("CREDENTIAL_INVALID", "the credential is not a bearer token")
            })?;
        let claims = jsonwebtoken::decode::<Claims>(token, &self.key, &self.validation)
            .map_err(|error| {
                Refusal::unauthenticated("CREDENTIAL_INVALID", format!("the credential is invalid: {error}"))
            })?
            .claims;
        if claims.exp.saturating_add(LEEWAY_SECONDS) < self.clock.now().as_second() {
            return Err(Refusal::unauthenticated("CREDENTIAL_EXPIRED", "the credential has expired"));
        }
        Ok(Caller { issuer: claims.iss, subject: claims.sub, actor: claims.actor })
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier").finish_non_exhaustive()
    }
}
