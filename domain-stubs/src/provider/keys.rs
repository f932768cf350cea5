//! The keys that sign tokens, and their rotation.

use std::sync::{PoisonError, RwLock};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::random::Digest;

/// The algorithm of every signature.
pub(super) const ALGORITHM: &str = "ES256";

/// The key that signs now, and the one that did before the last rotation.
pub(super) struct Keys(RwLock<Ring>);

struct Ring {
    current: Key,
    previous: Option<Key>,
}

struct Key {
    id: String,
    signing: EncodingKey,
    verifying: DecodingKey,
    /// The public part (RFC 7517).
    jwk: Value,
}

impl Keys {
    /// Generates the first key.
    pub(super) fn generate() -> Self {
        Self(RwLock::new(Ring { current: Key::generate(), previous: None }))
    }

    /// Signs with a new key from now on. The key that signed until now still verifies, the one before it no longer.
    pub(super) fn rotate(&self) {
        let new = Key::generate();
        let mut ring = self.0.write().unwrap_or_else(PoisonError::into_inner);
        ring.previous = Some(std::mem::replace(&mut ring.current, new));
    }

    /// Forgets the key that signed before the last rotation: its tokens are no longer accepted.
    pub(super) fn retire(&self) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).previous = None;
    }

    /// The public parts of the keys that verify (RFC 7517, section 5).
    pub(super) fn jwks(&self) -> Value {
        let ring = self.0.read().unwrap_or_else(PoisonError::into_inner);
        json!({ "keys": ring.keys().map(|key| &key.jwk).collect::<Vec<_>>() })
    }

    /// Signs claims as a token of a type (`typ`).
    pub(super) fn sign(&self, typ: &str, claims: &impl Serialize) -> String {
        let ring = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut header = Header::new(Algorithm::ES256);
        header.typ = Some(typ.to_owned());
        header.kid = Some(ring.current.id.clone());
        jsonwebtoken::encode(&header, claims, &ring.current.signing)
            .expect("claims are an object, and the key is of the algorithm")
    }

    /// The claims of a token of a type that one of the keys signed. They may have expired.
    pub(super) fn verify<T: DeserializeOwned>(&self, typ: &str, token: &str) -> Option<T> {
        let header = jsonwebtoken::decode_header(token).ok()?;
        if header.typ.as_deref() != Some(typ) || header.crit.is_some() {
            return None;
        }
        let ring = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let key = ring.keys().find(|key| header.kid.as_ref() == Some(&key.id))?;
        let mut validation = Validation::new(Algorithm::ES256);
        validation.set_required_spec_claims::<&str>(&[]);
        // The library would use the machine's clock, and cannot tell an audience from another kind of token.
        validation.validate_exp = false;
        validation.validate_aud = false;
        Some(jsonwebtoken::decode(token, &key.verifying, &validation).ok()?.claims)
    }
}

impl Ring {
    fn keys(&self) -> impl Iterator<Item = &Key> {
        std::iter::once(&self.current).chain(&self.previous)
    }
}

impl Key {
    fn generate() -> Self {
        let (algorithm, random) = (&ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
        let private = EcdsaKeyPair::generate_pkcs8(algorithm, &random)
            .expect("the operating system has random numbers");
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, private.as_ref(), &random)
            .expect("what `ring` has generated it can read");
        // An uncompressed point: the byte 4, then both coordinates.
        let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
        let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
        // RFC 7638, section 3: the required members alone, in this order.
        let id = Digest::of(&format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#)).base64url();
        Self {
            signing: EncodingKey::from_ec_der(private.as_ref()),
            verifying: DecodingKey::from_ec_components(&x, &y).expect("coordinates are base64url"),
            jwk: json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "use": "sig", "alg": ALGORITHM, "kid": id }),
            id,
        }
    }
}
