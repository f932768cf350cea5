//! The metadata of the provider (OIDC Discovery, section 4).

use std::sync::{Arc, PoisonError, RwLock};

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::Uri;
use openidconnect::core::CoreClientAuthMethod;
use openidconnect::url::Url;
use openidconnect::{AuthType, ClientId, ClientSecret, EndpointMaybeSet, RedirectUrl};
use secrecy::ExposeSecret as _;

use super::error::OidcError;
use super::library::{Client, Metadata};
use super::settings::OidcSettings;
use crate::http_client::{HttpClient, checked};
use crate::jwks::{KeySource, KeySourceError, fetch_json};

/// The metadata of the provider. They are loaded with its keys, since they say where the keys are: again each time that
/// keys are loaded, and from the same place.
pub(super) struct Discovery {
    http: Arc<HttpClient>,
    url: Uri,
    issuer: String,
    client_id: ClientId,
    client_secret: Option<ClientSecret>,
    redirect_uri: RedirectUrl,
    known: RwLock<Option<Arc<Endpoints>>>,
}

/// The endpoints of the provider.
pub(super) struct Endpoints {
    /// Makes the requests to the authorization and token endpoints.
    pub(super) client: Client,
    /// True if the client puts its secret into forms, rather than into a header.
    pub(super) posts_secret: bool,
    /// Ends the session of a browser at the provider; `None` if it offers no logout.
    pub(super) end_session: Option<Url>,
    /// Revokes tokens; `None` if it offers no revocation.
    pub(super) revocation: Option<Uri>,
    /// True if each answer to an authorization request names the issuer.
    pub(super) names_issuer: bool,
}

/// The keys of the provider, at the place that its metadata name.
pub(super) struct ProviderKeys(pub(super) Arc<Discovery>);

impl Discovery {
    pub(super) fn new(settings: &OidcSettings, http: Arc<HttpClient>) -> Result<Self, OidcError> {
        let wrong = |problem| OidcError::Url("the issuer", problem);
        let url = format!("{}/.well-known/openid-configuration", settings.issuer.trim_end_matches('/'));
        let redirect_uri = settings.redirect_uri.clone();
        checked(&redirect_uri).map_err(|problem| OidcError::Url("the callback", problem))?;
        let secret = settings.client_secret.as_ref();
        Ok(Self {
            http,
            url: checked(&url).map_err(wrong)?,
            issuer: settings.issuer.clone(),
            client_id: ClientId::new(settings.client_id.clone()),
            client_secret: secret.map(|it| ClientSecret::new(it.expose_secret().to_owned())),
            redirect_uri: RedirectUrl::new(redirect_uri)
                .map_err(|_| OidcError::Url("the callback", "cannot be read"))?,
            known: RwLock::new(None),
        })
    }

    /// Returns the endpoints that were loaded last.
    pub(super) fn endpoints(&self) -> Option<Arc<Endpoints>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Loads the metadata, and returns the URL of the keys.
    async fn load(&self) -> Result<Uri, KeySourceError> {
        let json = fetch_json(&self.http, self.url.clone(), "application/json").await?;
        let metadata: Metadata =
            serde_json::from_slice(&json).map_err(|_| KeySourceError::new("the metadata cannot be read"))?;
        // Another issuer could name its own endpoints, and get our codes (RFC 9700, section 4.4).
        if metadata.issuer().as_str() != self.issuer {
            return Err(KeySourceError::new("the metadata are of another issuer"));
        }
        let keys = usable(metadata.jwks_uri().as_str())?;
        let endpoints = self.endpoints_of(metadata)?;
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(endpoints));
        Ok(keys)
    }

    fn endpoints_of(&self, metadata: Metadata) -> Result<Endpoints, KeySourceError> {
        usable(metadata.authorization_endpoint().as_str())?;
        let token = metadata.token_endpoint().cloned();
        let token = token.ok_or_else(|| KeySourceError::new("the metadata name no token endpoint"))?;
        usable(token.as_str())?;
        let more = metadata.additional_metadata().clone();
        let end_session = more.end_session_endpoint.map(|it| it.url().clone());
        if let Some(url) = &end_session {
            usable(url.as_str())?;
        }
        let posts_secret = posts_secret(metadata.token_endpoint_auth_methods_supported());
        let authentication = if posts_secret { AuthType::RequestBody } else { AuthType::BasicAuth };
        let client = Client::<EndpointMaybeSet>::from_provider_metadata(
            metadata,
            self.client_id.clone(),
            self.client_secret.clone(),
        )
        .set_token_uri(token)
        .set_redirect_uri(self.redirect_uri.clone())
        .set_auth_type(authentication);
        Ok(Endpoints {
            client,
            posts_secret,
            end_session,
            revocation: more.revocation_endpoint.map(|it| usable(&it)).transpose()?,
            names_issuer: more.authorization_response_iss_parameter_supported,
        })
    }
}

impl KeySource for ProviderKeys {
    fn fetch(&self) -> BoxFuture<'_, Result<Bytes, KeySourceError>> {
        async {
            let url = self.0.load().await?;
            fetch_json(&self.0.http, url, "application/jwk-set+json, application/json").await
        }
        .boxed()
    }
}

/// Returns true if the provider takes a secret in a form alone. A header is what every provider must support (RFC 6749,
/// section 2.3.1).
fn posts_secret(methods: Option<&Vec<CoreClientAuthMethod>>) -> bool {
    let has = |method: &CoreClientAuthMethod| methods.is_some_and(|it| it.contains(method));
    has(&CoreClientAuthMethod::ClientSecretPost) && !has(&CoreClientAuthMethod::ClientSecretBasic)
}

fn usable(url: &str) -> Result<Uri, KeySourceError> {
    checked(url).map_err(|problem| KeySourceError::new(format!("a URL of the metadata {problem}")))
}
