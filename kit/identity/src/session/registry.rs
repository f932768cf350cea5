//! All sessions of a server.

use std::sync::Arc;
use std::{error, fmt};

use bytes::Bytes;
use jiff::Timestamp;
use secrecy::SecretString;
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::{Store, StoreError};

use super::id::{SessionHandle, SessionId, hashed};
use super::record::Session;
use super::seal::Sealed;
use super::settings::SessionSettings;
use crate::clock::Clock;

/// Upper bound on the sessions of one user. A further one ends the oldest.
const MAX_PER_USER: usize = 50;

/// The sessions of a server, in a store that its replicas share.
///
/// A session has a new id from each rise of privilege on: [`sign_in`](Self::sign_in) never keeps one that somebody might
/// have planted in the browser.
#[derive(Clone, Debug)]
pub struct Sessions {
    store: Arc<dyn Store>,
    settings: SessionSettings,
    clock: Clock,
}

/// The reason why a session could not be read or written.
#[derive(Debug)]
pub enum SessionError {
    /// The store failed.
    Store(StoreError),
    /// The system has no randomness to give.
    NoRandomness,
}

/// The secret, group and visitor that a sign-in brings to a session.
#[derive(Clone, Copy)]
pub(crate) struct Brought<'a> {
    /// Text that the id of the session alone opens.
    pub(crate) secret: &'a SecretString,
    /// Name under which several sessions can be ended at once, such as that of the session at an identity provider. The
    /// store has its hash alone.
    pub(crate) group: Option<&'a str>,
    /// Visitor that the browser was before.
    pub(crate) visitor: Option<&'a str>,
}

impl Sessions {
    /// Keeps sessions in a store.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, settings: SessionSettings, clock: Clock) -> Self {
        Self { store, settings, clock }
    }

    /// Begins the session of a user who has just signed in, and ends the one that the browser had before.
    pub async fn sign_in(&self, user: &str, before: Option<&SessionId>) -> Result<SessionId, SessionError> {
        self.sign_in_with(user, before, None).await
    }

    /// Does the same, and keeps what the sign-in brings.
    pub(crate) async fn sign_in_with(
        &self,
        user: &str,
        before: Option<&SessionId>,
        brought: Option<Brought<'_>>,
    ) -> Result<SessionId, SessionError> {
        let id = self.begin(user, brought).await?;
        self.note(&list_of(user), user, &id.handle()).await?;
        if let Some(group) = brought.and_then(|it| it.group) {
            self.note(&group_of(group), user, &id.handle()).await?;
        }
        if let Some(before) = before {
            self.end(before).await?;
        }
        Ok(id)
    }

    /// Returns the session of an id, and notes that it is used; `None` if there is none, or no longer.
    pub async fn find(&self, id: &SessionId) -> Result<Option<Session>, SessionError> {
        let key = key_of(&id.handle());
        let Some((bytes, session)) = self.read::<Session>(&key).await? else { return Ok(None) };
        let now = self.clock.now();
        if session.left(&self.settings, now).is_none() {
            return Ok(None);
        }
        let Some(used) = session.used_again(&self.settings, now) else { return Ok(Some(session)) };
        let keep = used.left(&self.settings, now).unwrap_or_default();
        // If another request has changed the session meanwhile, it has noted the use as well, or ended the session.
        self.store.replace(&key, &bytes, written(&used), keep).await?;
        Ok(Some(used))
    }

    /// Encloses another secret in a session. Returns false if the session has ended.
    pub(crate) async fn enclose(&self, id: &SessionId, secret: &SecretString) -> Result<bool, SessionError> {
        let key = key_of(&id.handle());
        // A request may note its use between the two.
        while let Some((bytes, session)) = self.read::<Session>(&key).await? {
            let Some(keep) = session.left(&self.settings, self.clock.now()) else { break };
            let sealed = Sealed::new(id, &session.user, secret).ok_or(SessionError::NoRandomness)?;
            let resealed = written(&Session { sealed: Some(sealed), ..session.clone() });
            if self.store.replace(&key, &bytes, resealed, keep).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Returns the time at which a session ends if it is not used again.
    #[must_use]
    pub fn ends(&self, session: &Session) -> Timestamp {
        session.ends(&self.settings)
    }

    pub(crate) fn store(&self) -> &dyn Store {
        &*self.store
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Ends a session. There need be none.
    pub async fn end(&self, id: &SessionId) -> Result<(), SessionError> {
        self.remove(&id.handle()).await.map(|_| ())
    }

    /// Ends a session. Returns it as it was at that moment, so that nothing that was enclosed in it meanwhile is missed;
    /// `None` if there was none, or no longer.
    pub(crate) async fn take(&self, id: &SessionId) -> Result<Option<Session>, SessionError> {
        let session = self.remove(&id.handle()).await?.as_deref().and_then(parsed::<Session>);
        let now = self.clock.now();
        Ok(session.filter(|it| it.left(&self.settings, now).is_some()))
    }

    /// Returns the sessions of a user, the oldest first.
    pub async fn of(&self, user: &str) -> Result<Vec<(SessionHandle, Session)>, SessionError> {
        self.listed(&list_of(user), Some(user)).await
    }

    async fn listed(
        &self,
        list: &str,
        user: Option<&str>,
    ) -> Result<Vec<(SessionHandle, Session)>, SessionError> {
        let Some((_, handles)) = self.read::<Vec<SessionHandle>>(list).await? else { return Ok(Vec::new()) };
        let mut sessions = Vec::new();
        for handle in handles {
            if let Some(session) = self.live(&handle, user).await? {
                sessions.push((handle, session));
            }
        }
        Ok(sessions)
    }

    /// Ends one session of a user, by its public name. Returns false if the user has none of that name.
    pub async fn revoke(&self, user: &str, handle: &SessionHandle) -> Result<bool, SessionError> {
        let is_theirs = self.live(handle, Some(user)).await?.is_some();
        if is_theirs {
            self.remove(handle).await?;
        }
        Ok(is_theirs)
    }

    /// Ends all sessions of a user, as after a change of the password.
    pub async fn revoke_all(&self, user: &str) -> Result<(), SessionError> {
        for (handle, _) in self.of(user).await? {
            self.remove(&handle).await?;
        }
        Ok(())
    }

    /// Ends all sessions of a user but one.
    pub(crate) async fn revoke_others(&self, user: &str, kept: &SessionId) -> Result<(), SessionError> {
        for (handle, _) in self.of(user).await? {
            if handle != kept.handle() {
                self.remove(&handle).await?;
            }
        }
        Ok(())
    }

    /// Ends all sessions of a group, or those of it that are of a user.
    pub(crate) async fn revoke_group(&self, group: &str, user: Option<&str>) -> Result<(), SessionError> {
        for (handle, _) in self.listed(&group_of(group), user).await? {
            self.remove(&handle).await?;
        }
        Ok(())
    }

    async fn begin(&self, user: &str, brought: Option<Brought<'_>>) -> Result<SessionId, SessionError> {
        let mut session = Session::new(user, self.clock.now());
        let keep = self.settings.idle.min(self.settings.absolute);
        let id = SessionId::make().ok_or(SessionError::NoRandomness)?;
        if let Some(Brought { secret, visitor, .. }) = brought {
            session.sealed = Some(Sealed::new(&id, user, secret).ok_or(SessionError::NoRandomness)?);
            session.visitor = visitor.map(str::to_owned);
        }
        // Two of 256 random bits never meet.
        self.store.insert(&key_of(&id.handle()), written(&session), keep).await?;
        Ok(id)
    }

    /// Returns the session of a handle, if it is one of this user, or of any, and has not ended.
    async fn live(
        &self,
        handle: &SessionHandle,
        user: Option<&str>,
    ) -> Result<Option<Session>, SessionError> {
        let found = self.read::<Session>(&key_of(handle)).await?.map(|(_, session)| session);
        let now = self.clock.now();
        let is_theirs = |it: &Session| user.is_none_or(|user| it.user == user);
        Ok(found.filter(|it| is_theirs(it) && it.left(&self.settings, now).is_some()))
    }

    /// Adds a session to a list of sessions of its user, and takes those that have ended off it.
    async fn note(&self, list: &str, user: &str, handle: &SessionHandle) -> Result<(), SessionError> {
        loop {
            let before = self.store.get(list).await?;
            let mut handles = Vec::new();
            for known in before.as_deref().and_then(parsed::<Vec<SessionHandle>>).unwrap_or_default() {
                if self.live(&known, Some(user)).await?.is_some() {
                    handles.push(known);
                }
            }
            while handles.len() >= MAX_PER_USER {
                self.remove(&handles.remove(0)).await?;
            }
            handles.push(handle.clone());
            let (handles, keep) = (written(&handles), self.settings.absolute);
            let is_written = match before {
                Some(bytes) => self.store.replace(list, &bytes, handles, keep).await?,
                None => self.store.insert(list, handles, keep).await?.is_none(),
            };
            if is_written {
                return Ok(());
            }
        }
    }

    /// Removes a session. Returns it as it was at that moment; `None` if there was none.
    async fn remove(&self, handle: &SessionHandle) -> Result<Option<Bytes>, SessionError> {
        let key = key_of(handle);
        // A request may note its use between the two.
        while let Some(there) = self.store.get(&key).await? {
            if self.store.remove(&key, &there).await? {
                return Ok(Some(there));
            }
        }
        Ok(None)
    }

    /// Reads a value, with its bytes; `None` if there is none, or one that cannot be read.
    async fn read<T: DeserializeOwned>(&self, key: &str) -> Result<Option<(Bytes, T)>, SessionError> {
        let Some(bytes) = self.store.get(key).await? else { return Ok(None) };
        Ok(parsed(&bytes).map(|value| (bytes, value)))
    }
}

fn key_of(handle: &SessionHandle) -> String {
    format!("session:{handle}")
}

fn list_of(user: &str) -> String {
    format!("sessions-of:{}", hashed(user))
}

fn group_of(group: &str) -> String {
    format!("session-group:{}", hashed(group))
}

/// Reads a value of this release; `None` if another release wrote it in another form.
fn parsed<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    serde_json::from_slice(bytes).ok()
}

fn written(value: &impl Serialize) -> Bytes {
    // Times and texts can always be written.
    serde_json::to_vec(value).unwrap_or_default().into()
}

impl From<StoreError> for SessionError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl fmt::Display for SessionError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(error) => error.fmt(formatter),
            Self::NoRandomness => formatter.write_str("the system has no randomness to give"),
        }
    }
}

impl error::Error for SessionError {}
