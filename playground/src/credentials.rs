//! Credentials of the demo users and a demo device, ready to use: a developer explores without signing in first.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context as _;
use bff_kit::host::config::SignInConfig;
use bff_kit::identity::{Clock, ExposeSecret as _, KeyFile, KeyOrder, KeyPrefix, Scopes, SecretString};
use domain_stubs::credential::KeySet;
use domain_stubs::provider::{Client, DEVELOPMENT_CLIENT_SECRET, Provider, ProviderOptions};
use tempfile::TempDir;

use crate::browser;

/// The customer in whose name the examples run.
const USER: &str = "user-ada-lindqvist";

/// The device in whose name they run.
const DEVICE: &str = "shelf-0001";

/// Scopes of a browser's sign-in, beside `openid`.
const WEB_SCOPES: [&str; 3] = ["profile", "orders.write", "offline_access"];

/// Scopes of the key of a device.
const DEVICE_SCOPES: &str = "telemetry.write";

/// Scopes of a phone's token.
const PHONE_SCOPES: &str = "openid orders.write";

/// The development identity provider, and a file of API keys that lasts as long as the shop.
#[derive(Debug)]
pub(crate) struct Credentials {
    pub(crate) provider: Provider,
    /// Origin of the web shop's BFF, at which browsers sign in.
    web: String,
    keys: PathBuf,
    device_key: SecretString,
    _folder: TempDir,
}

/// Header by which a request signs in, and its value.
pub(crate) type Header = (&'static str, String);

impl Credentials {
    /// Creates a provider that listens on this address, for a web shop at that one, and issues a key for the demo device.
    pub(crate) fn new(provider: SocketAddr, web: SocketAddr) -> anyhow::Result<Self> {
        // Browsers keep the cookies of one name of this machine from the others.
        let web = format!("http://localhost:{}", web.port());
        let options = ProviderOptions {
            issuer: format!("http://{}", reached(provider)),
            clients: Client::of_the_shop_at(&web),
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
            scopes: Scopes::parse(DEVICE_SCOPES).unwrap_or_default(),
            expires: None,
        };
        let device_key = KeyFile::new(&keys, prefix).issue(order, Clock::default().now())?.key;
        Ok(Self { provider, web, keys, device_key, _folder: folder })
    }

    /// Returns the sign-in settings of all BFFs. Each uses those of its own way to sign in.
    pub(crate) fn sign_in(&self) -> SignInConfig {
        SignInConfig {
            issuer: Some(self.provider.issuer().to_owned()),
            jwks: Some(format!("{}/jwks", self.provider.issuer())),
            callback: Some(format!("{}/auth/callback", self.web)),
            client_secret: Some(DEVELOPMENT_CLIENT_SECRET.into()),
            scopes: WEB_SCOPES.map(str::to_owned).to_vec(),
            after_logout: Some(format!("{}/", self.web)),
            keys: Some(self.keys.clone()),
            ..SignInConfig::default()
        }
    }

    /// Returns the endpoint at which BFFs get credentials for services.
    pub(crate) fn token_endpoint(&self) -> String {
        format!("{}/token", self.provider.issuer())
    }

    /// Returns the keys with which services verify the credentials that the provider has given BFFs.
    pub(crate) fn key_sets(&self) -> BTreeMap<String, KeySet> {
        let provider = self.provider.clone();
        BTreeMap::from([(provider.issuer().to_owned(), KeySet::published(move || provider.jwks()))])
    }

    /// Returns an access token of the phone app for a user.
    pub(crate) fn phone_token(&self, user: &str) -> String {
        self.provider.phone_token(user, PHONE_SCOPES)
    }

    /// Returns the header by which the phone app signs in.
    pub(crate) fn phone(&self) -> Header {
        ("authorization", format!("Bearer {}", self.phone_token(USER)))
    }

    /// Returns the page on which a browser signs in at the web shop.
    pub(crate) fn login(&self) -> String {
        format!("{}/auth/login", self.web)
    }

    /// Signs the demo user in at the web shop that listens on this address, as a browser does. Returns the header of the
    /// session.
    pub(crate) async fn browser(&self, web: SocketAddr) -> anyhow::Result<Header> {
        let to_provider = browser::visit(web, "/auth/login", None).await?;
        let back = self.provider.choose(&to_provider.location, USER).context("there is no such demo user")?;
        let callback = back.strip_prefix(&self.web).context("the provider sends browsers elsewhere")?;
        Ok(("cookie", browser::visit(web, callback, Some(&to_provider.cookie)).await?.cookie))
    }

    /// Returns the header by which a device signs in.
    pub(crate) fn device(&self) -> Header {
        ("x-api-key", self.device_key.expose_secret().to_owned())
    }
}

/// Returns the host and port under which this machine reaches a listener.
pub(crate) fn reached(address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        return format!("localhost:{}", address.port());
    }
    address.to_string()
}
