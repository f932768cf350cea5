//! Settings of proofs.

use std::time::Duration;

/// The proofs that a server accepts.
#[derive(Clone, Debug)]
pub struct DpopSettings {
    /// Origin by which clients reach the server, such as `https://mobile.shop.example`: in lower case, without a usual
    /// port and without a slash at the end. A proof names it with the path of its request.
    pub origin: String,
    /// Time after its issue for which a proof is good, beside the leeway of the tokens.
    pub max_age: Duration,
    /// Upper bound on the bytes of a proof. A longer one is rejected before any of it is read.
    pub max_bytes: usize,
}

impl DpopSettings {
    /// Creates the settings of a server at an origin: proofs are good for a minute, and at most 4 KiB long, which is
    /// enough for the longest RSA keys.
    pub fn new(origin: impl Into<String>) -> Self {
        Self { origin: origin.into(), max_age: Duration::from_mins(1), max_bytes: 4 * 1024 }
    }
}
