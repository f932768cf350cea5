//! A secret that the id of a session alone opens.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Salt};
use ring::rand::{SecureRandom as _, SystemRandom};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

use super::id::SessionId;

/// Names the purpose of the key, so that no other use of the id can arrive at the same one.
const PURPOSE: &[u8] = b"identity: secret of a session, AES-256-GCM";

/// A text, encrypted with AES-256-GCM under a key that HKDF-SHA256 derives from the id of a session: the store never has
/// the id, so that a copy of the store opens nothing. The text is bound to the session and its user: it opens in no other
/// record, and a record whose user was changed opens no more.
#[derive(Clone, Deserialize, PartialEq, Eq, Serialize)]
pub(super) struct Sealed(
    /// Nonce, ciphertext and tag, in base64.
    String,
);

impl Sealed {
    /// Seals a text. Returns `None` if the system has no randomness to give.
    pub(super) fn new(id: &SessionId, user: &str, text: &SecretString) -> Option<Self> {
        // A nonce is random, since replicas share no counter. A key seals a few hundred texts, far from the 2^32 after
        // which two might meet.
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).ok()?;
        let mut bytes = text.expose_secret().as_bytes().to_vec();
        let sealing = Nonce::assume_unique_for_key(nonce);
        key(id)?.seal_in_place_append_tag(sealing, context(id, user), &mut bytes).ok()?;
        Some(Self(URL_SAFE_NO_PAD.encode([&nonce[..], &bytes].concat())))
    }

    /// Opens the text; `None` if it was sealed for another session or user, or was changed.
    pub(super) fn open(&self, id: &SessionId, user: &str) -> Option<SecretString> {
        let mut bytes = URL_SAFE_NO_PAD.decode(&self.0).ok()?;
        let (nonce, sealed) = bytes.split_at_mut_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let text = key(id)?.open_in_place(nonce, context(id, user), sealed).ok()?;
        let opened = std::str::from_utf8(text).ok().map(SecretString::from);
        text.fill(0);
        opened
    }
}

fn key(id: &SessionId) -> Option<LessSafeKey> {
    // No salt: the id has 256 random bits (RFC 5869, section 3.1).
    let derived = Salt::new(HKDF_SHA256, &[]).extract(id.expose().as_bytes());
    let key: UnboundKey = derived.expand(&[PURPOSE], &AES_256_GCM).ok()?.into();
    Some(LessSafeKey::new(key))
}

fn context(id: &SessionId, user: &str) -> Aad<Vec<u8>> {
    Aad::from(format!("{} {user}", id.handle()).into_bytes())
}

impl fmt::Debug for Sealed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Sealed")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_opens_for_its_session_and_user_alone() {
        let (id, other) = (SessionId::make().unwrap(), SessionId::make().unwrap());
        let sealed = Sealed::new(&id, "ada", &"a token".into()).unwrap();
        assert_eq!(sealed.open(&id, "ada").unwrap().expose_secret(), "a token");
        assert!(sealed.open(&other, "ada").is_none());
        assert!(sealed.open(&id, "eve").is_none());
        assert!(!sealed.0.contains(&URL_SAFE_NO_PAD.encode("a token")));
    }

    #[test]
    fn no_changed_byte_is_accepted() {
        let id = SessionId::make().unwrap();
        let sealed = URL_SAFE_NO_PAD.decode(Sealed::new(&id, "ada", &"a token".into()).unwrap().0).unwrap();
        for index in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[index] ^= 1;
            assert!(Sealed(URL_SAFE_NO_PAD.encode(changed)).open(&id, "ada").is_none(), "byte {index}");
        }
        for short in ["", "AAAA"] {
            assert!(Sealed(short.to_owned()).open(&id, "ada").is_none());
        }
    }
}
