//! Sign-in with OIDC: the authorization code flow with PKCE (OIDC Core, section 3.1; RFC 7636; RFC 9700), run by
//! the server. A browser holds the id of its session alone; tokens stay in the session, sealed.
//!
//! `provider` speaks with the identity provider, `routes` with the browser, `refresh` keeps the tokens of a session good.

mod attempt;
mod cookie;
mod discovery;
mod error;
mod id_token;
mod key;
mod library;
mod logout_token;
mod memory;
mod provider;
mod refresh;
mod return_to;
mod routes;
mod serving;
mod settings;
mod sign_in;
mod tokens;
mod visitor;

pub use error::OidcError;
pub use settings::OidcSettings;
pub use sign_in::OidcSignIn;
