//! Changes of the keys: issue, revoke, rotate.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};

use super::error::KeyFileError;
use super::file::KeyFile;
use super::hash::SecretHash;
use super::record::{KeyRecord, is_device};
use super::report::{KeyReport, KeyState};
use crate::scopes::Scopes;

/// A key to be issued.
#[derive(Clone, Debug)]
pub struct KeyOrder {
    /// Device that the key is for, by the identifier that the domain knows: 1 to 128 printable ASCII characters without
    /// spaces.
    pub device: String,
    /// Note of the operator, on one line.
    pub label: String,
    /// Scopes of the key.
    pub scopes: Scopes,
    /// Time from which the key is rejected; `None` if it does not expire.
    pub expires: Option<Timestamp>,
}

/// A key that was issued. Its text is shown this once: the file keeps only a hash.
#[derive(Debug)]
pub struct IssuedKey {
    /// The text of the key.
    pub key: SecretString,
    /// The key as the file lists it.
    pub report: KeyReport,
}

impl KeyFile {
    /// Time for which a key is accepted beside the one that takes its place, if the operator does not say otherwise.
    pub const OVERLAP: Duration = Duration::from_hours(7 * 24);

    /// Issues a key. Creates the file if there is none.
    pub fn issue(&self, order: KeyOrder, now: Timestamp) -> Result<IssuedKey, KeyFileError> {
        if !is_device(&order.device) {
            return Err(KeyFileError::Order("the id of the device is not 1 to 128 printable characters"));
        }
        if order.label.chars().any(char::is_control) {
            return Err(KeyFileError::Order("the label has more than one line"));
        }
        if order.expires.is_some_and(|expires| expires <= now) {
            return Err(KeyFileError::Order("the key would have expired already"));
        }
        self.edit(|keys| self.add(keys, order, now))
    }

    /// Returns every key, in the order in which they were issued.
    pub fn list(&self, now: Timestamp) -> Result<Vec<KeyReport>, KeyFileError> {
        Ok(self.read()?.iter().map(|key| key.report(now)).collect())
    }

    /// Revokes a key. A server that watches the file rejects it within a second. A key that was revoked before keeps the
    /// time of that.
    pub fn revoke(&self, id: &str, now: Timestamp) -> Result<KeyReport, KeyFileError> {
        self.edit(|keys| {
            let key = find(keys, id)?;
            key.revoked.get_or_insert(now);
            Ok(key.report(now))
        })
    }

    /// Issues a key that takes the place of another, which is accepted for the time of `overlap` more, or until it
    /// expires if that is sooner. The new key has the device, label, scopes and lifetime of the old one. A key is
    /// rotated once, so that no more than two of a rotation are accepted.
    pub fn rotate(&self, id: &str, overlap: Duration, now: Timestamp) -> Result<IssuedKey, KeyFileError> {
        self.edit(|keys| {
            let old = find(keys, id)?.clone();
            let state = old.state(now);
            if state != KeyState::Valid {
                return Err(KeyFileError::State(id.to_owned(), state));
            }
            let lifetime = old.expires.map(|expires| expires.duration_since(old.created));
            let order = KeyOrder {
                scopes: old.scopes().unwrap_or_default(),
                expires: lifetime.map(|it| now.checked_add(it).unwrap_or(Timestamp::MAX)),
                device: old.device,
                label: old.label,
            };
            let issued = self.add(keys, order, now)?;
            let overlap = SignedDuration::try_from(overlap).unwrap_or(SignedDuration::MAX);
            let ends = now.checked_add(overlap).unwrap_or(Timestamp::MAX);
            let old = find(keys, id)?;
            old.expires = Some(old.expires.map_or(ends, |expires| expires.min(ends)));
            old.replaced_by = Some(issued.report.id.clone());
            Ok(issued)
        })
    }

    fn add(
        &self,
        keys: &mut Vec<KeyRecord>,
        order: KeyOrder,
        now: Timestamp,
    ) -> Result<IssuedKey, KeyFileError> {
        let new = self.prefix().make().ok_or(KeyFileError::Order("the system has no randomness to give"))?;
        if find(keys, &new.id).is_ok() {
            return Err(KeyFileError::Order("the random id is taken: issue the key again"));
        }
        let record = KeyRecord {
            id: new.id,
            device: order.device,
            label: order.label,
            scopes: order.scopes.iter().map(str::to_owned).collect(),
            secret_sha256: SecretHash::of(new.secret.expose_secret()),
            created: now,
            expires: order.expires,
            revoked: None,
            replaced_by: None,
        };
        let report = record.report(now);
        keys.push(record);
        Ok(IssuedKey { key: new.text, report })
    }
}

fn find<'a>(keys: &'a mut [KeyRecord], id: &str) -> Result<&'a mut KeyRecord, KeyFileError> {
    keys.iter_mut().find(|key| key.id == id).ok_or_else(|| KeyFileError::UnknownKey(id.to_owned()))
}
