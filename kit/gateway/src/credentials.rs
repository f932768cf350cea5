//! The credentials that services are shown, each renewed from the half of its life on.

mod keeper;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use fetch::{Authorizing, CallCredentials, FailureKind, UpstreamError};
use futures_util::FutureExt as _;
use futures_util::future::{Either, ready};
use http::HeaderMap;
use identity::{Credential, CredentialSource, NoCredential, Principal};
use jiff::Timestamp;
use moka::sync::Cache;
use serde_json::Value;

use keeper::{Keeper, Taken, Waiting};

/// Upper bound on the principals and services whose credentials are remembered.
const MAX_REMEMBERED: u64 = 64 * 1024;

/// Time after which a credential is forgotten that no request has used.
const IDLE: Duration = Duration::from_mins(2);

/// The credentials of a server. Cheap to clone.
#[derive(Clone)]
pub struct Credentials {
    issuer: &'static str,
    source: Arc<dyn CredentialSource>,
    /// Audience of all credentials; `None` if each is for the service that it is shown to.
    audience: Option<Arc<str>>,
    /// Services that are shown something else than the others, by full name.
    own: Arc<BTreeMap<String, ServiceMetadata>>,
    keepers: Cache<Key, Arc<Keeper>>,
}

/// Metadata that one service gets beside the others, or in place of theirs.
#[derive(Clone)]
pub struct ServiceMetadata {
    /// True if it is shown the credential of the source as well.
    pub credential: bool,
    /// Its own headers, such as an API key. They replace those of the credential with the same names.
    pub headers: HeaderMap,
}

/// The principal, without its token, and the service; `None` where one credential is for all.
type Key = (Principal, Option<&'static str>);

/// The credentials of one principal.
struct OfPrincipal {
    credentials: Credentials,
    principal: Principal,
}

impl Credentials {
    /// Creates the credentials of the server of this name. Each is for the service that it is shown to, by its full name,
    /// unless all are to be for one `audience`.
    #[must_use]
    pub fn new(issuer: &'static str, source: Box<dyn CredentialSource>, audience: Option<&str>) -> Self {
        let keepers = Cache::builder().max_capacity(MAX_REMEMBERED).time_to_idle(IDLE).build();
        let own = Arc::default();
        Self { issuer, source: source.into(), audience: audience.map(Into::into), own, keepers }
    }

    /// Sets what single services are shown, by full name.
    #[must_use]
    pub fn with_metadata(self, own: BTreeMap<String, ServiceMetadata>) -> Self {
        Self { own: Arc::new(own), ..self }
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

impl OfPrincipal {
    /// Returns the future of a new credential, which outlives the request that asks for it.
    fn asking(&self, service: &'static str) -> keeper::Asking {
        let Credentials { source, audience, own, .. } = &self.credentials;
        let (source, audience, principal) = (source.clone(), audience.clone(), self.principal.clone());
        let own = own.clone();
        async move {
            let own = own.get(service);
            let shown = match own {
                Some(own) if !own.credential => Credential::none(),
                _ => source.credential(&principal, audience.as_deref().unwrap_or(service)).await?,
            };
            Ok(own.map(|own| shown.clone().with(&own.headers)).unwrap_or(shown))
        }
        .boxed()
    }
}

impl CallCredentials for OfPrincipal {
    fn authorize<'a>(&'a self, service: &'static str) -> Authorizing<'a> {
        let Credentials { audience, own, keepers, .. } = &self.credentials;
        let is_own = audience.is_none() || own.contains_key(service);
        let key = (self.principal.without_token(), is_own.then_some(service));
        let keeper = keepers.get_with(key, Arc::default);
        let waiting = match keeper.take(Timestamp::now(), || self.asking(service)) {
            Taken::Kept(metadata) => return Either::Left(ready(Ok(metadata))),
            Taken::None(no) => return Either::Left(ready(Err(failure(no)))),
            Taken::Later(waiting) => waiting,
        };
        let later = async move {
            let Waiting { asked, is_own } = waiting;
            match asked.await {
                // Another request of the principal has asked, with a token that may be worse than this one's.
                Err(NoCredential::NoToken | NoCredential::Rejected(_)) if !is_own => {
                    keeper.ask(self.asking(service)).await
                }
                result => result,
            }
            .map_err(failure)
        };
        Either::Right(later.boxed())
    }
}

fn failure(no: NoCredential) -> UpstreamError {
    let kind = match no {
        // For now: the provider could not be asked for a credential, or to refresh the token of a session.
        NoCredential::Unavailable(_) | NoCredential::NoToken => FailureKind::Unavailable,
        // The settings of this server or of the provider are wrong, or the token was revoked.
        _ => FailureKind::Internal,
    };
    UpstreamError::without_credential(kind, format!("no credential: {no}"))
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
