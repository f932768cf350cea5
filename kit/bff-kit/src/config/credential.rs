//! Settings of the credential shown to the services.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use settings::Secret;

/// Key with which BFFs sign, and the domain's stubs verify, if none is configured. Not accepted in production.
pub(super) const DEVELOPMENT_CREDENTIAL_KEY: &str = "shop-development-credential-key-not-for-production";

/// The credential shown to the services.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct CredentialConfig {
    /// PEM file of the private key that the credential shown to the services is signed with, in PKCS#8: Ed25519 (`EdDSA`)
    /// or P-256 (ES256). They verify it with the key set at `/.well-known/jwks.json`. Must be set in production, or
    /// `credential.key` in its place.
    #[schemars(extend("format" = "path"))]
    pub private_key: Option<PathBuf>,
    /// Key that the credential is signed with where the services share it (HS256), of 32 bytes or more: each of them can
    /// then sign as well. In development it is one that everybody can read when both are absent.
    pub key: Option<Secret>,
}
