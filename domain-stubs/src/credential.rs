//! The internal credential: it names the calling BFF, the user or device on whose behalf it calls, and the one service
//! that it is for. The BFF signs it, or has it from the identity provider in exchange for the token of a client.

mod exchanged;
mod key_set;
mod permissions;
mod verifier;

use serde::{Deserialize, Serialize};

pub use self::key_set::KeySet;
pub use self::permissions::{Permissions, PermissionsError};
pub(crate) use self::verifier::Verifier;
use crate::refusal::Refusal;

/// The key of credentials for development, where nothing needs protection. It is public.
pub const DEVELOPMENT_CREDENTIAL_KEY: &str = "shop-development-credential-key-not-for-production";

/// Shortest key that the program accepts, in bytes: the length of an HMAC-SHA-256 (RFC 7518 §3.2).
pub const MIN_KEY_BYTES: usize = 32;

/// The issuers (`iss`) that are accepted by default: the BFFs of the shop.
pub const ISSUERS: [&str; 3] = ["bff-mobile", "bff-web", "bff-iot"];

/// The type (`typ`) of the credentials that BFFs sign, in their header.
const TYPE: &str = "JWT";

/// Longest lifetime of a credential, in seconds from `iat` to `exp`: the lifetime that BFFs give theirs.
pub const MAX_LIFETIME_SECONDS: i64 = 60;

/// Seconds for which a credential is accepted before its beginning and after its end, because
/// clocks differ.
const LEEWAY_SECONDS: i64 = 5;

/// The claims of a credential that a BFF signs: a JWT (RFC 7519).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The calling BFF, such as "bff-mobile".
    pub iss: String,
    /// The service that it is for, by its full name, such as "shop.carts.v1.CartService".
    pub aud: String,
    /// The user or device on whose behalf it calls; absent without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    /// The kind of the subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<Actor>,
    /// Time of issue, in seconds since 1970.
    pub iat: i64,
    /// Time from which it is valid, in seconds since 1970; the time of issue when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nbf: Option<i64>,
    /// Time of expiry, in seconds since 1970.
    pub exp: i64,
}

/// The kind of a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Actor {
    /// A person with an account.
    User,
    /// A device of the shop.
    Device,
    /// A visitor without an account.
    Visitor,
}

/// The calling BFF and the principal of a call, as the verified credential names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The calling BFF, such as "bff-mobile".
    pub issuer: String,
    /// The acting user, device or visitor; `None` without one.
    pub subject: Option<String>,
    /// The kind of the subject.
    pub actor: Option<Actor>,
}

impl Caller {
    /// The acting user; `None` for a device and without a principal.
    #[must_use]
    pub fn user(&self) -> Option<&str> {
        self.subject.as_deref().filter(|_| self.actor == Some(Actor::User))
    }

    /// The acting visitor; `None` for a user or device, and without a principal.
    #[must_use]
    pub fn visitor(&self) -> Option<&str> {
        self.subject.as_deref().filter(|_| self.actor == Some(Actor::Visitor))
    }

    /// The acting device; `None` for a user and without a principal.
    #[must_use]
    pub fn device(&self) -> Option<&str> {
        self.subject.as_deref().filter(|_| self.actor == Some(Actor::Device))
    }

    /// The acting user of a request; `UNAUTHENTICATED` without one.
    pub(crate) fn acting_user(extensions: &tonic::Extensions) -> Result<String, Refusal> {
        let user = Self::of(extensions)?.user();
        let nobody = || Refusal::unauthenticated("USER_REQUIRED", "the credential names no user");
        user.map(str::to_owned).ok_or_else(nobody)
    }

    /// The contents of the verified credential of a request.
    pub(crate) fn of(extensions: &tonic::Extensions) -> Result<&Self, Refusal> {
        extensions.get().ok_or_else(|| Refusal::internal(&"a service is not behind the verification"))
    }
}
