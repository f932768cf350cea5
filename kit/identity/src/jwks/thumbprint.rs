//! The name of a key by what it consists of.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use subtle::ConstantTimeEq as _;

/// SHA-256 of the members that a public key must have (RFC 7638): no two keys share one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Thumbprint([u8; 32]);

impl Thumbprint {
    /// Returns the thumbprint of a key that has these members.
    pub(super) fn of(members: &str) -> Self {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, members.as_bytes()).as_ref());
        Self(hash)
    }

    /// Reads a thumbprint in base64url; `None` if the text is none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok().map(Self)
    }

    /// Returns true if both are equal, in a time that does not depend on where they differ.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }

    pub(crate) const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}
