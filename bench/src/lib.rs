//! Code that the programs of the measurement share: the operations, the client that sends them, and what the servers written
//! in Rust have in common.

pub mod format;
pub mod http;
pub mod operations;
pub mod services;
pub mod sign_in;

/// Audience of the access tokens: the name of the BFF.
pub const AUDIENCE: &str = "bff-mobile";

/// Audience of the credentials for the services.
pub const SERVICES: &str = "shop";

/// Key that the credentials for the services are signed with (HS256).
pub const CREDENTIAL_KEY: &str = "a key of the measurement: 32 bytes";

/// Number of users that send requests.
pub const USERS: usize = 64;

/// Returns the id of a product, by its number.
#[must_use]
pub fn product_id(number: usize) -> String {
    format!("product-{number:04}")
}

/// Returns the id of a user, by their number.
#[must_use]
pub fn user_id(number: usize) -> String {
    format!("user-{number:04}")
}
