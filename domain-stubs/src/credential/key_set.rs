//! The keys with which the credentials of one issuer are verified.

use std::{fmt, sync::Arc};

use jsonwebtoken::jwk::JwkSet;

/// The key set of an issuer (RFC 7517). Cheap to clone.
#[derive(Clone)]
pub struct KeySet(Arc<dyn Fn() -> Arc<JwkSet> + Send + Sync>);

impl KeySet {
    /// A key set in JSON that stays as it is. One that cannot be read verifies nothing.
    #[must_use]
    pub fn of(json: &str) -> Self {
        let keys = Arc::new(read(json));
        Self(Arc::new(move || keys.clone()))
    }

    /// A key set that is read for each call, in JSON, as its issuer publishes it just then.
    pub fn published(json: impl Fn() -> String + Send + Sync + 'static) -> Self {
        Self(Arc::new(move || Arc::new(read(&json()))))
    }

    pub(super) fn keys(&self) -> Arc<JwkSet> {
        self.0()
    }
}

fn read(json: &str) -> JwkSet {
    serde_json::from_str(json).unwrap_or(JwkSet { keys: Vec::new() })
}

impl fmt::Debug for KeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeySet").finish_non_exhaustive()
    }
}
