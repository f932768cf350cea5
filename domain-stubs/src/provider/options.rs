//! Options of a provider.

use std::{fmt, time::Duration};

use http::{Uri, uri::Scheme};

use super::client::Client;
use crate::clock::Clock;

/// Options of a [`Provider`](super::Provider).
#[derive(Debug, Clone)]
pub struct ProviderOptions {
    /// Issuer (`iss`): the origin under which clients reach the provider, such as `http://127.0.0.1:4004`.
    pub issuer: String,
    /// Clients that are registered.
    pub clients: Vec<Client>,
    /// Clock that every expiry is told by. BFFs verify tokens by the machine's clock.
    pub clock: Clock,
    /// Lifetime of access tokens and ID tokens, to the second.
    pub token_lifetime: Duration,
    /// Lifetime of tokens of [`phone_token`](super::Provider::phone_token), to the second.
    pub phone_token_lifetime: Duration,
    /// True to accept connections from other machines, all of which can then sign in as any demo user.
    pub allow_remote: bool,
}

/// Error for options that no provider can have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProviderError {
    /// The issuer is not the origin of a web server, `http` or `https`, without a path.
    Issuer(String),
    /// A redirect URI of a client is not an absolute URI without a fragment.
    RedirectUri(String),
    /// A client has no audience. Its tokens would be for nobody.
    NoAudience(String),
}

impl Default for ProviderOptions {
    /// The provider of the shop on port 4004 of this machine: its clients, the machine's clock, tokens for ten minutes
    /// and phone tokens for eight hours.
    fn default() -> Self {
        Self {
            issuer: "http://127.0.0.1:4004".to_owned(),
            clients: Client::of_the_shop(),
            clock: Clock::system(),
            token_lifetime: Duration::from_mins(10),
            phone_token_lifetime: Duration::from_hours(8),
            allow_remote: false,
        }
    }
}

impl ProviderOptions {
    /// Checks the options, so that nothing built of them fails later.
    pub(super) fn check(&self) -> Result<(), ProviderError> {
        if !is_origin(&self.issuer) {
            return Err(ProviderError::Issuer(self.issuer.clone()));
        }
        for client in &self.clients {
            if client.audiences.is_empty() {
                return Err(ProviderError::NoAudience(client.id.clone()));
            }
            let uris = client.redirect_uris.iter().chain(&client.post_logout_redirect_uris);
            if let Some(bad) = uris.into_iter().find(|uri| !is_redirect_uri(uri)) {
                return Err(ProviderError::RedirectUri(bad.clone()));
            }
        }
        Ok(())
    }
}

fn is_origin(text: &str) -> bool {
    let Ok(uri) = text.parse::<Uri>() else { return false };
    let is_web = [Some(&Scheme::HTTP), Some(&Scheme::HTTPS)].contains(&uri.scheme());
    // The scheme and the authority are all of the text: no path, not even `/`.
    let authority = uri.authority().map_or("", |it| it.as_str());
    let is_all = uri.scheme_str().is_some_and(|scheme| format!("{scheme}://{authority}") == text);
    is_web && is_all && !authority.contains('@')
}

fn is_redirect_uri(uri: &str) -> bool {
    let scheme = uri.split_once(':').map_or("", |(scheme, _)| scheme);
    let begins_well = scheme.starts_with(|it: char| it.is_ascii_alphabetic());
    let is_scheme = scheme.bytes().all(|it| it.is_ascii_alphanumeric() || b"+-.".contains(&it));
    // A page of these schemes would run the parameters that we add.
    let is_script = ["javascript", "data"].iter().any(|it| scheme.eq_ignore_ascii_case(it));
    let is_printable = uri.bytes().all(|it| it.is_ascii_graphic() && it != b'#');
    begins_well && is_scheme && !is_script && is_printable
}

impl fmt::Display for ProviderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Issuer(text) => write!(f, "{text:?} is not an origin such as http://127.0.0.1:4004"),
            Self::RedirectUri(text) => write!(f, "{text:?} is not an absolute URI without a fragment"),
            Self::NoAudience(client) => write!(f, "the client {client:?} has no audience"),
        }
    }
}

impl std::error::Error for ProviderError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_an_origin_alone() {
        for text in ["http://127.0.0.1:4004", "https://id.shop.example", "http://[::1]:4004"] {
            assert!(is_origin(text), "{text}");
        }
        for text in ["", "shop", "http://", "http://shop/", "http://shop/a", "http://a@shop", "ftp://shop"] {
            assert!(!is_origin(text), "{text}");
        }
    }

    #[test]
    fn a_redirect_uri_fits_a_header_and_leaves_room_for_parameters() {
        for uri in ["http://localhost:4002/auth/callback", "example.shop.phone:/callback", "https://a/?b=c"] {
            assert!(is_redirect_uri(uri), "{uri}");
        }
        for uri in
            ["", "/callback", ":/callback", "http://a/#b", "http://a/ b", "http://a/\r\n", "JavaScript:b"]
        {
            assert!(!is_redirect_uri(uri), "{uri}");
        }
    }
}
