//! State that the endpoints of a provider share, with its settings and its keys.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::{
    claims::{ACCESS_TOKEN, AccessClaims, Act, Confirmation, ID_TOKEN, IdClaims},
    client::Client,
    codes::Codes,
    grants::{Grant, Grants},
    keys::Keys,
    options::{ProviderError, ProviderOptions},
    random,
    scopes::Scopes,
    sessions::Sessions,
    users::DemoUser,
};
use crate::clock::Clock;

/// The settings, keys and state of a provider.
pub(super) struct Authority {
    pub(super) issuer: String,
    pub(super) keys: Keys,
    pub(super) users: Vec<DemoUser>,
    pub(super) allow_remote: bool,
    /// Lifetimes in seconds.
    pub(super) token_lifetime: i64,
    pub(super) phone_token_lifetime: i64,
    clients: Vec<Client>,
    clock: Clock,
    state: Mutex<State>,
}

/// The state of a provider, a limited number of each.
pub(super) struct State {
    pub(super) codes: Codes,
    pub(super) grants: Grants,
    pub(super) sessions: Sessions,
}

/// An access token to be signed.
pub(super) struct NewToken<'a> {
    /// The user; the client itself if it acts for nobody.
    pub(super) subject: &'a str,
    pub(super) client: &'a str,
    pub(super) audience: &'a str,
    pub(super) scopes: &'a Scopes,
    /// The client that acts for the subject.
    pub(super) actor: Option<&'a str>,
    /// The grant that the token belongs to.
    pub(super) grant: Option<&'a str>,
    /// Thumbprint of the key that the token is bound to.
    pub(super) bound_to: Option<&'a str>,
    /// Lifetime in seconds.
    pub(super) lifetime: i64,
}

impl Authority {
    pub(super) fn new(options: ProviderOptions) -> Result<Self, ProviderError> {
        options.check()?;
        Ok(Self {
            keys: Keys::generate(),
            users: DemoUser::all(),
            allow_remote: options.allow_remote,
            token_lifetime: whole(options.token_lifetime),
            phone_token_lifetime: whole(options.phone_token_lifetime),
            issuer: options.issuer,
            clients: options.clients,
            clock: options.clock,
            state: Mutex::new(State {
                codes: Codes::new(),
                grants: Grants::new(),
                sessions: Sessions::new(),
            }),
        })
    }

    /// The time now, in seconds since 1970.
    pub(super) fn now(&self) -> i64 {
        self.clock.now().as_second()
    }

    /// The host of the issuer, without its port.
    pub(super) fn host(&self) -> &str {
        let authority = self.issuer.split_once("://").map_or("", |(_, authority)| authority);
        let end = authority.rfind(':').filter(|&end| !authority[end..].contains(']'));
        end.map_or(authority, |end| &authority[..end])
    }

    pub(super) fn client(&self, id: &str) -> Option<&Client> {
        self.clients.iter().find(|client| client.id == id)
    }

    pub(super) fn user(&self, id: &str) -> Option<&DemoUser> {
        self.users.iter().find(|user| user.id == id)
    }

    /// Locks the state. Never held across an `await`.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Signs an access token.
    pub(super) fn sign(&self, token: &NewToken<'_>) -> String {
        let (identifier, now) = (random::identifier(), self.now());
        let claims = AccessClaims {
            iss: self.issuer.clone(),
            aud: token.audience.to_owned(),
            sub: token.subject.to_owned(),
            client_id: token.client.to_owned(),
            iat: now,
            exp: now.saturating_add(token.lifetime),
            jti: match token.grant {
                Some(grant) => AccessClaims::identifier_in(grant, &identifier),
                None => identifier,
            },
            scope: token.scopes.text(),
            act: token.actor.map(|actor| Act { sub: actor.to_owned() }),
            cnf: token.bound_to.map(|key| Confirmation { jkt: key.to_owned() }),
        };
        self.keys.sign(ACCESS_TOKEN, &claims)
    }

    /// Signs an ID token. The nonce is that of the authorization request.
    pub(super) fn sign_id_token(&self, grant: &Grant, nonce: Option<String>) -> String {
        let now = self.now();
        let claims = IdClaims {
            iss: self.issuer.clone(),
            aud: grant.client.clone(),
            sub: grant.user.clone(),
            iat: now,
            exp: now.saturating_add(self.token_lifetime),
            auth_time: grant.auth_time,
            sid: grant.session.clone(),
            nonce,
        };
        self.keys.sign(ID_TOKEN, &claims)
    }

    /// The claims of an access token of ours that has not expired, and whose grant was not revoked.
    pub(super) fn verify(&self, token: &str) -> Option<AccessClaims> {
        let claims: AccessClaims = self.keys.verify(ACCESS_TOKEN, token)?;
        let lives = self.now() < claims.exp;
        let is_open = claims.grant().is_none_or(|grant| self.state().grants.is_open(grant));
        (lives && is_open).then_some(claims)
    }

    /// The claims of an ID token of ours, expired or not: a hint to the user that a client means.
    pub(super) fn id_token_hint(&self, token: &str) -> Option<IdClaims> {
        self.keys.verify(ID_TOKEN, token)
    }
}

fn whole(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}
