//! ID tokens (OIDC Core, section 3.1.3.7).

use std::time::SystemTime;

use jiff::SignedDuration;
use openidconnect::{
    AccessToken, AccessTokenHash, ClientId, IdTokenVerifier, IssuerUrl, JsonWebKeySet, Nonce,
    NonceVerifier as _,
};
use secrecy::{ExposeSecret as _, SecretString};

use super::error::Failure;
use super::key::IssuerKey;
use super::library::IdToken;
use crate::algorithm::Algorithm;
use crate::clock::Clock;
use crate::jwks::{Jwks, NoKey};
use crate::jwt::{Object, Parts};

/// Difference between the clocks of the provider and this server that is forgiven.
pub(super) const LEEWAY: SignedDuration = SignedDuration::from_secs(5);

/// The user that an ID token names.
pub(super) struct SignedInUser {
    /// Identifier of the user (`sub`).
    pub(super) id: String,
    /// Session at the provider (`sid`).
    pub(super) session: Option<String>,
}

/// An ID token, and what it must agree with.
pub(super) struct IdTokenCheck<'a> {
    pub(super) token: &'a IdToken,
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    /// Nonce of the attempt; `None` after a refresh, for which a provider may leave it out.
    pub(super) nonce: Option<&'a SecretString>,
    /// The access token beside the ID token.
    pub(super) access_token: &'a AccessToken,
    pub(super) clock: &'a Clock,
}

impl IdTokenCheck<'_> {
    /// Returns the user if the provider has signed the token, for this server and this attempt, and it is good now.
    pub(super) async fn user(self, keys: &Jwks) -> Result<SignedInUser, Failure> {
        let key = signing_key(&self.token.to_string(), keys).await?;
        let issuer = IssuerUrl::new(self.issuer.to_owned()).map_err(|_| Failure::Rejected("bad issuer"))?;
        let client = ClientId::new(self.client_id.to_owned());
        let now = self.clock.now();
        let earliest = SystemTime::from(now - LEEWAY);
        let latest = SystemTime::from(now + LEEWAY);
        let verifier =
            IdTokenVerifier::new_public_client(client, issuer, JsonWebKeySet::new(vec![key.clone()]))
                .set_allowed_algs([key.name().clone()])
                .set_time_fn(move || earliest.into())
                .set_issue_time_verifier_fn(move |issued| {
                    if SystemTime::from(issued) > latest { Err(String::new()) } else { Ok(()) }
                });
        let nonce = self.nonce.map(|it| Nonce::new(it.expose_secret().to_owned()));
        let claims = self
            .token
            .claims(&verifier, |named: Option<&Nonce>| nonce.as_ref().map_or(Ok(()), |it| it.verify(named)))
            // The library's reason quotes the token.
            .map_err(|_| Failure::Rejected("the ID token is not accepted"))?;
        // The library leaves the party for which the token was issued to its callers.
        if claims.authorized_party().is_some_and(|party| party.as_str() != self.client_id) {
            return Err(Failure::Rejected("the ID token is for another client"));
        }
        if let Some(named) = claims.access_token_hash() {
            let hash = AccessTokenHash::from_token(self.access_token, key.name(), &key);
            if hash.ok().as_ref() != Some(named) {
                return Err(Failure::Rejected("the ID token is of another access token"));
            }
        }
        let id = claims.subject().as_str();
        if !(1..=255).contains(&id.len()) || !id.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Failure::Rejected("the ID token names no user"));
        }
        let session = claims.additional_claims().sid.clone().filter(|it| (1..=255).contains(&it.len()));
        Ok(SignedInUser { id: id.to_owned(), session })
    }
}

/// Returns the key that a token says has signed it. The library then holds the token to it.
async fn signing_key(token: &str, keys: &Jwks) -> Result<IssuerKey, Failure> {
    let parts = Parts::of(token).map_err(Failure::Rejected)?;
    // Readers of JSON disagree about the claim that counts if a name stands twice.
    Object::read(&parts.claims)
        .ok_or(Failure::Rejected("the claims are not an object with distinct names"))?;
    let header = Object::read(&parts.header);
    let header = header.ok_or(Failure::Rejected("the header is not an object with distinct names"))?;
    let algorithm = header.text("alg").and_then(Algorithm::of);
    let algorithm = algorithm.ok_or(Failure::Rejected("the algorithm is not allowed"))?;
    let id = header.text("kid").ok_or(Failure::Rejected("the header names no key"))?;
    let key = keys.find(id, algorithm).await.map_err(Failure::from)?;
    Ok(IssuerKey::new(id, key, algorithm))
}

impl From<NoKey> for Failure {
    fn from(no: NoKey) -> Self {
        match no {
            NoKey::Unknown => Self::Rejected("no key of the provider has this id and algorithm"),
            NoKey::NotLoaded => Self::Unavailable("the keys of the provider could not be loaded"),
        }
    }
}
