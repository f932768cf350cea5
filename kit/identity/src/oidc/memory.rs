//! The tokens of sessions that were opened a moment ago.

use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;

use super::tokens::Tokens;
use crate::session::{Session, SessionHandle, SessionId};

/// Upper bound on the sessions whose tokens are remembered.
const MAX_REMEMBERED: u64 = 16 * 1024;

/// Time for which they are.
const REMEMBER: Duration = Duration::from_mins(1);

/// The tokens of sessions that were opened a moment ago: opening takes longer than all else of a sign-in. Whether a session
/// goes on is never remembered.
pub(super) struct Memory(Cache<SessionHandle, Arc<Remembered>>);

struct Remembered {
    session: Session,
    tokens: Arc<Tokens>,
}

impl Memory {
    pub(super) fn new() -> Self {
        Self(Cache::builder().max_capacity(MAX_REMEMBERED).time_to_live(REMEMBER).build())
    }

    /// Opens the tokens of a session, unless they are remembered and it still has the same; `None` if it has none that a
    /// login brought.
    pub(super) fn open(&self, id: &SessionId, session: &Session) -> Option<Arc<Tokens>> {
        let handle = id.handle();
        if let Some(known) = self.0.get(&handle)
            && known.session.encloses_the_same(session)
        {
            return Some(known.tokens.clone());
        }
        let tokens = Arc::new(Tokens::of_session(id, session)?);
        let known = Remembered { session: session.clone(), tokens: tokens.clone() };
        self.0.insert(handle, Arc::new(known));
        Some(tokens)
    }
}
