//! The sign-in of tests that are about something else: a header names the principal, and proves nothing.

use bff_kit::identity::{Challenge, Claims, Principal, RequestHead, Scopes, SignIn, SigningIn, signed_in};
use bff_kit::{AnyClient, AnySignIn};
use http::HeaderName;

/// Header that names a visitor; beside that of a user, the one that they were before they signed in.
pub const VISITOR: &str = "x-visitor-id";

/// Header that names a user.
pub const USER: &str = "x-user-id";

/// Header that names a device.
pub const DEVICE: &str = "x-device-id";

/// Header of the scopes of the principal, separated by spaces.
pub const SCOPES: &str = "x-scopes";

/// Kind of the principals of a client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Principals {
    /// Users, and visitors before they sign in.
    #[default]
    Users,
    /// Devices.
    Devices,
}

impl Principals {
    /// Returns the header that names a principal.
    #[must_use]
    pub const fn header(self) -> &'static str {
        match self {
            Self::Users => USER,
            Self::Devices => DEVICE,
        }
    }

    /// Returns the client with a sign-in that believes this header, in place of its own.
    #[must_use]
    pub fn believed(self, client: AnyClient) -> AnyClient {
        match self {
            Self::Users => client.signing_in(|_| Ok(Box::new(Named(Self::Users)) as AnySignIn)),
            Self::Devices => client.signing_in(|_| Ok(Box::new(Named(Self::Devices)) as AnySignIn)),
        }
    }
}

/// Believes the header.
struct Named(Principals);

impl SignIn for Named {
    fn sign_in<'a>(&'a self, request: RequestHead<'a>) -> SigningIn<'a> {
        let header = |name| request.headers.get(name).map(|it| it.to_str().unwrap_or_default());
        let visitor = header(VISITOR);
        let principal = match header(self.0.header()) {
            None => Ok(visitor.map_or_else(Principal::anonymous, Principal::of_visitor)),
            Some("") => Err(Challenge::rejected("Named", "the header names nobody")),
            Some(name) => {
                let principal = match self.0 {
                    Principals::Users => Principal::of_user(name),
                    Principals::Devices => Principal::of_device(name),
                };
                let scopes = header(SCOPES).unwrap_or_default();
                Ok(principal
                    .with_scopes(Scopes::parse(scopes).unwrap_or_default())
                    .with_claims(Claims::of(visitor.map(|visitor| ("visitor", vec![visitor])))))
            }
        };
        signed_in(principal)
    }

    fn reads(&self) -> Vec<HeaderName> {
        [self.0.header(), VISITOR, SCOPES].map(HeaderName::from_static).to_vec()
    }
}
