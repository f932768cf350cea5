//! The types of the OIDC library as this crate uses them, and our HTTP client as the library calls one.

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreClaimName, CoreClaimType, CoreClientAuthMethod,
    CoreErrorResponseType, CoreGenderClaim, CoreGrantType, CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm, CoreJwsSigningAlgorithm, CoreResponseMode, CoreResponseType,
    CoreRevocableToken, CoreRevocationErrorResponse, CoreSubjectIdentifierType,
    CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AdditionalClaims, AdditionalProviderMetadata, AsyncHttpClient, EmptyExtraTokenFields, EndSessionUrl,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IdTokenFields,
    ProviderMetadata, RequestTokenError, StandardErrorResponse, StandardTokenResponse,
};
use serde::{Deserialize, Serialize};

use super::error::Failure;
use super::key::IssuerKey;
use crate::http_client::{HttpClient, HttpError};

/// Claims of an ID token that the library does not know itself.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct MoreClaims {
    /// Session at the provider (OIDC Back-Channel Logout, section 2.1).
    #[serde(default)]
    pub(super) sid: Option<String>,
}

impl AdditionalClaims for MoreClaims {}

/// Metadata of a provider that the library does not know itself.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct MoreMetadata {
    /// OIDC RP-Initiated Logout, section 2.1.
    pub(super) end_session_endpoint: Option<EndSessionUrl>,
    /// RFC 8414, section 2.
    pub(super) revocation_endpoint: Option<String>,
    /// RFC 9207, section 3.
    #[serde(default)]
    pub(super) authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for MoreMetadata {}

pub(super) type Metadata = ProviderMetadata<
    MoreMetadata,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    IssuerKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

pub(super) type IdToken = openidconnect::IdToken<
    MoreClaims,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;

pub(super) type TokenAnswer = StandardTokenResponse<
    IdTokenFields<
        MoreClaims,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;

type TokenError = StandardErrorResponse<CoreErrorResponseType>;

/// A client whose authorization endpoint is known, and its token endpoint unless another state is named.
pub(super) type Client<TokenEndpoint = EndpointSet> = openidconnect::Client<
    MoreClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    IssuerKey,
    CoreAuthPrompt,
    TokenError,
    TokenAnswer,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    TokenEndpoint,
    EndpointMaybeSet,
>;

impl<'c> AsyncHttpClient<'c> for HttpClient {
    type Error = HttpError;
    type Future = BoxFuture<'c, Result<HttpResponse, HttpError>>;

    /// Sends a request. An answer that says that the provider is overloaded or broken is a failure here, since the
    /// library would take it for the provider's word about the request.
    fn call(&'c self, request: HttpRequest) -> Self::Future {
        async move {
            let answer = self.send(request.map(Bytes::from)).await?;
            match answer.status() {
                status if status.is_server_error() || status.as_u16() == 429 => {
                    Err(HttpError::new(format!("the status is {status}")))
                }
                _ => Ok(answer.map(Into::into)),
            }
        }
        .boxed()
    }
}

impl From<RequestTokenError<HttpError, TokenError>> for Failure {
    fn from(error: RequestTokenError<HttpError, TokenError>) -> Self {
        match error {
            RequestTokenError::ServerResponse(answer) => match answer.error() {
                CoreErrorResponseType::InvalidGrant => Self::InvalidGrant,
                CoreErrorResponseType::InvalidClient => {
                    Self::Rejected("the provider does not accept this server as its client")
                }
                _ => Self::Rejected("the provider answered with an error"),
            },
            // The description names a host or a status at most, never a body.
            RequestTokenError::Request(error) => {
                tracing::warn!(%error, "the identity provider did not answer");
                Self::Unavailable("the provider did not answer")
            }
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
                Self::Rejected("the answer of the provider cannot be read")
            }
        }
    }
}
