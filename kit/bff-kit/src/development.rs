//! Sign-in by an unverified header, for development alone.

use http::{HeaderMap, HeaderName};
use identity::{Challenge, Principal, RequestHead, SignIn, SigningIn, signed_in};

use crate::mode::Mode;

/// Trusts a header. Outside development, rejects every request that carries the header.
#[derive(Clone, Copy, Debug)]
pub struct Development {
    header: &'static str,
    principal: fn(&str) -> Principal,
    mode: Mode,
}

impl Development {
    /// Trusts `x-user-id` to name the acting user.
    #[must_use]
    pub fn user(mode: Mode) -> Self {
        Self { header: "x-user-id", principal: |id| Principal::of_user(id), mode }
    }

    /// Trusts `x-device-id` to name the acting device.
    #[must_use]
    pub fn device(mode: Mode) -> Self {
        Self { header: "x-device-id", principal: |id| Principal::of_device(id), mode }
    }

    fn principal(&self, headers: &HeaderMap) -> Result<Principal, &'static str> {
        let Some(value) = headers.get(self.header) else { return Ok(Principal::anonymous()) };
        if self.mode != Mode::Development {
            return Err("a header that names a principal is trusted in development only");
        }
        let named = value.to_str().ok().filter(|name| {
            (1..=128).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_graphic())
        });
        named.map(self.principal).ok_or("the header names nobody")
    }
}

impl SignIn for Development {
    fn sign_in<'a>(&'a self, request: RequestHead<'a>) -> SigningIn<'a> {
        let rejected = |reason| Challenge::rejected("Development", reason);
        signed_in(self.principal(request.headers).map_err(rejected))
    }

    fn reads(&self) -> Vec<HeaderName> {
        vec![HeaderName::from_static(self.header)]
    }
}
