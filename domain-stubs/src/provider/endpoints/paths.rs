//! Paths of the endpoints. The metadata names them, and the routes serve them.

pub(super) const AUTHORIZE: &str = "/authorize";
pub(super) const JWKS: &str = "/jwks";
pub(super) const LOGOUT: &str = "/logout";
pub(super) const REVOKE: &str = "/revoke";
pub(super) const TOKEN: &str = "/token";
pub(super) const USERINFO: &str = "/userinfo";
