//! Grants, and the refresh tokens that belong to them.

use super::{
    bounded::Bounded,
    random::{self, Digest},
    scopes::{OFFLINE_ACCESS, Scopes},
};

/// Lifetime of a grant, in seconds: 30 days after the sign-in, no refresh token works.
pub(super) const LIFETIME: i64 = 30 * 24 * 60 * 60;

/// Upper bound on the grants. One that is forgotten is revoked.
const MAX_GRANTS: usize = 4_096;

/// Upper bound on the refresh tokens that are remembered, those that were used among them.
const MAX_REFRESH_TOKENS: usize = 16 * 1_024;

/// The access that a user gave to a client at one sign-in. All tokens that follow from it end with it.
#[derive(Debug, Clone)]
pub(super) struct Grant {
    pub(super) client: String,
    pub(super) user: String,
    pub(super) scopes: Scopes,
    pub(super) audience: String,
    /// Time of the sign-in, in seconds since 1970.
    pub(super) auth_time: i64,
    /// Identifier of the session of the browser.
    pub(super) session: String,
}

/// The grants of a provider.
#[derive(Debug)]
pub(super) struct Grants {
    grants: Bounded<String, Grant>,
    refresh_tokens: Bounded<Digest, RefreshToken>,
}

#[derive(Debug)]
struct RefreshToken {
    grant: String,
    used: bool,
}

/// A refresh token that may be used.
#[derive(Debug)]
pub(super) struct Refresh {
    /// Identifier of the grant.
    pub(super) id: String,
    pub(super) grant: Grant,
    token: Digest,
}

impl Grants {
    pub(super) fn new() -> Self {
        Self { grants: Bounded::new(MAX_GRANTS), refresh_tokens: Bounded::new(MAX_REFRESH_TOKENS) }
    }

    /// Opens a grant, and returns its identifier.
    pub(super) fn open(&mut self, grant: Grant) -> String {
        let id = random::identifier();
        self.grants.insert(id.clone(), grant);
        id
    }

    /// Issues a refresh token of a grant.
    pub(super) fn issue(&mut self, grant: &str) -> String {
        let token = random::secret();
        let entry = RefreshToken { grant: grant.to_owned(), used: false };
        self.refresh_tokens.insert(Digest::of(&token), entry);
        token
    }

    /// The grant of a refresh token of this client that was not used yet. One that was used revokes the grant: either
    /// its first user or its second has stolen it (RFC 9700, section 4.14.2).
    pub(super) fn find(&mut self, token: &str, client: &str, now: i64) -> Option<Refresh> {
        let digest = Digest::of(token);
        let RefreshToken { grant: id, used } = self.refresh_tokens.get(&digest)?;
        let grant = self.grants.get(id).filter(|it| it.client == client)?;
        if *used {
            self.grants.remove(id);
            return None;
        }
        let lives = now < grant.auth_time.saturating_add(LIFETIME);
        lives.then(|| Refresh { id: id.clone(), grant: grant.clone(), token: digest })
    }

    /// Uses a refresh token up, and issues the next one.
    pub(super) fn rotate(&mut self, refresh: &Refresh) -> String {
        if let Some(token) = self.refresh_tokens.get_mut(&refresh.token) {
            token.used = true;
        }
        self.issue(&refresh.id)
    }

    /// Returns true if a grant is open.
    pub(super) fn is_open(&self, id: &str) -> bool {
        self.grants.get(&id.to_owned()).is_some()
    }

    /// Revokes a grant.
    pub(super) fn revoke(&mut self, id: &str) {
        self.grants.remove(&id.to_owned());
    }

    /// Revokes the grant of a refresh token of this client, used or not. Returns false if there is none.
    pub(super) fn revoke_of(&mut self, token: &str, client: &str) -> bool {
        let Some(token) = self.refresh_tokens.get(&Digest::of(token)) else { return false };
        let is_own = self.grants.get(&token.grant).is_some_and(|it| it.client == client);
        is_own && self.grants.remove(&token.grant).is_some()
    }

    /// Revokes the grants of a session, but for those of offline access.
    pub(super) fn end_session(&mut self, session: &str) {
        self.grants.retain(|grant| grant.session != session || grant.scopes.has(OFFLINE_ACCESS));
    }
}
