//! A session as the store keeps it.

use std::fmt;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::id::SessionId;
use super::seal::Sealed;
use super::settings::SessionSettings;

/// A session of a browser.
#[derive(Clone, Deserialize, PartialEq, Eq, Serialize)]
pub struct Session {
    /// User who has signed in.
    pub user: String,
    /// Visitor that the browser was before the sign-in; `None` if it was none that was known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visitor: Option<String>,
    /// Time of the sign-in.
    pub started: Timestamp,
    /// Time of the last request, to an eighth of the idle time.
    pub used: Timestamp,
    /// Secret of the sign-in, which the id of the session alone opens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sealed: Option<Sealed>,
}

impl Session {
    pub(super) fn new(user: &str, now: Timestamp) -> Self {
        Self { user: user.to_owned(), visitor: None, started: now, used: now, sealed: None }
    }

    /// Returns the time that the session has left; `None` if it has ended.
    pub(super) fn left(&self, settings: &SessionSettings, now: Timestamp) -> Option<Duration> {
        let left = |since: Timestamp, lifetime: Duration| lifetime.checked_sub(elapsed(since, now));
        let left = left(self.used, settings.idle)?.min(left(self.started, settings.absolute)?);
        (!left.is_zero()).then_some(left)
    }

    /// Returns the time at which the session ends if it is not used again.
    pub(super) fn ends(&self, settings: &SessionSettings) -> Timestamp {
        let after = |since: Timestamp, lifetime: Duration| {
            let lifetime = SignedDuration::try_from(lifetime).unwrap_or(SignedDuration::MAX);
            since.checked_add(lifetime).unwrap_or(Timestamp::MAX)
        };
        after(self.used, settings.idle).min(after(self.started, settings.absolute))
    }

    /// Returns the secret that the sign-in enclosed; `None` if there is none, or it was not sealed for this session and
    /// user.
    pub(crate) fn enclosed(&self, id: &SessionId) -> Option<SecretString> {
        self.sealed.as_ref()?.open(id, &self.user)
    }

    /// Returns true if another record of the session is of the same user, and encloses the same.
    pub(crate) fn encloses_the_same(&self, other: &Self) -> bool {
        self.user == other.user && self.sealed == other.sealed
    }

    /// Returns the session as used now, if the time that it has noted is too old.
    pub(super) fn used_again(&self, settings: &SessionSettings, now: Timestamp) -> Option<Self> {
        let is_old = elapsed(self.used, now) >= settings.idle / 8;
        is_old.then(|| Self { used: now, ..self.clone() })
    }
}

/// Prints nobody: users are not for logs.
impl fmt::Debug for Session {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Session").field("started", &self.started).finish_non_exhaustive()
    }
}

/// Returns the time since a moment; none if it is yet to come, as by the clock of another replica.
fn elapsed(since: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(now.duration_since(since)).unwrap_or_default()
}
