//! Sign-in with the session that a login began.

use std::fmt;
use std::sync::Arc;

use rustls::RootCertStore;

use super::error::OidcError;
use super::memory::Memory;
use super::provider::Provider;
use super::refresh::Refresher;
use super::return_to::ReturnOrigins;
use super::settings::OidcSettings;
use super::tokens::Tokens;
use crate::challenge::Challenge;
use crate::claims::Claims;
use crate::principal::Principal;
use crate::session::{Session, SessionError, SessionId, Sessions};

/// Sign-in with the cookie `__Host-session`, which a login at an OIDC provider gives a browser. A request
/// without the cookie is anonymous. One whose session has ended is rejected, as one with any other cookie of that name
/// that names none: a page of a guest, where there was one of a user, would hide that the user has to sign in again.
/// `GET /auth/me` takes such a cookie away. One with a bearer token is rejected as well: that is a credential of another
/// client. A password that a proxy asks for goes by.
///
/// The principal has the scopes that the provider has granted, and expires with the session if it is not used again. Where
/// visitors are known, a browser without a session may present the cookie `__Host-visitor`, which `POST /auth/visit` gives
/// it, and is a visitor then; once it has signed in, the claim `visitor` of its user says which one it was.
pub struct OidcSignIn {
    pub(super) provider: Arc<Provider>,
    pub(super) sessions: Sessions,
    pub(super) origins: ReturnOrigins,
    pub(super) has_visitors: bool,
    needs_tokens: bool,
    refresher: Arc<Refresher>,
    memory: Memory,
}

/// Claim of a user: the visitor that the browser was before the sign-in.
const VISITOR: &str = "visitor";

/// A session that has been opened.
pub(super) struct Opened {
    pub(super) session: Session,
    pub(super) user: String,
    pub(super) tokens: Arc<Tokens>,
}

impl OidcSignIn {
    /// Creates the sign-in at a provider, trusting servers whose certificates lead to one of `roots`. It asks nothing of
    /// the provider: [`SignIn::maintain`](crate::SignIn::maintain) does. Times in tokens are compared with the clock of the sessions.
    pub fn new(settings: OidcSettings, sessions: Sessions, roots: RootCertStore) -> Result<Self, OidcError> {
        let origins = ReturnOrigins::new(&settings.return_origins)?;
        let (has_visitors, needs_tokens) = (settings.visitors, settings.needs_tokens);
        let provider = Arc::new(Provider::new(settings, roots, sessions.clock().clone())?);
        let refresher = Arc::new(Refresher::new(sessions.clone(), provider.clone()));
        Ok(Self { provider, sessions, origins, has_visitors, needs_tokens, refresher, memory: Memory::new() })
    }

    /// Returns the session of an id as it is; `None` if there is none, or none that this sign-in began.
    pub(super) async fn open(&self, id: &SessionId) -> Result<Option<Opened>, SessionError> {
        let Some(session) = self.sessions.find(id).await? else { return Ok(None) };
        let tokens = self.memory.open(id, &session);
        Ok(tokens.map(|tokens| Opened { user: session.user.clone(), session, tokens }))
    }

    /// Ends the session of an id, and revokes its refresh token at the provider. Returns the tokens that it had; `None` if
    /// there was none, or none that this sign-in began.
    pub(super) async fn end(&self, id: &SessionId) -> Result<Option<Tokens>, SessionError> {
        // First, so that it has ended whatever the provider does, and a refresh that is under way revokes its own tokens.
        let ended = self.sessions.take(id).await?;
        let Some(tokens) = ended.and_then(|session| Tokens::of_session(id, &session)) else {
            return Ok(None);
        };
        if let Some(token) = &tokens.refresh_token {
            self.provider.revoke(token).await;
        }
        Ok(Some(tokens))
    }

    /// Returns the session of an id, with its tokens refreshed if that is due.
    pub(super) async fn refreshed(&self, id: &SessionId) -> Result<Opened, Challenge> {
        let opened = self.opened(id).await?;
        if opened.tokens.due(self.sessions.clock().now()).is_none() {
            return Ok(opened);
        }
        self.refresher.refresh(id).await;
        self.opened(id).await
    }

    async fn opened(&self, id: &SessionId) -> Result<Opened, Challenge> {
        self.open(id).await.map_err(unavailable)?.ok_or_else(|| rejected("the session has ended"))
    }

    /// Returns the principal of a session; a challenge if it needs a token, and will have none that is good.
    pub(super) fn principal(&self, opened: Opened) -> Result<Principal, Challenge> {
        let visitor = opened.session.visitor.as_deref();
        let principal = Principal::of_user(opened.user)
            .with_scopes(opened.tokens.scopes())
            .with_claims(Claims::of(visitor.map(|visitor| (VISITOR, vec![visitor]))))
            .with_expiry(self.sessions.ends(&opened.session));
        match opened.tokens.access_token(self.sessions.clock().now()) {
            Some(token) => Ok(principal.with_subject_token(token)),
            None if self.needs_tokens && opened.tokens.refresh_token.is_none() => {
                Err(rejected("the tokens of the session have run out"))
            }
            // The provider could not be asked; the session goes on, with what needs no token.
            None => Ok(principal),
        }
    }
}

/// One answer for every cookie that is not accepted. `Cookie` is no scheme that browsers know, so that none asks for a
/// password; an answer with 401 has to name one.
pub(super) const fn rejected(reason: &'static str) -> Challenge {
    Challenge::rejected("Cookie cookie-name=\"__Host-session\"", reason)
}

#[expect(clippy::needless_pass_by_value, reason = "it is passed to `map_err`")]
fn unavailable(error: SessionError) -> Challenge {
    tracing::warn!(%error, "a session could not be read");
    Challenge::unavailable("the session could not be read")
}

impl fmt::Debug for OidcSignIn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("OidcSignIn").field("origins", &self.origins).finish_non_exhaustive()
    }
}
