//! The key that signs credentials.

use std::error::Error;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::hmac::{self, HMAC_SHA256};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};

/// A key that signs.
pub(super) enum SigningKey {
    Shared(hmac::Key),
    Ed25519(Box<Ed25519KeyPair>),
    P256(Box<EcdsaKeyPair>, SystemRandom),
}

/// Failure to read a private key: it is neither of Ed25519 nor of P-256, or not in PKCS#8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CredentialKeyError;

impl SigningKey {
    pub(super) fn shared(secret: &str) -> Self {
        Self::Shared(hmac::Key::new(HMAC_SHA256, secret.as_bytes()))
    }

    pub(super) fn private(pkcs8: &[u8]) -> Result<Self, CredentialKeyError> {
        // Tools write the first version of PKCS#8, without the public key, as often as the second.
        if let Ok(pair) = Ed25519KeyPair::from_pkcs8_maybe_unchecked(pkcs8) {
            return Ok(Self::Ed25519(Box::new(pair)));
        }
        let random = SystemRandom::new();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8, &random);
        pair.map(|pair| Self::P256(Box::new(pair), random)).map_err(|_| CredentialKeyError)
    }

    pub(super) const fn algorithm(&self) -> &'static str {
        match self {
            Self::Shared(_) => "HS256",
            Self::Ed25519(_) => "EdDSA",
            Self::P256(..) => "ES256",
        }
    }

    /// Returns the id of the key: the thumbprint of its public part (RFC 7638); `None` for a shared key.
    pub(super) fn id(&self) -> Option<String> {
        // The required members alone, in this order.
        let members = match self {
            Self::Shared(_) => return None,
            Self::Ed25519(pair) => {
                format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, encoded(pair.public_key().as_ref()))
            }
            Self::P256(pair, _) => {
                let (x, y) = coordinates(pair);
                format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#)
            }
        };
        Some(encoded(digest(&SHA256, members.as_bytes()).as_ref()))
    }

    /// Returns the public part (RFC 7517); `None` for a shared key, which has none.
    pub(super) fn jwk(&self) -> Option<Value> {
        let id = self.id()?;
        match self {
            Self::Shared(_) => None,
            Self::Ed25519(pair) => {
                Some(json!({ "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA",
                "kid": id, "x": encoded(pair.public_key().as_ref()) }))
            }
            Self::P256(pair, _) => {
                let (x, y) = coordinates(pair);
                Some(
                    json!({ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": id, "x": x, "y": y }),
                )
            }
        }
    }

    /// Signs a message; `None` if the system has no randomness to give.
    pub(super) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Shared(key) => Some(hmac::sign(key, message).as_ref().to_vec()),
            Self::Ed25519(pair) => Some(pair.sign(message).as_ref().to_vec()),
            Self::P256(pair, random) => Some(pair.sign(random, message).ok()?.as_ref().to_vec()),
        }
    }
}

/// Returns the coordinates of a public key of P-256, which is an uncompressed point: the byte 4, then both.
fn coordinates(pair: &EcdsaKeyPair) -> (String, String) {
    let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
    (encoded(x), encoded(y))
}

fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl fmt::Display for CredentialKeyError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("is no private key of Ed25519 or P-256 in PKCS#8")
    }
}

impl Error for CredentialKeyError {}
