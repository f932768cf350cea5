//! A proof, by itself.

use super::header::Header;
use crate::jwks::Thumbprint;
use crate::jwt::{Object, Parts};

/// A proof, as far as it can be read without its request (RFC 9449, section 4.2).
pub(super) struct Proof<'a> {
    header: Header,
    pub(super) thumbprint: Thumbprint,
    /// Name of the proof (`jti`).
    pub(super) id: String,
    /// Time of issue, in seconds since 1970.
    pub(super) issued: i64,
    signed: &'a str,
    signature: Vec<u8>,
}

impl<'a> Proof<'a> {
    /// Reads a proof, and returns its claims beside it.
    pub(super) fn read(text: &'a str) -> Result<(Self, Object), &'static str> {
        let parts = Parts::of(text).map_err(|_| "the proof has not three parts in base64url")?;
        let header = Header::read(&parts.header)?;
        let claims = Object::read(&parts.claims);
        let claims = claims.ok_or("the claims of the proof are not an object with distinct names")?;
        let proof = Self {
            thumbprint: header.key.thumbprint(),
            header,
            id: claims.text("jti").ok_or("the proof has no name, or too long a one")?.to_owned(),
            issued: claims.seconds("iat").ok_or("the time of issue of the proof is missing or malformed")?,
            signed: parts.signed,
            signature: parts.signature,
        };
        Ok((proof, claims))
    }

    /// Returns true if the signature is of the key in the header.
    pub(super) fn is_signed(&self) -> bool {
        self.header.key.verifies(self.header.algorithm, self.signed.as_bytes(), &self.signature)
    }
}
