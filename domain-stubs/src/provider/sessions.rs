//! Sessions of browsers, in which a user is signed in.

use super::{
    bounded::Bounded,
    random::{self, Digest},
};

/// Lifetime of a session, in seconds.
const LIFETIME: i64 = 12 * 60 * 60;

/// Upper bound on the sessions.
const MAX_SESSIONS: usize = 1_024;

/// The session of a browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Session {
    /// Identifier (`sid`), which ID tokens show. The cookie has another value.
    pub(super) id: String,
    pub(super) user: String,
    /// Time of the sign-in, in seconds since 1970.
    pub(super) auth_time: i64,
}

/// The sessions of a provider, by the value of their cookies.
#[derive(Debug)]
pub(super) struct Sessions(Bounded<Digest, Session>);

impl Sessions {
    pub(super) fn new() -> Self {
        Self(Bounded::new(MAX_SESSIONS))
    }

    /// Starts a session, and returns it with the value of its cookie.
    pub(super) fn start(&mut self, user: &str, now: i64) -> (Session, String) {
        let session = Session { id: random::identifier(), user: user.to_owned(), auth_time: now };
        let cookie = random::secret();
        self.0.insert(Digest::of(&cookie), session.clone());
        (session, cookie)
    }

    /// The session of a cookie.
    pub(super) fn get(&self, cookie: &str, now: i64) -> Option<&Session> {
        let lives = |session: &&Session| now < session.auth_time.saturating_add(LIFETIME);
        self.0.get(&Digest::of(cookie)).filter(lives)
    }

    /// Ends a session.
    pub(super) fn end(&mut self, id: &str) {
        self.0.retain(|session| session.id != id);
    }
}
