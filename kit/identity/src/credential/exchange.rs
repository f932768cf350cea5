//! Credentials that the provider gives in exchange for the tokens of clients.

use std::error::Error;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Request, StatusCode, Uri};
use jiff::{SignedDuration, Timestamp};
use moka::sync::Cache;
use ring::digest::{SHA256, digest};
use rustls::RootCertStore;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::{Credential, CredentialSigner, CredentialSource, NoCredential};
use crate::client_secret::basic;
use crate::http_client::{HttpClient, checked};
use crate::principal::{Actor, Principal};

const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

/// Upper bound on the exchanges that are under way at a time, for users and for nobody each. Others wait for their turn.
const MAX_AT_A_TIME: usize = 64;

/// Time for which the provider is left alone after it could not be reached.
const COOL_DOWN: Duration = Duration::from_secs(1);

/// Statuses of what stands in front of a provider that cannot be reached.
const AWAY: [StatusCode; 3] =
    [StatusCode::BAD_GATEWAY, StatusCode::SERVICE_UNAVAILABLE, StatusCode::GATEWAY_TIMEOUT];

/// Time for which a token that the provider has rejected for an audience is not sent again, and the number of those that
/// are remembered.
const REJECTED_FOR: Duration = Duration::from_secs(5);
const MAX_REJECTED: u64 = 16 * 1024;

/// Longest lifetime that is made use of: a provider that gives more is asked again all the same.
const MAX_LIFETIME_S: i64 = 60;

/// Lifetime of a token of which the provider does not say it, in seconds: the least that is usual.
const fn usual_lifetime() -> i64 {
    60
}

/// The provider that exchanges tokens, and this server as its client.
#[derive(Clone, Debug)]
pub struct ExchangeSettings {
    /// URL of the token endpoint: `https`, or `http` for loopback hosts.
    pub token_endpoint: String,
    /// Identifier of this server at the provider.
    pub client_id: String,
    /// Secret of this server at the provider. It is sent by HTTP Basic authentication.
    pub client_secret: SecretString,
    /// Time that a request to the provider may take.
    pub timeout: Duration,
}

/// Gets credentials from the provider: for a principal, in exchange for the token that its client has presented or that is
/// behind its session (RFC 8693); for nobody, as those of the server itself (RFC 6749, section 4.4). A visitor or a device,
/// which no provider knows, is given one that the server signs, if it has a key. A user is never signed for: what the
/// provider does not grant, the server does not.
pub struct TokenExchange {
    signer: Option<CredentialSigner>,
    http: HttpClient,
    endpoint: Uri,
    authorization: HeaderValue,
    turns_of_users: Semaphore,
    turns_of_nobody: Semaphore,
    /// Time of the last request that got no answer.
    failed: Mutex<Option<Instant>>,
    /// The forms that the provider has rejected, by their hash, with its error code.
    rejected: Cache<[u8; 32], &'static str>,
}

/// Settings with which nothing could be exchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExchangeError {
    /// The URL of the token endpoint cannot be used. Holds the problem.
    TokenEndpoint(&'static str),
    /// TLS cannot be set up. Holds the reason.
    Tls(String),
}

/// The answer of the token endpoint, as far as it matters (RFC 6749, section 5.1).
#[derive(Deserialize)]
struct Answer {
    access_token: String,
    token_type: String,
    #[serde(default = "usual_lifetime")]
    expires_in: i64,
}

impl TokenExchange {
    /// Creates the exchange at a provider, trusting servers whose certificates lead to one of `roots`.
    pub fn new(settings: ExchangeSettings, roots: RootCertStore) -> Result<Self, ExchangeError> {
        let ExchangeSettings { token_endpoint, client_id, client_secret, timeout } = settings;
        let endpoint = checked(&token_endpoint).map_err(ExchangeError::TokenEndpoint)?;
        let http = HttpClient::new(roots, timeout);
        let http = http.map_err(|error| ExchangeError::Tls(error.to_string()))?;
        let mut authorization = HeaderValue::try_from(basic(&client_id, &client_secret))
            .map_err(|_| ExchangeError::TokenEndpoint("does not fit a header"))?;
        authorization.set_sensitive(true);
        Ok(Self {
            signer: None,
            http,
            endpoint,
            authorization,
            turns_of_users: Semaphore::new(MAX_AT_A_TIME),
            turns_of_nobody: Semaphore::new(MAX_AT_A_TIME),
            failed: Mutex::default(),
            rejected: Cache::builder().max_capacity(MAX_REJECTED).time_to_live(REJECTED_FOR).build(),
        })
    }

    /// Signs the credentials of visitors and devices.
    #[must_use]
    pub fn with_signer(self, signer: CredentialSigner) -> Self {
        Self { signer: Some(signer), ..self }
    }

    async fn ask(&self, principal: &Principal, audience: &str) -> Result<Credential, NoCredential> {
        let form = form(principal, audience)?;
        let fingerprint = sha256(&form);
        if let Some(code) = self.rejected.get(&fingerprint) {
            return Err(NoCredential::Rejected(code));
        }
        let is_nobody = *principal.actor() == Actor::Anonymous;
        let turns = if is_nobody { &self.turns_of_nobody } else { &self.turns_of_users };
        let _turn = turns.acquire().await;
        let failed = *self.failed();
        if failed.is_some_and(|at| at.elapsed() < COOL_DOWN) {
            return Err(NoCredential::Unavailable("the provider could not be reached a moment ago"));
        }
        let request = Request::post(self.endpoint.clone())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(AUTHORIZATION, self.authorization.clone())
            .body(form)
            .map_err(|_| NoCredential::Unavailable("the request cannot be made"))?;
        // The token is good for so long from when it was made, which was after this.
        let asked = Timestamp::now();
        let answer = self.http.send(request).await.map_err(|error| {
            tracing::warn!(%error, "the provider that exchanges tokens cannot be reached");
            NoCredential::Unavailable("the provider cannot be reached")
        });
        // Any other failure may be of this one token.
        let is_away = answer.as_ref().map_or(true, |answer| AWAY.contains(&answer.status()));
        *self.failed() = is_away.then(Instant::now);
        let answer = answer?;
        if answer.status().is_server_error() {
            return Err(NoCredential::Unavailable("the provider fails"));
        }
        if answer.status() != StatusCode::OK {
            let code = code(answer.body());
            self.rejected.insert(fingerprint, code);
            return Err(NoCredential::Rejected(code));
        }
        credential(answer.body(), asked)
    }

    fn failed(&self) -> MutexGuard<'_, Option<Instant>> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn sha256(form: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, form).as_ref());
    hash
}

/// Returns the form of the request.
fn form(principal: &Principal, audience: &str) -> Result<Bytes, NoCredential> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    if *principal.actor() == Actor::Anonymous {
        form.append_pair("grant_type", "client_credentials");
    } else {
        let token = principal.subject_token().ok_or(NoCredential::NoToken)?;
        form.append_pair("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange")
            .append_pair("subject_token", token.expose_secret())
            .append_pair("subject_token_type", ACCESS_TOKEN)
            .append_pair("requested_token_type", ACCESS_TOKEN);
    }
    Ok(form.append_pair("audience", audience).finish().into())
}

/// Returns the error code of an answer (RFC 6749, section 5.2): one of those that are registered, since the provider
/// could otherwise repeat in it what it was sent.
fn code(body: &[u8]) -> &'static str {
    #[derive(Deserialize)]
    struct Told {
        error: String,
    }
    let told = serde_json::from_slice::<Told>(body).map(|it| it.error);
    let registered = [
        "invalid_request",
        "invalid_client",
        "invalid_grant",
        "invalid_scope",
        "invalid_target",
        "unauthorized_client",
        "unsupported_grant_type",
    ];
    told.ok()
        .and_then(|error| registered.into_iter().find(|it| *it == error))
        .unwrap_or("no registered error code")
}

fn credential(body: &[u8], asked: Timestamp) -> Result<Credential, NoCredential> {
    const MALFORMED: NoCredential = NoCredential::Unavailable("the provider's answer is no token");
    let answer: Answer = serde_json::from_slice(body).map_err(|_| MALFORMED)?;
    if !answer.token_type.eq_ignore_ascii_case("bearer") || answer.expires_in <= 0 {
        return Err(MALFORMED);
    }
    let lifetime = SignedDuration::from_secs(answer.expires_in.min(MAX_LIFETIME_S));
    let expires = asked.saturating_add(lifetime).map_err(|_| MALFORMED)?;
    Credential::bearer(&answer.access_token, expires).ok_or(MALFORMED)
}

impl CredentialSource for TokenExchange {
    fn credential<'a>(
        &'a self,
        principal: &'a Principal,
        audience: &'a str,
    ) -> BoxFuture<'a, Result<Credential, NoCredential>> {
        let is_known_here = matches!(principal.actor(), Actor::Visitor(_) | Actor::Device(_));
        match self.signer.as_ref().filter(|_| is_known_here) {
            Some(signer) => signer.credential(principal, audience),
            None => self.ask(principal, audience).boxed(),
        }
    }

    fn key_set(&self) -> Option<Value> {
        self.signer.as_ref()?.key_set()
    }
}

impl fmt::Debug for TokenExchange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("TokenExchange").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

impl fmt::Display for ExchangeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TokenEndpoint(problem) => write!(formatter, "the URL {problem}"),
            Self::Tls(reason) => formatter.write_str(reason),
        }
    }
}

impl Error for ExchangeError {}
