//! Refreshing the tokens of a session: once, however many requests need them, on however many replicas.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use tokio::time::{Instant, sleep};

use super::error::Failure;
use super::provider::Provider;
use super::tokens::Tokens;
use crate::session::{SessionError, SessionId, Sessions, random_text};

/// Time for which a replica may hold the claim on a refresh, beside the time that the provider may take. It ends the claim
/// of a replica that has gone away.
const CLAIM: Duration = Duration::from_secs(15);

/// Time that a request waits for the refresh of another replica. It goes on without good tokens then.
const PATIENCE: Duration = Duration::from_secs(5);

/// Time between two looks at the claim of another replica.
const LOOK: Duration = Duration::from_millis(50);

/// Value of a claim after a refresh that failed: nobody tries again while it is there.
const COOLING: &[u8] = b"cooling";

/// Attempts to write tokens that were refreshed, since the ones before are worth nothing any more.
const WRITES: usize = 3;

/// Refreshes tokens. A provider that rotates refresh tokens takes the second use of one for a theft, and revokes all of
/// the grant (RFC 9700, section 4.14). So the requests of this replica share one flight, and the replica claims it in the
/// store before it takes off.
pub(super) struct Refresher {
    sessions: Sessions,
    provider: Arc<Provider>,
    claim: Duration,
    cool_down: Duration,
    flights: Mutex<HashMap<String, Flight>>,
}

/// A refresh that is under way on this replica.
type Flight = Shared<BoxFuture<'static, ()>>;

impl Refresher {
    pub(super) fn new(sessions: Sessions, provider: Arc<Provider>) -> Self {
        let settings = provider.settings();
        // The tokens, and two loads of keys at most.
        let claim = CLAIM + settings.timeout + 2 * settings.keys.timeout;
        let cool_down = settings.cool_down;
        Self { sessions, provider, claim, cool_down, flights: Mutex::default() }
    }

    /// Refreshes the tokens of a session, or waits until another request has. The session says what has come of it.
    pub(super) async fn refresh(self: &Arc<Self>, id: &SessionId) {
        self.join(id).await;
    }

    fn join(self: &Arc<Self>, id: &SessionId) -> Flight {
        let handle = id.handle().to_string();
        let mut flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
        let take_off = || {
            let landing = Landing { refresher: self.clone(), handle: handle.clone() };
            let id = id.clone();
            // A task of its own: the tokens would be lost if the request that began the refresh were dropped.
            let task = tokio::spawn(async move {
                if let Err(error) = landing.refresher.claim_and_refresh(&id).await {
                    tracing::warn!(%error, "the tokens of a session could not be refreshed");
                }
            });
            task.map(|_| ()).boxed().shared()
        };
        flights.entry(handle.clone()).or_insert_with(take_off).clone()
    }

    async fn claim_and_refresh(&self, id: &SessionId) -> Result<(), SessionError> {
        let store = self.sessions.store();
        let key = format!("session-refresh:{}", id.handle());
        let claim: Bytes = random_text().ok_or(SessionError::NoRandomness)?.into();
        let started = Instant::now();
        loop {
            match store.insert(&key, claim.clone(), self.claim).await? {
                None => break,
                Some(other) if other == COOLING => return Ok(()),
                Some(_) if started.elapsed() >= PATIENCE => return Ok(()),
                Some(_) => sleep(LOOK).await,
            }
        }
        if self.refresh_claimed(id).await? {
            store.remove(&key, &claim).await?;
        } else {
            store.replace(&key, &claim, COOLING.into(), self.cool_down).await?;
        }
        Ok(())
    }

    /// Refreshes the tokens, unless another replica has meanwhile. Returns false if the provider could not be asked.
    async fn refresh_claimed(&self, id: &SessionId) -> Result<bool, SessionError> {
        let Some(session) = self.sessions.find(id).await? else { return Ok(true) };
        let Some((user, tokens)) = Tokens::of_session(id, &session).map(|tokens| (session.user, tokens))
        else {
            return Ok(true);
        };
        let Some(refresh_token) = tokens.due(self.sessions.clock().now()).cloned() else { return Ok(true) };
        match self.provider.refresh(&refresh_token, tokens, &user).await {
            Ok(tokens) => self.write(id, &tokens).await.map(|()| true),
            Err(Failure::InvalidGrant) => {
                tracing::info!("a session ends, since the provider no longer accepts its refresh token");
                self.sessions.end(id).await.map(|()| true)
            }
            Err(failure) => {
                let reason = failure.reason();
                tracing::warn!(reason, "a session goes on with the tokens that it has");
                Ok(false)
            }
        }
    }

    async fn write(&self, id: &SessionId, tokens: &Tokens) -> Result<(), SessionError> {
        let sealed = tokens.written();
        let mut failures = 0;
        let is_written = loop {
            match self.sessions.enclose(id, &sealed).await {
                Err(_) if failures + 1 < WRITES => failures += 1,
                result => break result?,
            }
        };
        // The session was ended meanwhile, and with it the token before this one.
        if let Some(token) = tokens.refresh_token.as_ref().filter(|_| !is_written) {
            self.provider.revoke(token).await;
        }
        Ok(())
    }
}

/// Takes a flight off the list when it ends, however it does.
struct Landing {
    refresher: Arc<Refresher>,
    handle: String,
}

impl Drop for Landing {
    fn drop(&mut self) {
        self.refresher.flights.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.handle);
    }
}
