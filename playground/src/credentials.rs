//! Credentials of the demo users and a demo device, ready to use: a developer explores without signing in first.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context as _;
use bff_kit::host::config::SignInConfig;
use bff_kit::identity::{Clock, ExposeSecret as _, KeyFile, KeyOrder, KeyPrefix, Scopes, SecretString};
use domain_stubs::provider::{Provider, ProviderOptions};
use tempfile::TempDir;

/// The customer in whose name the examples run.
const USER: &str = "user-ada-lindqvist";

/// The device in whose name they run.
const DEVICE: &str = "shelf-0001";

/// Scopes of a phone's token.
const PHONE_SCOPES: &str = "openid";

/// The development identity provider, and a file of API keys that lasts as long as the shop.
#[derive(Debug)]
pub(crate) struct Credentials {
    pub(crate) provider: Provider,
    keys: PathBuf,
    device_key: SecretString,
    _folder: TempDir,
}

/// Header by which a request signs in, and its value.
pub(crate) type Header = (&'static str, String);

impl Credentials {
    /// Creates a provider that listens on this address, and issues a key for the demo device.
    pub(crate) fn new(provider: SocketAddr) -> anyhow::Result<Self> {
        let options = ProviderOptions {
            issuer: format!("http://{}", reached(provider)),
            // Whoever opens the ports of the shop to other machines opens this one with them.
            allow_remote: !provider.ip().is_loopback(),
            ..ProviderOptions::default()
        };
        let provider = Provider::new(options)?;
        let folder = tempfile::tempdir().context("cannot make a folder for the keys of devices")?;
        let keys = folder.path().join("keys.json");
        let prefix = bff_iot::client().key_prefix.and_then(KeyPrefix::new);
        let prefix = prefix.context("the devices' BFF has no keys")?;
        let order = KeyOrder {
            device: DEVICE.to_owned(),
            label: "the demo device".to_owned(),
            scopes: Scopes::default(),
            expires: None,
        };
        let device_key = KeyFile::new(&keys, prefix).issue(order, Clock::default().now())?.key;
        Ok(Self { provider, keys, device_key, _folder: folder })
    }

    /// Returns the sign-in settings of all BFFs. Each uses those of its own way to sign in.
    pub(crate) fn sign_in(&self) -> SignInConfig {
        SignInConfig {
            issuer: Some(self.provider.issuer().to_owned()),
            jwks: Some(format!("{}/jwks", self.provider.issuer())),
            keys: Some(self.keys.clone()),
            ..SignInConfig::default()
        }
    }

    /// Returns an access token of the phone app for a user.
    pub(crate) fn phone_token(&self, user: &str) -> String {
        self.provider.phone_token(user, PHONE_SCOPES)
    }

    /// Returns the header by which the phone app signs in.
    pub(crate) fn phone(&self) -> Header {
        ("authorization", format!("Bearer {}", self.phone_token(USER)))
    }

    /// Returns the header by which the web shop signs in.
    pub(crate) fn browser() -> Header {
        ("x-user-id", USER.to_owned())
    }

    /// Returns the header by which a device signs in.
    pub(crate) fn device(&self) -> Header {
        ("x-api-key", self.device_key.expose_secret().to_owned())
    }
}

/// Returns the host and port under which this machine reaches a listener.
fn reached(address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        return format!("localhost:{}", address.port());
    }
    address.to_string()
}
