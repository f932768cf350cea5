//! A public key, of a key set or of a proof.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256,
    RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;
use serde_json::Value;

use super::thumbprint::Thumbprint;
use crate::algorithm::Algorithm;

/// Bytes of a coordinate on P-256, and of a point on Ed25519.
const COORDINATE: usize = 32;

/// A public key that can verify signatures.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Key {
    /// The one algorithm that the key is for; `None` if it does not say.
    algorithm: Option<Algorithm>,
    material: Material,
}

/// The key itself, by its type: an algorithm of another type cannot be tried on it.
#[derive(Debug, PartialEq, Eq)]
enum Material {
    Rsa {
        n: Vec<u8>,
        e: Vec<u8>,
    },
    /// An uncompressed point.
    P256(Vec<u8>),
    Ed25519(Vec<u8>),
}

/// A key as JSON states it (RFC 7517, section 4), without a private part.
#[derive(Deserialize)]
pub(crate) struct Jwk {
    kty: String,
    pub(super) kid: Option<String>,
    #[serde(rename = "use")]
    use_: Option<String>,
    key_ops: Option<Vec<String>>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

/// Members of private and of symmetric keys (RFC 7518, sections 6.2.2, 6.3.2 and 6.4.1).
const SECRETS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

impl Jwk {
    /// Reads a key. Returns `None` if it is malformed, or has a secret in it: a key that was published so is everybody's.
    /// Some issuers write null for a member that is not there.
    pub(crate) fn read(json: &Value) -> Option<Self> {
        let is_secret = |name: &&str| json.get(name).is_some_and(|it| !it.is_null());
        if SECRETS.iter().any(is_secret) { None } else { Self::deserialize(json).ok() }
    }
}

impl Key {
    /// Returns the key, or `None` if it cannot verify tokens: it is for something else, or of a type or size that is not
    /// supported.
    pub(crate) fn of(jwk: &Jwk) -> Option<Self> {
        let signs = jwk.use_.as_deref().is_none_or(|it| it == "sig")
            && jwk.key_ops.as_ref().is_none_or(|ops| ops.iter().any(|it| it == "verify"));
        if !signs {
            return None;
        }
        let key = Self {
            algorithm: jwk.alg.as_deref().map(|name| Algorithm::of(name).ok_or(())).transpose().ok()?,
            material: Material::of(jwk)?,
        };
        key.algorithm.is_none_or(|it| key.material.fits(it)).then_some(key)
    }

    /// Returns true if the key may verify signatures of an algorithm.
    pub(crate) fn fits(&self, algorithm: Algorithm) -> bool {
        self.material.fits(algorithm) && self.algorithm.is_none_or(|it| it == algorithm)
    }

    /// Returns true if the signature over the message is of this key. The algorithm must fit the key.
    pub(crate) fn verifies(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        let verified = match (&self.material, algorithm) {
            (Material::Rsa { n, e }, Algorithm::Rs256) => {
                RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
            }
            (Material::Rsa { n, e }, Algorithm::Ps256) => {
                RsaPublicKeyComponents { n, e }.verify(&RSA_PSS_2048_8192_SHA256, message, signature)
            }
            (Material::P256(point), Algorithm::Es256) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature)
            }
            (Material::Ed25519(point), Algorithm::EdDsa) => {
                UnparsedPublicKey::new(&ED25519, point).verify(message, signature)
            }
            _ => return false,
        };
        verified.is_ok()
    }

    /// Returns the name of the key by what it consists of.
    pub(crate) fn thumbprint(&self) -> Thumbprint {
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        // Each type's required members in the order of their names, without spaces (RFC 7638, section 3; RFC 8037).
        Thumbprint::of(&match &self.material {
            Material::Rsa { n, e } => format!(r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#, encode(e), encode(n)),
            Material::P256(point) => {
                let (x, y) = point[1..].split_at(COORDINATE);
                format!(r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#, encode(x), encode(y))
            }
            Material::Ed25519(point) => {
                format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, encode(point))
            }
        })
    }
}

impl Material {
    fn of(jwk: &Jwk) -> Option<Self> {
        match (jwk.kty.as_str(), jwk.crv.as_deref()) {
            ("RSA", _) => {
                let (n, e) = (unsigned(jwk.n.as_ref()?)?, unsigned(jwk.e.as_ref()?)?);
                // RFC 7518, section 3.3: 2048 bits or more. `ring` verifies up to 8192.
                (256..=1024).contains(&n.len()).then_some(Self::Rsa { n, e })
            }
            ("EC", Some("P-256")) => {
                let point = [vec![4], coordinate(jwk.x.as_ref()?)?, coordinate(jwk.y.as_ref()?)?].concat();
                Some(Self::P256(point))
            }
            ("OKP", Some("Ed25519")) => coordinate(jwk.x.as_ref()?).map(Self::Ed25519),
            _ => None,
        }
    }

    const fn fits(&self, algorithm: Algorithm) -> bool {
        match self {
            Self::Rsa { .. } => matches!(algorithm, Algorithm::Rs256 | Algorithm::Ps256),
            Self::P256(_) => matches!(algorithm, Algorithm::Es256),
            Self::Ed25519(_) => matches!(algorithm, Algorithm::EdDsa),
        }
    }
}

/// Decodes a number, without leading zeros, which some issuers write and `ring` rejects.
fn unsigned(text: &str) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    Some(bytes[zeros..].to_vec())
}

/// Decodes a coordinate.
fn coordinate(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| bytes.len() == COORDINATE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(json: &str) -> Option<Key> {
        Key::of(&Jwk::read(&serde_json::from_str(json).unwrap())?)
    }

    /// The examples of RFC 7638, section 3.1, and RFC 8037, appendix A.3.
    #[test]
    fn thumbprints_are_those_of_the_standards() {
        let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiF\
                 V4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9\
                 c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1\
                 jF44-csFCur-kEgU8awapJzKnqDKgw";
        let rsa = format!(r#"{{"kty":"RSA","n":"{n}","e":"AQAB","alg":"RS256","kid":"2011-04-29"}}"#);
        let zeros = rsa.replace("AQAB", "AAEAAQ");
        let ed =
            r#"{"x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","crv":"Ed25519","kty":"OKP","d":null}"#;
        for (json, expected) in [
            (&*rsa, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"),
            (&zeros, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"),
            (ed, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"),
        ] {
            let thumbprint = key(json).unwrap().thumbprint();
            assert!(thumbprint.is(&Thumbprint::parse(expected).unwrap()), "{json}");
            assert!(!thumbprint.is(&Thumbprint::of("")));
        }
    }

    #[test]
    fn a_key_with_a_secret_is_none() {
        let good = r#"{"x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","crv":"Ed25519","kty":"OKP"}"#;
        assert!(key(good).is_some());
        for name in SECRETS {
            let secret = good.replacen('{', &format!(r#"{{"{name}":"AA","#), 1);
            assert!(key(&secret).is_none(), "{name}");
        }
        assert!(key(r#"{"kty":"oct","k":"AA"}"#).is_none());
        assert!(Jwk::read(&Value::Null).is_none());
    }
}
