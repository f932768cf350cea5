//! The answer to a credential that is not accepted.

use http::{HeaderValue, StatusCode};

/// The answer to a request whose credential is not accepted. No part of it is made of the credential: all its texts are
/// constants, so that neither the client's answer nor the log can show one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    kind: ChallengeKind,
    reason: &'static str,
}

/// The kind of a challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChallengeKind {
    /// The credential is bad, expired, or one of several. Holds the value of `WWW-Authenticate`.
    Rejected(HeaderValue),
    /// The credential cannot be judged now, since the means to judge it are missing.
    Unavailable,
}

impl Challenge {
    /// Creates the answer to a bad credential. `authenticate` is the value of `WWW-Authenticate` (RFC 9110, section
    /// 11.6.1), the same for every reason; `reason` is for the operator's log alone.
    #[must_use]
    pub const fn rejected(authenticate: &'static str, reason: &'static str) -> Self {
        Self { kind: ChallengeKind::Rejected(HeaderValue::from_static(authenticate)), reason }
    }

    /// Creates the answer to a credential that cannot be judged now. `reason` is for the operator's log alone.
    #[must_use]
    pub const fn unavailable(reason: &'static str) -> Self {
        Self { kind: ChallengeKind::Unavailable, reason }
    }

    /// Returns the kind.
    #[must_use]
    pub const fn kind(&self) -> &ChallengeKind {
        &self.kind
    }

    /// Returns the status of the answer: 401, or 503 if the credential cannot be judged now.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        match self.kind {
            ChallengeKind::Rejected(_) => StatusCode::UNAUTHORIZED,
            ChallengeKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// Returns the value of `WWW-Authenticate`, which an answer with 401 must have; `None` for 503.
    #[must_use]
    pub const fn authenticate(&self) -> Option<&HeaderValue> {
        match &self.kind {
            ChallengeKind::Rejected(authenticate) => Some(authenticate),
            ChallengeKind::Unavailable => None,
        }
    }

    /// Returns the text for the client, one for each kind, whatever the reason.
    #[must_use]
    pub const fn message(&self) -> &'static str {
        match self.kind {
            ChallengeKind::Rejected(_) => "The credential of this request is not accepted.",
            ChallengeKind::Unavailable => "The credential of this request cannot be checked right now.",
        }
    }

    /// Returns the reason for the operator's log, which the client must not see.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        self.reason
    }
}
