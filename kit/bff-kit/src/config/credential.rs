//! Settings of the credentials shown to the services.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use settings::Secret;

/// Key with which BFFs sign, and the domain's stubs verify, if none is configured. Not accepted in production.
pub(super) const DEVELOPMENT_CREDENTIAL_KEY: &str = "shop-development-credential-key-not-for-production";

/// Length of the shortest key in production, in bytes: the output size of HMAC-SHA-256 (RFC 7518 §3.2).
pub(crate) const MIN_KEY_BYTES: usize = 32;

/// The credentials shown to the services.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct CredentialConfig {
    /// Token endpoint of the identity provider, such as `https://id.shop.example/token`: services are shown tokens that it
    /// gives in exchange for those of clients (RFC 8693), and for nobody those of this server itself. Needs
    /// `sign_in.client_secret`. This server signs where a provider exchanges no tokens, and for visitors and
    /// devices.
    #[schemars(extend("format" = "URL"))]
    pub token_endpoint: Option<String>,
    /// Audience of the credentials (`aud`), if one is for all services; otherwise each is for the service that it is shown
    /// to, by its full name, such as `"shop.carts.v1.CartService"`.
    pub audience: Option<String>,
    /// PEM file of the private key that the credentials shown to the services are signed with, in PKCS#8: Ed25519
    /// (`EdDSA`) or P-256 (ES256). They verify them with the key set at `/.well-known/jwks.json`. Must be set in
    /// production, or `credential.key` or `credential.token_endpoint` in its place, unless the client brings credentials
    /// of its own.
    #[schemars(extend("format" = "path"))]
    pub private_key: Option<PathBuf>,
    /// PEM files of other private keys whose public parts are published as well: of the one that is to sign next, before it
    /// does, and of the one that signed before, for a minute more.
    pub published_keys: Vec<PathBuf>,
    /// Key that the credentials are signed with where the services share it (HS256), of 32 bytes or more: each of them can
    /// then sign as well. In development it is one that everybody can read when no key is set.
    pub key: Option<Secret>,
}
