//! The tokens of a session.

use jiff::{SignedDuration, Timestamp};
use openidconnect::{OAuth2TokenResponse as _, TokenResponse as _};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::library::TokenAnswer;
use crate::scopes::Scopes;
use crate::session::{Session, SessionId};

/// Time before its expiry from which an access token is replaced, so that it is still good where it is sent to.
const MARGIN: SignedDuration = SignedDuration::from_secs(5);

/// The tokens of a session, as they are sealed in it.
#[derive(Clone, Deserialize, Serialize)]
pub(super) struct Tokens {
    pub(super) access_token: Token,
    /// Time at which the access token expires; `None` if the provider did not say.
    pub(super) expires: Option<Timestamp>,
    /// `None` if the provider gave none: the session goes on without tokens that are good.
    pub(super) refresh_token: Option<Token>,
    /// Names the session at the provider when it is to be ended there.
    pub(super) id_token: Token,
    /// Scopes that the provider has granted.
    pub(super) scopes: Vec<String>,
}

/// A token. It is written where it is sealed, and printed nowhere.
#[derive(Clone, Debug)]
pub(super) struct Token(SecretString);

impl Tokens {
    /// Returns the tokens of an answer to a code. Without scopes in it, those that were asked for are granted (RFC 6749,
    /// section 5.1). Returns `None` if there is no ID token.
    pub(super) fn of(answer: &TokenAnswer, requested: &[String], now: Timestamp) -> Option<Self> {
        Some(Self {
            access_token: Token::new(answer.access_token().secret()),
            expires: expiry(answer, now),
            refresh_token: answer.refresh_token().map(|it| Token::new(it.secret())),
            id_token: Token::new(&answer.id_token()?.to_string()),
            scopes: granted(answer).unwrap_or_else(|| requested.to_vec()),
        })
    }

    /// Returns the tokens after a refresh: a provider that does not rotate gives the access token alone.
    pub(super) fn renewed(self, answer: &TokenAnswer, now: Timestamp) -> Self {
        Self {
            access_token: Token::new(answer.access_token().secret()),
            expires: expiry(answer, now),
            refresh_token: answer.refresh_token().map(|it| Token::new(it.secret())).or(self.refresh_token),
            id_token: answer.id_token().map_or(self.id_token, |it| Token::new(&it.to_string())),
            scopes: granted(answer).unwrap_or(self.scopes),
        }
    }

    /// Opens the tokens of a session; `None` if it is none that a login began.
    pub(super) fn of_session(id: &SessionId, session: &Session) -> Option<Self> {
        session.enclosed(id).as_ref().and_then(Self::read)
    }

    /// Reads tokens that were unsealed; `None` if another release wrote them in another form.
    fn read(text: &SecretString) -> Option<Self> {
        serde_json::from_str(text.expose_secret()).ok()
    }

    /// Returns the text to seal.
    pub(super) fn written(&self) -> SecretString {
        // Texts and times can always be written.
        serde_json::to_string(self).unwrap_or_default().into()
    }

    /// Returns the refresh token, if it is time to use it.
    pub(super) fn due(&self, now: Timestamp) -> Option<&Token> {
        let is_out =
            self.expires.is_some_and(|expires| now.saturating_add(MARGIN).is_ok_and(|it| it >= expires));
        self.refresh_token.as_ref().filter(|_| is_out)
    }

    /// Returns the access token, unless it has expired.
    pub(super) fn access_token(&self, now: Timestamp) -> Option<SecretString> {
        let is_good = self.expires.is_none_or(|expires| now < expires);
        is_good.then(|| self.access_token.0.clone())
    }

    /// Returns the scopes for the principal; none if one is malformed.
    pub(super) fn scopes(&self) -> Scopes {
        Scopes::of(self.scopes.iter().map(String::as_str)).unwrap_or_default()
    }
}

fn expiry(answer: &TokenAnswer, now: Timestamp) -> Option<Timestamp> {
    let lifetime = SignedDuration::try_from(answer.expires_in()?).unwrap_or(SignedDuration::MAX);
    Some(now.checked_add(lifetime).unwrap_or(Timestamp::MAX))
}

fn granted(answer: &TokenAnswer) -> Option<Vec<String>> {
    Some(answer.scopes()?.iter().map(|it| it.as_str().to_owned()).collect())
}

impl Token {
    pub(super) fn new(text: &str) -> Self {
        Self(text.into())
    }

    pub(super) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl Serialize for Token {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.expose())
    }
}

impl<'de> Deserialize<'de> for Token {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(text.into()))
    }
}
