//! Names of a session: the secret one that its browser holds, and the public one.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

/// Random bytes of an id: 256 bits.
const RANDOM: usize = 32;

/// Characters of 32 bytes in base64.
const CHARACTERS: usize = 43;

/// The secret name of a session. Whoever has it has the session: it is sent to its browser alone, and cannot be printed.
#[derive(Clone, Debug)]
pub struct SessionId(SecretString);

/// The public name of a session: the SHA-256 of its id in base64, by which a user lists and ends sessions. It opens none.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Hash, Serialize)]
pub struct SessionHandle(String);

impl SessionId {
    /// Makes an id. Returns `None` if the system has no randomness to give.
    pub(super) fn make() -> Option<Self> {
        random_text().map(|text| Self(text.into()))
    }

    /// Reads an id as a cookie holds it; `None` if the text cannot be one, so that it need not be looked up.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        is_name(text).then(|| Self(text.into()))
    }

    /// Returns the text for the cookie.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Returns the public name. The id has too many random bits to be found from it.
    #[must_use]
    pub fn handle(&self) -> SessionHandle {
        SessionHandle(hashed(self.expose()))
    }
}

impl SessionHandle {
    /// Reads a public name; `None` if the text cannot be one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        is_name(text).then(|| Self(text.to_owned()))
    }
}

impl fmt::Display for SessionHandle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Returns 256 random bits in base64; `None` if the system has no randomness to give.
pub(crate) fn random_text() -> Option<String> {
    let mut bytes = [0; RANDOM];
    SystemRandom::new().fill(&mut bytes).ok()?;
    Some(URL_SAFE_NO_PAD.encode(bytes))
}

/// Returns true for as many characters of base64 as either name of a session has.
fn is_name(text: &str) -> bool {
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    text.len() == CHARACTERS && text.bytes().all(is_base64)
}

/// Returns the SHA-256 of a text in base64.
pub(crate) fn hashed(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, text.as_bytes()))
}
