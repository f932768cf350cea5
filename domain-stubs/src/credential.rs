//! The internal credential: who calls the domain, and in whose name. A BFF signs it for each call.

mod verifier;

use serde::{Deserialize, Serialize};

pub(crate) use self::verifier::Verifier;
use crate::refusal::Refusal;

/// Signs and verifies credentials where nothing needs protection. Everybody can read it here.
pub const DEVELOPMENT_CREDENTIAL_KEY: &str = "shop-development-credential-key-not-for-production";

/// Shortest key that the program takes, in bytes: as long as what HMAC-SHA-256 makes of it (RFC 7518 §3.2).
pub const MIN_KEY_BYTES: usize = 32;

/// The audience (`aud`) of every credential.
pub const AUDIENCE: &str = "shop";

/// The issuers (`iss`) that are known unless others are told: the BFFs of the shop.
pub const ISSUERS: [&str; 3] = ["bff-mobile", "bff-web", "bff-iot"];

/// The type (`typ`) of every credential, in its header.
const TYPE: &str = "JWT";

/// Longest time a credential may be for, in seconds from `iat` to `exp`: as long as BFFs sign them for.
pub const MAX_LIFETIME_SECONDS: i64 = 60;

/// Seconds a credential is accepted before its beginning and after its end, because clocks differ.
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
    /// When it begins, in seconds since 1970; when it was issued, where it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nbf: Option<i64>,
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
