//! The sign-in of tests that are about something else: a header names the principal, and proves nothing.

use bff_kit::AnyClient;
use bff_kit::host::config::Config;
use bff_kit::identity::{Challenge, Claims, Principal, RequestHead, Scopes, SignIn, SigningIn, signed_in};
use http::HeaderName;

use super::Kind;

/// Header that names a user.
const USER: &str = "x-user-id";

/// Header that names a visitor; beside that of a user, the one that they were before they signed in.
const VISITOR: &str = "x-visitor-id";

/// Header that names a device.
const DEVICE: &str = "x-device-id";

/// Scopes of everybody.
const SCOPES: &str = "orders.write telemetry.write";

/// Trusts the one header or the other.
struct Named {
    header: &'static str,
    principal: fn(&str) -> Principal,
}

impl SignIn for Named {
    fn sign_in<'a>(&'a self, request: RequestHead<'a>) -> SigningIn<'a> {
        let header = |name| request.headers.get(name).map(|it| it.to_str().unwrap_or_default());
        let visitor = header(VISITOR);
        let principal = match header(self.header) {
            None => Ok(visitor.map_or_else(Principal::anonymous, Principal::of_visitor)),
            Some("") => Err(Challenge::rejected("Named", "the header names nobody")),
            Some(name) => Ok((self.principal)(name)
                .with_scopes(Scopes::parse(SCOPES).unwrap_or_default())
                .with_claims(Claims::of(visitor.map(|visitor| ("visitor", vec![visitor]))))),
        };
        signed_in(principal)
    }

    fn reads(&self) -> Vec<HeaderName> {
        [self.header, VISITOR].map(HeaderName::from_static).to_vec()
    }
}

/// The client as it signs in at this server: in its own way where the server has settings for it, else by the header.
pub(crate) fn named(client: AnyClient, config: &Config) -> AnyClient {
    let settings = &config.sign_in;
    let is_of_the_shop = Kind::ALL.iter().any(|kind| kind.client().name() == client.name());
    if !is_of_the_shop || settings.issuer.is_some() || settings.keys.is_some() {
        return client;
    }
    match client.key_prefix {
        None => client
            .signing_in(|_| Ok(Box::new(Named { header: USER, principal: |id| Principal::of_user(id) }))),
        Some(_) => client
            .signing_in(|_| Ok(Box::new(Named { header: DEVICE, principal: |id| Principal::of_device(id) }))),
    }
}
