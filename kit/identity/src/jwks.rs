//! The keys of an issuer: a JSON Web Key Set (RFC 7517) that is loaded anew while a server runs.

mod http_source;
mod key;
mod key_set;
mod loading;
mod roots;
mod settings;
mod source;
mod thumbprint;

pub use http_source::{HttpKeySource, HttpKeySourceError};
pub use loading::Jwks;
pub use roots::trusted_roots;
pub use settings::JwksSettings;
pub use source::{KeySource, KeySourceError};

pub(crate) use http_source::fetch_json;
pub(crate) use key::{Jwk, Key};
pub(crate) use loading::{FoundKey, NoKey};
pub(crate) use thumbprint::Thumbprint;
