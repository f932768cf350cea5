//! Settings of access tokens.

use std::time::Duration;

use crate::algorithm::Algorithm;

/// The access tokens that a server accepts.
#[derive(Clone, Debug)]
pub struct AccessTokenSettings {
    /// Issuer (`iss`), compared character by character.
    pub issuer: String,
    /// Audience that tokens must name (`aud`), compared character by character.
    pub audience: String,
    /// Algorithms that may sign a token. With none, every token is rejected.
    pub algorithms: Vec<Algorithm>,
    /// Difference between the clocks of the issuer and this server that is forgiven.
    pub leeway: Duration,
    /// Longest time between issue and expiry. A token of a longer life is rejected.
    pub max_lifetime: Duration,
    /// Claim that holds the user's identifier in the domain.
    pub user_claim: String,
    /// Claims that resolvers may read. One that differs from token to token keeps principals from being equal.
    pub kept_claims: Vec<String>,
    /// Upper bound on the bytes of a token. A longer one is rejected before any of it is read.
    pub max_bytes: usize,
    /// Time for which a verified token is remembered, at most a day. Zero verifies a token anew for each request.
    pub remember: Duration,
    /// Upper bound on the tokens that are remembered.
    pub max_remembered: u64,
}

impl AccessTokenSettings {
    /// Creates the settings for tokens of an issuer for an audience: signed with any [`Algorithm`], at most 8 KiB long,
    /// with a leeway of 5 s and a lifetime of a day at most; the user in `sub`; `client_id` and `acr` kept; 16,384
    /// tokens remembered for a minute.
    pub fn new(issuer: impl Into<String>, audience: impl Into<String>) -> Self {
        Self {
            issuer: issuer.into(),
            audience: audience.into(),
            algorithms: Algorithm::ALL.to_vec(),
            leeway: Duration::from_secs(5),
            max_lifetime: Duration::from_hours(24),
            user_claim: "sub".to_owned(),
            kept_claims: vec!["client_id".to_owned(), "acr".to_owned()],
            max_bytes: 8 * 1024,
            remember: Duration::from_mins(1),
            max_remembered: 16 * 1024,
        }
    }
}
