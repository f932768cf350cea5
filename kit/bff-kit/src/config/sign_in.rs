//! Settings of the sign-in.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The credentials that clients present. Each client has its own way to sign in, and needs the settings of that alone.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct SignInConfig {
    /// Issuer of the access tokens that are accepted (`iss`), such as `https://id.shop.example`, for clients that bring
    /// such tokens. Must be set in production for these; in development the header `x-user-id` is trusted when absent.
    #[schemars(extend("format" = "URL"))]
    pub issuer: Option<String>,
    /// Audience that access tokens must name (`aud`); the name of the BFF when absent.
    pub audience: Option<String>,
    /// Address of the keys with which the issuer signs (JWKS), such as `https://id.shop.example/jwks`.
    #[schemars(extend("format" = "URL"))]
    pub jwks: Option<String>,
    /// PEM file of the root certificates that the issuer's certificate must lead to; those of the system when absent.
    #[schemars(extend("format" = "path"))]
    pub ca: Option<PathBuf>,
    /// File of the API keys, as the command `keys` writes it, for clients that have such keys. Must be set in
    /// production for these; in development the header `x-device-id` is trusted when absent.
    #[schemars(extend("format" = "path"))]
    pub keys: Option<PathBuf>,
}
