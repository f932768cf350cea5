//! Keys of the provider. Tokens are signed by `jsonwebtoken`, so that two implementations have to agree.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey};
use rustls::pki_types::PrivatePkcs1KeyDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::Value;

/// A key of the provider.
#[derive(Clone)]
pub(crate) struct TestKey {
    pub(crate) id: String,
    pub(crate) name: &'static str,
    algorithm: Algorithm,
    key: EncodingKey,
}

impl TestKey {
    pub(crate) fn es256(id: &str) -> Self {
        let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
        let key = EncodingKey::from_ec_der(&key.serialize_der());
        Self { id: id.to_owned(), name: "ES256", algorithm: Algorithm::ES256, key }
    }

    pub(crate) fn rs256(id: &str) -> Self {
        let key =
            PrivatePkcs1KeyDer::from_pem_slice(include_bytes!("../access_token/rsa_test_key.pem")).unwrap();
        let key = EncodingKey::from_rsa_der(key.secret_pkcs1_der());
        Self { id: id.to_owned(), name: "RS256", algorithm: Algorithm::RS256, key }
    }

    pub(crate) fn ps256(id: &str) -> Self {
        Self { name: "PS256", algorithm: Algorithm::PS256, ..Self::rs256(id) }
    }

    pub(crate) fn ed25519(id: &str) -> Self {
        // PKCS #8 around a seed (RFC 8410, section 7).
        let mut der = b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20".to_vec();
        der.extend(std::iter::repeat_with(|| fastrand::u8(..)).take(32));
        let key = EncodingKey::from_ed_der(&der);
        Self { id: id.to_owned(), name: "EdDSA", algorithm: Algorithm::EdDSA, key }
    }

    pub(crate) fn jwk(&self) -> Value {
        let jwk = Jwk::from_encoding_key(&self.key, self.algorithm).unwrap();
        let mut jwk = serde_json::to_value(jwk).unwrap();
        jwk["kid"] = self.id.clone().into();
        jwk["use"] = "sig".into();
        jwk["alg"] = self.name.into();
        jwk
    }

    pub(crate) fn sign(&self, header: &Value, claims: &str) -> String {
        let signed = format!("{}.{}", encode(header.to_string()), encode(claims));
        let signature = jsonwebtoken::crypto::sign(signed.as_bytes(), &self.key, self.algorithm).unwrap();
        format!("{signed}.{signature}")
    }

    /// Returns the `at_hash` of an access token beside an ID token of this key (OIDC Core, section 3.1.3.6).
    pub(crate) fn at_hash(&self, access_token: &str) -> String {
        use ring::digest::{SHA256, SHA512, digest};
        let hash = digest(if self.name == "EdDSA" { &SHA512 } else { &SHA256 }, access_token.as_bytes());
        encode(&hash.as_ref()[..hash.as_ref().len() / 2])
    }
}

pub(crate) fn encode(part: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(part)
}
