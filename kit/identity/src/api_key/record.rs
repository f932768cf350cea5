//! A key as the file keeps it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::hash::SecretHash;
use super::report::{KeyReport, KeyState};
use crate::scopes::Scopes;

/// A key as the file keeps it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyRecord {
    pub(super) id: String,
    /// Device that the key is for, by the identifier that the domain knows.
    pub(super) device: String,
    /// Note of the operator.
    #[serde(default)]
    pub(super) label: String,
    #[serde(default)]
    pub(super) scopes: Vec<String>,
    pub(super) secret_sha256: SecretHash,
    pub(super) created: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) expires: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) revoked: Option<Timestamp>,
    /// Id of the key that takes the place of this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) replaced_by: Option<String>,
}

/// Returns true for the identifier of a device: 1 to 128 printable ASCII characters without spaces.
pub(super) fn is_device(id: &str) -> bool {
    (1..=128).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic())
}

impl KeyRecord {
    /// Returns the scopes; `None` if one is malformed.
    pub(super) fn scopes(&self) -> Option<Scopes> {
        Scopes::of(self.scopes.iter().map(String::as_str))
    }

    pub(super) fn state(&self, now: Timestamp) -> KeyState {
        if self.revoked.is_some() {
            KeyState::Revoked
        } else if self.expires.is_some_and(|expires| now >= expires) {
            KeyState::Expired
        } else if self.replaced_by.is_some() {
            KeyState::Replaced
        } else {
            KeyState::Valid
        }
    }

    pub(super) fn report(&self, now: Timestamp) -> KeyReport {
        KeyReport {
            id: self.id.clone(),
            device: self.device.clone(),
            label: self.label.clone(),
            scopes: self.scopes.clone(),
            created: self.created,
            expires: self.expires,
            revoked: self.revoked,
            replaced_by: self.replaced_by.clone(),
            state: self.state(now),
        }
    }
}
