//! The header of a token.

use crate::algorithm::Algorithm;
use crate::jwt::Object;

/// The header of a token, as far as it matters. Keys that a header brings or points to (`jwk`, `jku`, `x5c`, `x5u`) are
/// not among it: only the keys of the issuer count.
pub(super) struct Header {
    pub(super) algorithm: Algorithm,
    pub(super) key_id: String,
}

impl Header {
    pub(super) fn read(json: &[u8], allowed: &[Algorithm]) -> Result<Self, &'static str> {
        let header = Object::read(json).ok_or("the header is not an object with distinct names")?;
        let algorithm = header.text("alg").and_then(Algorithm::of).filter(|it| allowed.contains(it));
        let algorithm = algorithm.ok_or("the algorithm is not allowed")?;
        if !header.text("typ").is_some_and(is_access_token) {
            return Err("the type is not at+jwt");
        }
        // We know no extension, and one that is critical must be understood (RFC 7515, section 4.1.11).
        if header.get("crit").is_some() {
            return Err("the header has critical extensions");
        }
        let key_id = header.text("kid").ok_or("the header names no key")?.to_owned();
        Ok(Self { algorithm, key_id })
    }
}

/// Returns true for the media type of access tokens, with or without `application/` (RFC 9068, section 4).
fn is_access_token(typ: &str) -> bool {
    ["at+jwt", "application/at+jwt"].iter().any(|it| typ.eq_ignore_ascii_case(it))
}
