//! The text of a key: `<prefix>_<id>_<secret><checksum>`, after the tokens of GitHub.
//!
//! The prefix tells scanners of leaked secrets what they have found; the checksum tells a server that a key was mistyped
//! or made up before it looks for it. The id names the key in reports and is no secret.

use std::fmt;
use std::sync::Arc;

use ring::rand::{SecureRandom, SystemRandom};
use secrecy::{ExposeSecret as _, SecretString};

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Characters of an id: 47 bits, so that ids of one file hardly ever meet.
const ID: usize = 8;

/// Characters of a secret: 178 bits.
const SECRET: usize = 30;

/// Characters of a CRC-32 in base 62.
const CHECKSUM: usize = 6;

/// The first characters of the keys of a server, such as `shopd`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyPrefix(Arc<str>);

/// The parts of a key that has the right form.
#[derive(Clone, Copy)]
pub(super) struct Parts<'a> {
    pub(super) id: &'a str,
    pub(super) secret: &'a str,
}

/// The text of a key that was just made.
pub(super) struct NewKey {
    pub(super) id: String,
    pub(super) secret: SecretString,
    pub(super) text: SecretString,
}

impl KeyPrefix {
    /// Creates a prefix of 2 to 16 lower-case letters and digits. Returns `None` for any other text.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let good = (2..=16).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        good.then(|| Self(text.into()))
    }

    /// Returns the parts of a key; `None` if the text is not one, which costs neither an allocation nor a look-up.
    pub(super) fn parse<'a>(&self, text: &'a str) -> Option<Parts<'a>> {
        let rest = text.strip_prefix(&*self.0)?.strip_prefix('_')?;
        if rest.len() != ID + 1 + SECRET + CHECKSUM || !rest.is_ascii() {
            return None;
        }
        let (id, rest) = rest.split_at(ID);
        let (secret, checksum) = rest.strip_prefix('_')?.split_at(SECRET);
        if ![id, secret].iter().all(|part| part.bytes().all(|byte| byte.is_ascii_alphanumeric())) {
            return None;
        }
        let covered = &text[..text.len() - CHECKSUM];
        (checksum_of(covered) == checksum.as_bytes()).then_some(Parts { id, secret })
    }

    /// Makes a key of random characters. Returns `None` if the system has no randomness to give.
    pub(super) fn make(&self) -> Option<NewKey> {
        let (id, secret) = (random(ID)?, SecretString::from(random(SECRET)?));
        let covered = SecretString::from(format!("{}_{id}_{}", self.0, secret.expose_secret()));
        let checksum = checksum_of(covered.expose_secret());
        let checksum = std::str::from_utf8(&checksum).ok()?;
        let text = SecretString::from([covered.expose_secret(), checksum].concat());
        Some(NewKey { id, secret, text })
    }
}

impl fmt::Display for KeyPrefix {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

fn checksum_of(covered: &str) -> [u8; CHECKSUM] {
    let mut left = crc32fast::hash(covered.as_bytes()) as usize;
    let mut checksum = [b'0'; CHECKSUM];
    for digit in checksum.iter_mut().rev() {
        *digit = DIGITS[left % DIGITS.len()];
        left /= DIGITS.len();
    }
    checksum
}

fn random(characters: usize) -> Option<String> {
    let source = SystemRandom::new();
    let mut text = String::with_capacity(characters);
    let mut byte = [0];
    while text.len() < characters {
        source.fill(&mut byte).ok()?;
        // 248 is four times 62: a remainder of a larger byte would make some characters more likely.
        if byte[0] < 248 {
            text.push(char::from(DIGITS[usize::from(byte[0]) % DIGITS.len()]));
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests;
