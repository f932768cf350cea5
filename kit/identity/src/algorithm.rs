//! The algorithms that may sign a token.

/// An algorithm that may sign a token (RFC 7518, section 3.1, and RFC 8037): asymmetric ones alone, so that nobody can
/// sign with what verifies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Algorithm {
    /// `RS256`: RSA with PKCS #1 v1.5 padding and SHA-256.
    Rs256,
    /// `PS256`: RSA with PSS padding and SHA-256.
    Ps256,
    /// `ES256`: ECDSA on P-256 with SHA-256.
    Es256,
    /// `EdDSA` on Ed25519, also named `Ed25519` (RFC 9864).
    EdDsa,
}

impl Algorithm {
    /// Every algorithm.
    pub const ALL: [Self; 4] = [Self::Rs256, Self::Ps256, Self::Es256, Self::EdDsa];

    /// Returns the algorithm of a name, which is case-sensitive; `None` for all others, `none` and `HS256` among them.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::Rs256),
            "PS256" => Some(Self::Ps256),
            "ES256" => Some(Self::Es256),
            "EdDSA" | "Ed25519" => Some(Self::EdDsa),
            _ => None,
        }
    }
}
