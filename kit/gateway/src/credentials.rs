//! The credentials that services are shown, each used for half of its life.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use fetch::{Authorizing, CallCredentials, FailureKind, UpstreamError};
use futures_util::FutureExt as _;
use futures_util::future::{Either, ready};
use identity::{Credential, CredentialSource, NoCredential, Principal};
use jiff::Timestamp;
use moka::Expiry;
use moka::future::Cache;
use serde_json::Value;
use tonic::metadata::{Ascii, MetadataValue};

/// Upper bound on the credentials that are remembered.
const MAX_REMEMBERED: u64 = 64 * 1024;

/// The credentials of a server. Cheap to clone.
#[derive(Clone)]
pub struct Credentials {
    issuer: &'static str,
    source: Arc<dyn CredentialSource>,
    /// Audience of all credentials; `None` if each is for the service that it is shown to.
    audience: Option<Arc<str>>,
    remembered: Cache<Key, Remembered>,
}

/// The principal, without its token, and the service; `None` where one credential is for all.
type Key = (Principal, Option<&'static str>);

#[derive(Clone)]
struct Remembered {
    authorization: MetadataValue<Ascii>,
    for_time: Duration,
}

/// The credentials of one principal.
struct OfPrincipal {
    credentials: Credentials,
    principal: Principal,
}

impl Credentials {
    /// Creates the credentials of the server of this name. Each is for the service that it is shown to, by its full name,
    /// unless all are to be for one `audience`.
    #[must_use]
    pub fn new(
        issuer: &'static str,
        source: impl CredentialSource + 'static,
        audience: Option<&str>,
    ) -> Self {
        let remembered = Cache::builder().max_capacity(MAX_REMEMBERED).expire_after(HalfLife).build();
        Self { issuer, source: Arc::new(source), audience: audience.map(Into::into), remembered }
    }

    /// Returns the name of the server.
    pub(crate) fn issuer(&self) -> &'static str {
        self.issuer
    }

    /// Returns the key set with which services verify the credentials (RFC 7517); `None` if the server publishes none.
    #[must_use]
    pub fn key_set(&self) -> Option<Value> {
        self.source.key_set()
    }

    /// Returns the credentials of calls that are made for a principal.
    #[must_use]
    pub fn of(&self, principal: Principal) -> Arc<dyn CallCredentials> {
        Arc::new(OfPrincipal { credentials: self.clone(), principal })
    }
}

impl CallCredentials for OfPrincipal {
    fn authorize<'a>(&'a self, service: &'static str) -> Authorizing<'a> {
        let Self { credentials: Credentials { source, audience, remembered, .. }, principal } = self;
        let key = (principal.without_token(), audience.is_none().then_some(service));
        if let Some(Some(it)) = remembered.get(&key).now_or_never() {
            return Either::Left(ready(Ok(it.authorization)));
        }
        // Whoever needs the same credential waits for it.
        let later = remembered.try_get_with(key, async move {
            let audience = audience.as_deref().unwrap_or(service);
            Remembered::of(&source.credential(principal, audience).await?)
        });
        Either::Right(later.map(|it| it.map(|it| it.authorization).map_err(|no| failure(*no))).boxed())
    }
}

impl Remembered {
    fn of(credential: &Credential) -> Result<Self, NoCredential> {
        let left = credential.expires.duration_since(Timestamp::now());
        let mut authorization = MetadataValue::try_from(credential.authorization.as_bytes())
            .map_err(|_| NoCredential::Unavailable("the credential does not fit a header"))?;
        authorization.set_sensitive(true);
        Ok(Self { authorization, for_time: Duration::try_from(left).unwrap_or_default() / 2 })
    }
}

fn failure(no: NoCredential) -> UpstreamError {
    let kind = match no {
        NoCredential::Unsigned => FailureKind::Internal,
        // The services are out of reach for this principal.
        _ => FailureKind::Unavailable,
    };
    UpstreamError::without_credential(kind, format!("no credential: {no}"))
}

/// A credential is used for half of its life: what is left is longer than any request.
struct HalfLife;

impl Expiry<Key, Remembered> for HalfLife {
    fn expire_after_create(&self, _key: &Key, kept: &Remembered, _created: Instant) -> Option<Duration> {
        Some(kept.for_time)
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Credentials").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

impl fmt::Debug for OfPrincipal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("OfPrincipal").field("principal", &self.principal).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
