//! The three parts of a signed token (RFC 7515, section 7.1).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The decoded parts of a signed token. An encrypted token has five, and is rejected.
pub(crate) struct Parts<'a> {
    pub(crate) header: Vec<u8>,
    pub(crate) claims: Vec<u8>,
    /// The text that is signed: header and claims as they were sent.
    pub(crate) signed: &'a str,
    pub(crate) signature: Vec<u8>,
}

impl<'a> Parts<'a> {
    pub(crate) fn of(token: &'a str) -> Result<Self, &'static str> {
        let mut dots = token.match_indices('.').map(|(at, _)| at);
        let (Some(first), Some(second), None) = (dots.next(), dots.next(), dots.next()) else {
            return Err("the token has not three parts");
        };
        // Strict: no padding, no whitespace, and no bits that are not used.
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| "the token is not base64url");
        Ok(Self {
            header: decode(&token[..first])?,
            claims: decode(&token[first + 1..second])?,
            signed: &token[..second],
            signature: decode(&token[second + 1..])?,
        })
    }
}
