//! The principal of a request, and what its credential permits.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use jiff::Timestamp;

use crate::claims::Claims;
use crate::scopes::Scopes;
use crate::secret::SecretString;

/// The principal of a request, with the scopes, claims and expiry of its credential. Cheap to clone.
///
/// Two principals are equal if their [`Actor`], scopes and claims are equal: everything on which an answer can depend.
/// The expiry and the token do not count, so that a renewed credential finds what was kept under the one before.
#[derive(Clone, Default)]
pub struct Principal {
    identified: Option<Arc<Identified>>,
    subject_token: Option<Arc<SecretString>>,
}

/// The user, device or visitor on whose behalf a request runs, or nobody.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Actor {
    /// No identified user, device or visitor.
    Anonymous,
    /// A person, by the identifier that the domain knows.
    User(Arc<str>),
    /// A device, by the identifier that the domain knows.
    Device(Arc<str>),
    /// A visitor without an account, by an identifier that the sign-in gave. Nobody can tell it from that of another
    /// visitor who made one up: it names what is kept for them, and permits nothing.
    Visitor(Arc<str>),
}

#[derive(Clone)]
struct Identified {
    actor: Actor,
    scopes: Scopes,
    claims: Claims,
    expires: Option<Timestamp>,
}

static NOBODY: Actor = Actor::Anonymous;
static NO_SCOPES: Scopes = Scopes::NONE;
static NO_CLAIMS: Claims = Claims::NONE;

impl Principal {
    /// Returns the principal of a request without a credential.
    #[must_use]
    pub const fn anonymous() -> Self {
        Self { identified: None, subject_token: None }
    }

    /// Creates the principal of a person, by the identifier that the domain knows.
    #[must_use]
    pub fn of_user(id: impl Into<Arc<str>>) -> Self {
        Self::identified(Actor::User(id.into()))
    }

    /// Creates the principal of a device, by the identifier that the domain knows.
    #[must_use]
    pub fn of_device(id: impl Into<Arc<str>>) -> Self {
        Self::identified(Actor::Device(id.into()))
    }

    /// Creates the principal of a visitor without an account.
    #[must_use]
    pub fn of_visitor(id: impl Into<Arc<str>>) -> Self {
        Self::identified(Actor::Visitor(id.into()))
    }

    fn identified(actor: Actor) -> Self {
        let identified = Identified { actor, scopes: Scopes::NONE, claims: Claims::NONE, expires: None };
        Self { identified: Some(Arc::new(identified)), subject_token: None }
    }

    /// Returns the principal with these scopes. Nobody has none.
    #[must_use]
    pub fn with_scopes(self, scopes: Scopes) -> Self {
        self.with(|it| it.scopes = scopes)
    }

    /// Returns the principal with these claims. Nobody has none.
    #[must_use]
    pub fn with_claims(self, claims: Claims) -> Self {
        self.with(|it| it.claims = claims)
    }

    /// Returns the principal with the time at which its credential expires. Nobody expires never.
    #[must_use]
    pub fn with_expiry(self, expires: Timestamp) -> Self {
        self.with(|it| it.expires = Some(expires))
    }

    /// Returns the principal with the access token that its client has presented, or that is behind its session. It is for
    /// the token exchange at the provider (RFC 8693), and goes to nobody else.
    #[must_use]
    pub fn with_subject_token(self, token: SecretString) -> Self {
        Self { subject_token: Some(Arc::new(token)), ..self }
    }

    /// Returns the principal without its token, to be kept longer than a request.
    #[must_use]
    pub fn without_token(&self) -> Self {
        Self { identified: self.identified.clone(), subject_token: None }
    }

    fn with(mut self, change: impl FnOnce(&mut Identified)) -> Self {
        if let Some(identified) = &mut self.identified {
            change(Arc::make_mut(identified));
        }
        self
    }

    /// Returns the user, device or visitor, or nobody.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        self.identified.as_ref().map_or(&NOBODY, |it| &it.actor)
    }

    /// Returns the acting user; `None` if the principal is not a user.
    #[must_use]
    pub fn user(&self) -> Option<Arc<str>> {
        match self.actor() {
            Actor::User(id) => Some(id.clone()),
            Actor::Anonymous | Actor::Device(_) | Actor::Visitor(_) => None,
        }
    }

    /// Returns the visitor without an account; `None` if the principal is none.
    #[must_use]
    pub fn visitor(&self) -> Option<Arc<str>> {
        match self.actor() {
            Actor::Visitor(id) => Some(id.clone()),
            Actor::Anonymous | Actor::Device(_) | Actor::User(_) => None,
        }
    }

    /// Returns true for a user or a device.
    #[must_use]
    pub fn is_signed_in(&self) -> bool {
        matches!(self.actor(), Actor::User(_) | Actor::Device(_))
    }

    /// Returns the kind of the principal for logs, which never names it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        self.actor().kind()
    }

    /// Returns the scopes that the credential carries.
    #[must_use]
    pub fn scopes(&self) -> &Scopes {
        self.identified.as_ref().map_or(&NO_SCOPES, |it| &it.scopes)
    }

    /// Returns the claims that the sign-in kept.
    #[must_use]
    pub fn claims(&self) -> &Claims {
        self.identified.as_ref().map_or(&NO_CLAIMS, |it| &it.claims)
    }

    /// Returns the time from which the credential is no longer accepted; `None` if it does not expire.
    #[must_use]
    pub fn expires(&self) -> Option<Timestamp> {
        self.identified.as_ref().and_then(|it| it.expires)
    }

    /// Returns the access token of the principal; `None` if it has none that is good.
    #[must_use]
    pub fn subject_token(&self) -> Option<&SecretString> {
        self.subject_token.as_deref()
    }
}

impl Actor {
    /// Returns the kind for logs, which never names anybody.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::User(_) => "user",
            Self::Device(_) => "device",
            Self::Visitor(_) => "visitor",
        }
    }
}

impl PartialEq for Principal {
    fn eq(&self, other: &Self) -> bool {
        self.actor() == other.actor() && self.scopes() == other.scopes() && self.claims() == other.claims()
    }
}

impl Eq for Principal {}

impl Hash for Principal {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.actor().hash(state);
        self.scopes().hash(state);
        self.claims().hash(state);
    }
}

impl fmt::Debug for Principal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Principal").field("kind", &self.kind()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Actor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.kind())
    }
}

#[cfg(test)]
mod tests;
