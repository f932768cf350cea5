//! A key as an operator sees it.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

/// A key as an operator sees it: all but its secret. Printed, it is one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyReport {
    /// Id of the key, the second part of its text.
    pub id: String,
    /// Device that the key is for, by the identifier that the domain knows.
    pub device: String,
    /// Note of the operator.
    pub label: String,
    /// Scopes of the key.
    pub scopes: Vec<String>,
    /// Time at which it was issued.
    pub created: Timestamp,
    /// Time from which it is rejected; `None` if it does not expire.
    pub expires: Option<Timestamp>,
    /// Time at which it was revoked; `None` if it was not.
    pub revoked: Option<Timestamp>,
    /// Id of the key that takes the place of this one; `None` if there is none.
    pub replaced_by: Option<String>,
    /// State at the time of the report.
    pub state: KeyState,
}

/// State of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyState {
    /// Accepted.
    Valid,
    /// Accepted until it expires, beside the key that takes its place.
    Replaced,
    /// Rejected, since its time is over.
    Expired,
    /// Rejected, since an operator revoked it.
    Revoked,
}

impl KeyState {
    /// Returns true if a server accepts the key.
    #[must_use]
    pub const fn is_accepted(self) -> bool {
        matches!(self, Self::Valid | Self::Replaced)
    }
}

impl fmt::Display for KeyState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Valid => "valid",
            Self::Replaced => "replaced",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        })
    }
}

impl fmt::Display for KeyReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, device, state, .. } = self;
        write!(formatter, "{id}  {state:8}  {device}")?;
        if let Some(expires) = self.expires {
            write!(formatter, "  expires {expires}")?;
        }
        if let Some(revoked) = self.revoked {
            write!(formatter, "  revoked {revoked}")?;
        }
        if let Some(other) = &self.replaced_by {
            write!(formatter, "  replaced by {other}")?;
        }
        if !self.scopes.is_empty() {
            write!(formatter, "  scopes {}", self.scopes.join(" "))?;
        }
        if !self.label.is_empty() {
            write!(formatter, "  # {}", self.label)?;
        }
        Ok(())
    }
}
