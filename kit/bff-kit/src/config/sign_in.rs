//! Settings of the sign-in.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use settings::Secret;

/// The credentials that clients present. Each client has its own way to sign in, and needs the settings of that alone.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct SignInConfig {
    /// Identity provider: the issuer of the access tokens that are accepted (`iss`), and the OIDC provider at which
    /// browsers sign in, such as `https://id.shop.example`. Must be set in production for clients that sign in so; in
    /// development nobody can sign in when absent.
    #[schemars(extend("format" = "URL"))]
    pub issuer: Option<String>,
    /// Audience that access tokens must name (`aud`); the name of the BFF when absent.
    pub audience: Option<String>,
    /// Address of the keys with which the issuer signs (JWKS), such as `https://id.shop.example/jwks`.
    #[schemars(extend("format" = "URL"))]
    pub jwks: Option<String>,
    /// Origin by which clients reach this server, such as `https://mobile.shop.example`. When set, each access token must
    /// be bound to a key of its client, and each request must prove that its sender has the key, for its path at this
    /// origin (`DPoP`, RFC 9449). When absent, tokens that are bound to a key are rejected.
    #[schemars(extend("format" = "URL"))]
    pub dpop: Option<String>,
    /// Address of `/auth/callback` as browsers reach it, such as `https://shop.example/auth/callback`, to which the
    /// provider sends them back and which it has registered. Must be set beside the issuer for clients of browsers.
    #[schemars(extend("format" = "URL"))]
    pub callback: Option<String>,
    /// Identifier of this server at the provider (`client_id`); the name of the BFF when absent.
    pub client_id: Option<String>,
    /// Secret of this server at the provider (`client_secret`); a public client when absent.
    pub client_secret: Option<Secret>,
    /// Scopes that a sign-in of a browser asks for beside `openid`, such as `"offline_access"`.
    pub scopes: Vec<String>,
    /// Address to which the provider sends a browser once it is signed out, and which it has registered; the browser
    /// stays at the provider when absent.
    #[schemars(extend("format" = "URL"))]
    pub after_logout: Option<String>,
    /// PEM file of the root certificates that the issuer's certificate must lead to; those of the system when absent.
    #[schemars(extend("format" = "path"))]
    pub ca: Option<PathBuf>,
    /// File of the API keys, as the command `keys` writes it, for clients that have such keys. Must be set in
    /// production for these; in development nobody can sign in when absent.
    #[schemars(extend("format" = "path"))]
    pub keys: Option<PathBuf>,
}
