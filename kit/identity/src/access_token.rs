//! Access tokens: JSON Web Tokens as RFC 9068 profiles them, verified with the care that RFC 8725 asks for.

mod dpop;
mod header;
mod memory;
mod rules;
mod settings;
mod sign_in;

pub use dpop::DpopSettings;
pub use settings::AccessTokenSettings;
pub use sign_in::AccessTokenSignIn;
