//! The header of a proof.

use crate::algorithm::Algorithm;
use crate::jwks::{Jwk, Key};
use crate::jwt::Object;

/// The header of a proof. In contrast to that of a token, it brings its key along, to which the token is bound.
pub(super) struct Header {
    pub(super) algorithm: Algorithm,
    pub(super) key: Key,
}

impl Header {
    pub(super) fn read(json: &[u8]) -> Result<Self, &'static str> {
        let header =
            Object::read(json).ok_or("the header of the proof is not an object with distinct names")?;
        let algorithm = header.text("alg").and_then(Algorithm::of);
        let algorithm = algorithm.ok_or("the algorithm of the proof is not allowed")?;
        if !header.text("typ").is_some_and(is_proof) {
            return Err("the type of the proof is not dpop+jwt");
        }
        // We know no extension, and one that is critical must be understood (RFC 7515, section 4.1.11).
        if header.get("crit").is_some() {
            return Err("the header of the proof has critical extensions");
        }
        let jwk = header.get("jwk").and_then(Jwk::read);
        let jwk = jwk.ok_or("the key of the proof is missing, malformed or private")?;
        let key = Key::of(&jwk).filter(|key| key.fits(algorithm));
        let key = key.ok_or("the key of the proof is for something else than its algorithm")?;
        Ok(Self { algorithm, key })
    }
}

/// Returns true for the media type of proofs, with or without `application/` (RFC 7515, section 4.1.9).
fn is_proof(typ: &str) -> bool {
    ["dpop+jwt", "application/dpop+jwt"].iter().any(|it| typ.eq_ignore_ascii_case(it))
}
