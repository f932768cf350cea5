//! Random texts that nobody can guess, and digests by which they are found again.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    digest::{SHA256, digest},
    rand::{SecureRandom as _, SystemRandom},
};

/// The SHA-256 of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Digest([u8; 32]);

impl Digest {
    pub(super) fn of(text: &str) -> Self {
        let digest = digest(&SHA256, text.as_bytes());
        Self(digest.as_ref().try_into().expect("a SHA-256 has 32 bytes"))
    }

    /// In base64url without padding, as PKCE (RFC 7636) and key thumbprints (RFC 7638) are written.
    pub(super) fn base64url(self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }
}

/// A credential of 256 random bits: a code, a refresh token or the value of a session cookie.
pub(super) fn secret() -> String {
    random::<32>()
}

/// An identifier of 128 random bits. It need not be kept secret.
pub(super) fn identifier() -> String {
    random::<16>()
}

fn random<const BYTES: usize>() -> String {
    let mut bytes = [0; BYTES];
    SystemRandom::new().fill(&mut bytes).expect("the operating system has random numbers");
    URL_SAFE_NO_PAD.encode(bytes)
}
