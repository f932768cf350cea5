//! The identity provider, as this server asks it.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{Request, Uri};
use jiff::Timestamp;
use openidconnect::core::CoreAuthenticationFlow;
use openidconnect::url::{Url, form_urlencoded};
use openidconnect::{
    AuthorizationCode, CsrfToken, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier,
    RefreshToken, Scope, TokenResponse as _,
};
use rustls::RootCertStore;
use secrecy::{ExposeSecret as _, SecretString};

use super::attempt::Attempt;
use super::discovery::{Discovery, Endpoints, ProviderKeys};
use super::error::{Failure, OidcError};
use super::id_token::{IdTokenCheck, SignedInUser};
use super::library::TokenAnswer;
use super::logout_token::{Logout, LogoutTokenCheck};
use super::settings::OidcSettings;
use super::tokens::{Token, Tokens};
use crate::client_secret::basic;
use crate::clock::Clock;
use crate::http_client::{HttpClient, checked};
use crate::jwks::Jwks;
use crate::scopes::Scopes;

/// The identity provider.
pub(super) struct Provider {
    settings: OidcSettings,
    http: Arc<HttpClient>,
    discovery: Arc<Discovery>,
    keys: Jwks,
    clock: Clock,
}

impl Provider {
    pub(super) fn new(
        mut settings: OidcSettings,
        roots: RootCertStore,
        clock: Clock,
    ) -> Result<Self, OidcError> {
        // The library asks for `openid` itself.
        settings.scopes.retain(|it| it != "openid");
        Scopes::of(settings.scopes.iter().map(String::as_str)).ok_or(OidcError::Scope)?;
        if let Some(url) = &settings.after_logout {
            checked(url).map_err(|problem| OidcError::Url("the page after a logout", problem))?;
        }
        let http = HttpClient::new(roots, settings.timeout);
        let http = Arc::new(http.map_err(|error| OidcError::Tls(error.to_string()))?);
        let discovery = Arc::new(Discovery::new(&settings, http.clone())?);
        let keys = Jwks::new(ProviderKeys(discovery.clone()), settings.keys);
        Ok(Self { settings, http, discovery, keys, clock })
    }

    pub(super) const fn settings(&self) -> &OidcSettings {
        &self.settings
    }

    /// Loads the metadata and keys of the provider, for as long as it is polled.
    pub(super) async fn maintain(&self) {
        self.keys.maintain().await;
    }

    /// Returns the endpoints of the provider, after the first load if that is under way.
    pub(super) async fn endpoints(&self) -> Result<Arc<Endpoints>, Failure> {
        if let Some(known) = self.discovery.endpoints() {
            return Ok(known);
        }
        self.keys.settled().await;
        self.discovery.endpoints().ok_or(Failure::Unavailable("the metadata of the provider are not loaded"))
    }

    /// Returns the URL at which a browser begins an attempt.
    pub(super) async fn authorization(&self, attempt: &Attempt) -> Result<Url, Failure> {
        let [state, nonce, verifier] =
            [&attempt.state, &attempt.nonce, &attempt.verifier].map(|it| it.expose_secret().to_owned());
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(verifier));
        let endpoints = self.endpoints().await?;
        let request = endpoints
            .client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                move || CsrfToken::new(state),
                move || Nonce::new(nonce),
            )
            .add_scopes(self.settings.scopes.iter().cloned().map(Scope::new))
            .set_pkce_challenge(challenge);
        Ok(request.url().0)
    }

    /// Checks the issuer that an answer names (RFC 9207, section 2.4): with two providers, one could pass on the code of
    /// the other.
    pub(super) async fn check_issuer(&self, named: Option<&str>) -> Result<(), Failure> {
        match named {
            Some(issuer) if issuer == self.settings.issuer => Ok(()),
            None if !self.endpoints().await?.names_issuer => Ok(()),
            _ => Err(Failure::Rejected("the answer is of another issuer")),
        }
    }

    /// Exchanges the code of an attempt for a user and their tokens.
    pub(super) async fn exchange(
        &self,
        code: &str,
        attempt: &Attempt,
    ) -> Result<(SignedInUser, Tokens), Failure> {
        let endpoints = self.endpoints().await?;
        let answer = endpoints
            .client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(attempt.verifier.expose_secret().to_owned()))
            .request_async(&*self.http)
            .await?;
        let user = self.user(&answer, Some(&attempt.nonce)).await?;
        let user = user.ok_or(Failure::Rejected("the answer has no ID token"))?;
        let requested: Vec<_> =
            std::iter::once("openid".to_owned()).chain(self.settings.scopes.iter().cloned()).collect();
        let tokens = Tokens::of(&answer, &requested, self.clock.now());
        Ok((user, tokens.ok_or(Failure::Rejected("the answer has no ID token"))?))
    }

    /// Exchanges a refresh token for other tokens of the same user.
    pub(super) async fn refresh(
        &self,
        refresh_token: &Token,
        tokens: Tokens,
        user: &str,
    ) -> Result<Tokens, Failure> {
        let endpoints = self.endpoints().await?;
        let refresh_token = RefreshToken::new(refresh_token.expose().to_owned());
        let answer =
            endpoints.client.exchange_refresh_token(&refresh_token).request_async(&*self.http).await?;
        // OIDC Core, section 12.2: an ID token may come along, and is of the same user then. One that cannot be verified
        // changes nothing, since nothing is read from it.
        match self.user(&answer, None).await {
            Ok(Some(other)) if other.id != user => Err(Failure::InvalidGrant),
            Err(failure) => {
                tracing::warn!(reason = failure.reason(), "the ID token of a refresh is left out of account");
                let id_token = tokens.id_token.clone();
                Ok(Tokens { id_token, ..tokens.renewed(&answer, self.clock.now()) })
            }
            Ok(_) => Ok(tokens.renewed(&answer, self.clock.now())),
        }
    }

    /// Returns the user that the ID token of an answer names; `None` without an ID token.
    async fn user(
        &self,
        answer: &TokenAnswer,
        nonce: Option<&SecretString>,
    ) -> Result<Option<SignedInUser>, Failure> {
        let Some(token) = answer.id_token() else { return Ok(None) };
        let check = IdTokenCheck {
            token,
            issuer: &self.settings.issuer,
            client_id: &self.settings.client_id,
            nonce,
            access_token: answer.access_token(),
            clock: &self.clock,
        };
        check.user(&self.keys).await.map(Some)
    }

    /// Returns what a logout token asks for.
    pub(super) async fn logout(&self, token: &str, now: Timestamp) -> Result<Logout, Failure> {
        let (issuer, client_id) = (&*self.settings.issuer, &*self.settings.client_id);
        LogoutTokenCheck { issuer, client_id, now }.logout(token, &self.keys).await
    }

    /// Revokes a refresh token, and with it the grant (RFC 7009), if the provider offers that. Best effort: the session
    /// that had the token has ended, whatever comes of it.
    pub(super) async fn revoke(&self, refresh_token: &Token) {
        let Some(endpoints) = self.discovery.endpoints() else { return };
        let Some(url) = endpoints.revocation.clone() else { return };
        let Some(request) = self.revocation(url, refresh_token, endpoints.posts_secret) else { return };
        match self.http.send(request).await {
            Ok(answer) if answer.status().is_success() => {}
            Ok(answer) => tracing::warn!(status = answer.status().as_u16(), "a token was not revoked"),
            Err(error) => tracing::warn!(%error, "a token was not revoked"),
        }
    }

    /// Returns the request that revokes a token. The library makes none over plain HTTP, as development needs it.
    fn revocation(&self, url: Uri, token: &Token, posts_secret: bool) -> Option<Request<Bytes>> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("token", token.expose()).append_pair("token_type_hint", "refresh_token");
        let request = Request::post(url).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let request = match &self.settings.client_secret {
            Some(secret) if !posts_secret => {
                request.header(AUTHORIZATION, basic(&self.settings.client_id, secret))
            }
            secret => {
                form.append_pair("client_id", &self.settings.client_id);
                if let Some(secret) = secret {
                    form.append_pair("client_secret", secret.expose_secret());
                }
                request
            }
        };
        request.body(form.finish().into()).ok()
    }

    /// Returns the URL at which a browser ends its session at the provider; `None` if the provider offers no logout.
    pub(super) fn end_session(&self, id_token: &Token) -> Option<Url> {
        let mut url = self.discovery.endpoints()?.end_session.clone()?;
        let mut query = url.query_pairs_mut();
        query.append_pair("id_token_hint", id_token.expose());
        query.append_pair("client_id", &self.settings.client_id);
        if let Some(after) = &self.settings.after_logout {
            query.append_pair("post_logout_redirect_uri", after);
        }
        drop(query);
        Some(url)
    }
}
