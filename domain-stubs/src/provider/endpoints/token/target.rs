//! The services that BFFs get tokens for.

use crate::{
    provider::{
        client::Client,
        error::{Code, Error},
        parameters::Parameters,
    },
    services::Service,
};

/// Lifetime of a token for services, in seconds: longer than any request of a BFF, too short to be worth stealing.
pub(super) const LIFETIME: i64 = 60;

/// Returns the requested audience: the full name of one service. It may be written as `audience`
/// (RFC 8693) or `resource` (RFC 8707). The client must have a secret.
pub(super) fn target<'a>(client: &Client, parameters: &'a Parameters<'_>) -> Result<&'a str, Error> {
    if client.secret.is_none() {
        return Err(Code::UnauthorizedClient.because("a public client gets no tokens for services"));
    }
    let (audience, resource) = (parameters.get("audience"), parameters.get("resource"));
    if audience.is_some() && resource.is_some() && audience != resource {
        return Err(Code::InvalidTarget.because("a token is for one audience"));
    }
    let target = audience.or(resource).ok_or(Code::InvalidRequest.because("audience is missing"))?;
    let is_known = Service::ALL.iter().any(|it| it.full_name() == target);
    is_known
        .then_some(target)
        .ok_or(Code::InvalidTarget.because("the audience is no service, by its full name"))
}
