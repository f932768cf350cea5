//! The clients that are registered.

use std::fmt;

use subtle::ConstantTimeEq as _;

use crate::credential::ISSUERS;

/// The secret of the shop's BFFs in development, where nothing needs protection. It is public.
pub const DEVELOPMENT_CLIENT_SECRET: &str = "shop-development-client-secret-not-for-production";

/// The phone app: a public client whose tokens are for `bff-mobile`.
pub const PHONE: &str = "shop-phone";

/// The redirect URI of the phone app, of a scheme of its own (RFC 8252, section 7.1).
pub const PHONE_REDIRECT_URI: &str = "example.shop.phone:/callback";

/// The redirect URI of `bff-web` in development.
pub const WEB_REDIRECT_URI: &str = "http://localhost:4002/auth/callback";

/// Beginnings of redirect URIs that lead to the machine of the user (RFC 8252, section 7.3).
const LOOPBACK: [&str; 3] = ["http://127.0.0.1", "http://[::1]", "http://localhost"];

/// A client of the provider.
#[derive(Clone, PartialEq, Eq)]
pub struct Client {
    /// Identifier (`client_id`).
    pub id: String,
    /// Secret; `None` for a public client, which cannot keep one.
    pub secret: Option<String>,
    /// Audiences that its users' tokens may have; the first one without a `resource`.
    pub audiences: Vec<String>,
    /// URIs that the answer to an authorization request may go to; without one, the client signs in no users. They are
    /// compared character by character.
    pub redirect_uris: Vec<String>,
    /// True if a port may be added to a loopback URI such as `http://127.0.0.1/callback`.
    pub adds_ports: bool,
    /// URIs that a browser may go to after it was signed out.
    pub post_logout_redirect_uris: Vec<String>,
}

impl Client {
    /// The clients of the shop: the phone app, and the BFFs with [`DEVELOPMENT_CLIENT_SECRET`].
    #[must_use]
    pub fn of_the_shop() -> Vec<Self> {
        let owned = |texts: &[&str]| texts.iter().map(|&it| it.to_owned()).collect::<Vec<_>>();
        let phone = Self {
            id: PHONE.to_owned(),
            secret: None,
            audiences: owned(&["bff-mobile"]),
            redirect_uris: std::iter::once(PHONE_REDIRECT_URI.to_owned())
                .chain(LOOPBACK.map(|it| format!("{it}/callback")))
                .collect(),
            adds_ports: true,
            post_logout_redirect_uris: owned(&["example.shop.phone:/signed-out"]),
        };
        let bffs = ISSUERS.map(|bff| Self {
            id: bff.to_owned(),
            secret: Some(DEVELOPMENT_CLIENT_SECRET.to_owned()),
            audiences: owned(&[bff]),
            redirect_uris: owned(if bff == "bff-web" { &[WEB_REDIRECT_URI] } else { &[] }),
            adds_ports: false,
            post_logout_redirect_uris: owned(if bff == "bff-web" {
                &["http://localhost:4002/"]
            } else {
                &[]
            }),
        });
        std::iter::once(phone).chain(bffs).collect()
    }

    /// The clients of the shop whose web BFF is reached at this origin. Developers may start others of this machine beside
    /// it, at any port.
    #[must_use]
    pub fn of_the_shop_at(web: &str) -> Vec<Self> {
        let mut clients = Self::of_the_shop();
        for client in clients.iter_mut().filter(|client| client.id == "bff-web") {
            let origins = std::iter::once(web).chain(LOOPBACK);
            client.redirect_uris = origins.map(|origin| format!("{origin}/auth/callback")).collect();
            client.adds_ports = true;
            client.post_logout_redirect_uris = vec![format!("{web}/")];
        }
        clients
    }

    /// Returns true if the answer to an authorization request may go to this URI.
    pub(super) fn may_redirect_to(&self, uri: &str) -> bool {
        let bare = without_port(uri).filter(|_| self.adds_ports);
        self.redirect_uris.iter().any(|known| known == uri || bare.as_ref() == Some(known))
    }

    /// Returns true if this is the secret. The time that it takes tells nothing about the secret but its length.
    pub(super) fn has_secret(&self, secret: &str) -> bool {
        let known = self.secret.as_ref();
        known.is_some_and(|known| known.as_bytes().ct_eq(secret.as_bytes()).into())
    }
}

/// A loopback URI without its port, which a native app learns when it listens; `None` for any other URI.
fn without_port(uri: &str) -> Option<String> {
    let (origin, rest) =
        LOOPBACK.iter().find_map(|it| Some((it, uri.strip_prefix(it)?.strip_prefix(':')?)))?;
    let (port, path) = rest.split_at(rest.find('/')?);
    let is_port = port.bytes().all(|it| it.is_ascii_digit()) && port.parse::<u16>().is_ok();
    is_port.then(|| format!("{origin}{path}"))
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("id", &self.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(id: &str) -> Client {
        Client::of_the_shop().into_iter().find(|client| client.id == id).unwrap()
    }

    #[test]
    fn the_phone_app_may_listen_on_any_port_of_the_machine() {
        let phone = client(PHONE);
        for uri in [
            PHONE_REDIRECT_URI,
            "http://127.0.0.1/callback",
            "http://127.0.0.1:51004/callback",
            "http://[::1]:51004/callback",
            "http://localhost:1/callback",
        ] {
            assert!(phone.may_redirect_to(uri), "{uri}");
        }
        for uri in [
            "",
            "example.shop.phone:/callback/more",
            "http://127.0.0.1:51004/callback?more",
            "http://127.0.0.1:51004/other",
            "http://127.0.0.1:/callback",
            "http://127.0.0.1:+1/callback",
            "http://127.0.0.1:65536/callback",
            "http://127.0.0.1:1@evil.example/callback",
            "http://127.0.0.1.evil.example:1/callback",
            "https://127.0.0.1:51004/callback",
            "http://192.168.0.2:51004/callback",
        ] {
            assert!(!phone.may_redirect_to(uri), "{uri}");
        }
    }

    #[test]
    fn a_bff_has_one_redirect_uri_to_the_last_character() {
        let web = client("bff-web");
        assert!(web.may_redirect_to(WEB_REDIRECT_URI));
        for uri in ["http://localhost:4003/auth/callback", "http://localhost:4002/auth/callback/"] {
            assert!(!web.may_redirect_to(uri), "{uri}");
        }
    }

    #[test]
    fn a_public_client_has_no_secret_not_even_an_empty_one() {
        assert!(client("bff-iot").has_secret(DEVELOPMENT_CLIENT_SECRET));
        assert!(!client("bff-iot").has_secret("") && !client(PHONE).has_secret(""));
    }

    #[test]
    fn a_secret_is_not_printed() {
        assert!(!format!("{:?}", client("bff-web")).contains(DEVELOPMENT_CLIENT_SECRET));
    }
}
