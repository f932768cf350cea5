//! Credentials of clients, and servers that accept them.

use std::path::PathBuf;
use std::sync::LazyLock;

use bff_kit::Mode;
use bff_kit::host::config::{Config, SignInConfig};
use tempfile::TempDir;

/// Settings of sign-ins that accept nobody: an issuer that is not there, and a file without keys. A server in production
/// does not start without.
pub(crate) fn nobody() -> SignInConfig {
    static NO_KEYS: LazyLock<(TempDir, PathBuf)> = LazyLock::new(|| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keys.json");
        std::fs::write(&file, r#"{ "version": 1, "keys": [] }"#).unwrap();
        (folder, file)
    });
    SignInConfig {
        issuer: Some("https://id.shop.example".to_owned()),
        jwks: Some("http://127.0.0.1:9/jwks".to_owned()),
        callback: Some("https://shop.example/auth/callback".to_owned()),
        keys: Some(NO_KEYS.1.clone()),
        ..SignInConfig::default()
    }
}

/// Lets a server in production, to which its test gave no sign-in, start with one that accepts nobody.
pub(crate) fn complete(config: &mut Config) {
    if config.mode == Mode::Production && config.sign_in.issuer.is_none() {
        config.sign_in = nobody();
    }
}
