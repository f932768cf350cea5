//! A key of the provider, as the OIDC library uses keys.

use openidconnect::core::{CoreJsonWebKeyType, CoreJsonWebKeyUse, CoreJwsSigningAlgorithm};
use openidconnect::{JsonWebKey, JsonWebKeyAlgorithm, JsonWebKeyId, SignatureVerificationError};
use ring::digest::{SHA256, SHA512, digest};
use serde::{Deserialize, Serialize};

use crate::algorithm::Algorithm;
use crate::jwks::FoundKey;

/// A key of the provider for one algorithm. The library checks the claims; the signature is verified by the keys that
/// [`Jwks`](crate::Jwks) loads, with `ring`, as that of every other token: the library's own key sets are not loaded anew,
/// and its RSA takes ten times as long.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct IssuerKey {
    id: JsonWebKeyId,
    kind: CoreJsonWebKeyType,
    name: CoreJwsSigningAlgorithm,
    /// `None` for a key that was read from JSON, which the library asks keys to permit. It verifies nothing.
    #[serde(skip)]
    key: Option<(FoundKey, Algorithm)>,
}

impl IssuerKey {
    pub(super) fn new(id: &str, key: FoundKey, algorithm: Algorithm) -> Self {
        let (name, kind) = match algorithm {
            Algorithm::Rs256 => (CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256, CoreJsonWebKeyType::RSA),
            Algorithm::Ps256 => (CoreJwsSigningAlgorithm::RsaSsaPssSha256, CoreJsonWebKeyType::RSA),
            Algorithm::Es256 => (CoreJwsSigningAlgorithm::EcdsaP256Sha256, CoreJsonWebKeyType::EllipticCurve),
            Algorithm::EdDsa => (CoreJwsSigningAlgorithm::EdDsa, CoreJsonWebKeyType::OctetKeyPair),
        };
        Self { id: JsonWebKeyId::new(id.to_owned()), kind, name, key: Some((key, algorithm)) }
    }

    /// Returns the name of the algorithm that the key is for.
    pub(super) const fn name(&self) -> &CoreJwsSigningAlgorithm {
        &self.name
    }
}

impl JsonWebKey for IssuerKey {
    type KeyUse = CoreJsonWebKeyUse;
    type SigningAlgorithm = CoreJwsSigningAlgorithm;

    fn key_id(&self) -> Option<&JsonWebKeyId> {
        Some(&self.id)
    }

    fn key_type(&self) -> &CoreJsonWebKeyType {
        &self.kind
    }

    fn key_use(&self) -> Option<&CoreJsonWebKeyUse> {
        None
    }

    fn signing_alg(&self) -> JsonWebKeyAlgorithm<&CoreJwsSigningAlgorithm> {
        JsonWebKeyAlgorithm::Algorithm(&self.name)
    }

    /// Returns a key that verifies nothing: a secret that both sides know is no signature of the provider.
    fn new_symmetric(_: Vec<u8>) -> Self {
        let id = JsonWebKeyId::new(String::new());
        Self { id, kind: CoreJsonWebKeyType::Symmetric, name: CoreJwsSigningAlgorithm::None, key: None }
    }

    fn verify_signature(
        &self,
        algorithm: &CoreJwsSigningAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureVerificationError> {
        let key = self.key.as_ref().filter(|_| *algorithm == self.name);
        let is_good = key.is_some_and(|(key, algorithm)| key.verifies(*algorithm, message, signature));
        is_good.then_some(()).ok_or_else(|| SignatureVerificationError::CryptoError(String::new()))
    }

    fn hash_bytes(&self, bytes: &[u8], algorithm: &CoreJwsSigningAlgorithm) -> Result<Vec<u8>, String> {
        if *algorithm != self.name {
            return Err("the key is for another algorithm".to_owned());
        }
        // Ed25519 signs SHA-512 (RFC 8032), and every other algorithm here SHA-256.
        let hash = if self.kind == CoreJsonWebKeyType::OctetKeyPair { &SHA512 } else { &SHA256 };
        Ok(digest(hash, bytes).as_ref().to_vec())
    }
}
