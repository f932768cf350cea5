//! The keys with which the BFFs sign what services are shown: new ones each time that the shop opens.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bff_kit::identity::CredentialSigner;
use ring::rand::SystemRandom;
use ring::signature::Ed25519KeyPair;
use tempfile::TempDir;

/// Audience of what is signed.
const AUDIENCE: &str = "shop";

/// The private key of each BFF, in a file that lasts as long as the shop.
#[derive(Debug)]
pub(crate) struct Keys {
    folder: TempDir,
    /// Key sets with which the services verify, by BFF.
    pub(crate) public: BTreeMap<String, String>,
}

impl Keys {
    /// Makes a key for each of these BFFs.
    pub(crate) fn make(bffs: &[&'static str]) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir().context("cannot make a folder for the keys of the BFFs")?;
        let mut keys = Self { folder, public: BTreeMap::new() };
        for bff in bffs {
            let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new());
            let pkcs8 = pkcs8.map_err(|_| anyhow::anyhow!("the system has no randomness to give"))?;
            let signer = CredentialSigner::private(pkcs8.as_ref(), bff, AUDIENCE)?;
            let public = signer.jwks().context("the key has no public part")?;
            keys.public.insert((*bff).to_owned(), public.to_string());
            let body = STANDARD.encode(pkcs8.as_ref());
            let pem = format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n");
            std::fs::write(keys.file(bff), pem).context("cannot write the key of a BFF")?;
        }
        Ok(keys)
    }

    /// Returns the file of the private key of a BFF.
    pub(crate) fn file(&self, bff: &str) -> PathBuf {
        self.folder.path().join(format!("{bff}.pem"))
    }
}
